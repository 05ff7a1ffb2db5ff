"""What is the answer to a case in the neutral format, or what is wrong with it?"""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from incident import neutral
from incident.configuration import Name
from incident.errors import ConfigurationError
from incident.schedule import Schedule
from service.cli.instants import instant
from service.configuration_words import sentence

NAME: TypeAdapter[str] = TypeAdapter(Name)


def answer_case(case: Any) -> list[Any]:
    """Names for `{schedule, at}`, intervals for `{schedule, from, to}`.

    Raises:
        ConfigurationError: the case cannot be answered; its problems say where and what to write.
    """
    _check_question(case)
    return neutral.ask(schedule_in(case["schedule"]), case)


def answer_batch(batch: Any) -> tuple[list[Any], bool]:
    """The answer to each case, an object with `error` where there is none; and whether that was so.

    Raises:
        ConfigurationError: there is no list of cases.
    """
    cases = batch.get("cases") if isinstance(batch, dict) else None
    if not isinstance(cases, list):
        raise ConfigurationError(["cases: must be a list of {schedule, at} or {schedule, from, to}"])
    answers: list[Any] = []
    failed = False
    for case in cases:
        try:
            answers.append(answer_case(case))
        except ConfigurationError as error:
            failed = True
            answers.append({"error": "; ".join(error.problems)})
    return answers, failed


def schedule_in(written: Any) -> Schedule:
    """The schedule in a neutral object.

    Raises:
        ConfigurationError: it is none; its problems say where and what to write.
    """
    if not isinstance(written, dict):
        raise ConfigurationError(["schedule: must be an object, as docs/oncall.md describes it"])
    try:
        return neutral.read_schedule(written)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise ConfigurationError([_problem(dict(each)) for each in found]) from None


def check_name(name: str) -> None:
    """Refuse what cannot stand under `schedules:`.

    Raises:
        ConfigurationError: it says how names are written.
    """
    try:
        NAME.validate_python(name)
    except ValidationError as error:
        (problem,) = error.errors(include_url=False)
        raise ConfigurationError([f"--name {name}: {sentence(dict(problem), ())}"]) from None


def _check_question(case: Any) -> None:
    if not isinstance(case, dict) or "schedule" not in case:
        raise ConfigurationError(["schedule: is missing; write it as docs/oncall.md describes it"])
    if not ("at" in case or ("from" in case and "to" in case)):
        raise ConfigurationError(
            ["at: is missing; ask for one instant with at, or for a window with from and to"]
        )
    if "at" in case:
        instant(case["at"], "at")
    elif instant(case["to"], "to") < instant(case["from"], "from"):
        raise ConfigurationError([f"to: {case['to']} comes before from; write a later time"])


def _problem(error: dict[str, Any]) -> str:
    place = tuple(error["loc"])
    # The words are those of incident.yaml, where a schedule stands under a name.
    words = sentence(error, ("schedules", "this", *place))
    dotted = ".".join(map(str, place))
    return f"{dotted}: {words}" if dotted else words
