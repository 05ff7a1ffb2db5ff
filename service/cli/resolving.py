"""What is the answer to a case in the neutral format, or what is wrong with it?"""

from typing import Any

from pydantic import ValidationError

from incident import neutral
from incident.errors import ConfigurationError
from service.configuration_words import sentence


def answer_case(case: Any) -> list[Any]:
    """Names for `{schedule, at}`, intervals for `{schedule, from, to}`.

    Raises:
        ConfigurationError: the case cannot be answered; its problems say where and what to write.
    """
    if not isinstance(case, dict) or not isinstance(case.get("schedule"), dict):
        raise ConfigurationError(["schedule: must be an object, as docs/oncall.md describes it"])
    if not ("at" in case or ("from" in case and "to" in case)):
        raise ConfigurationError(
            ["at: is missing; ask for one instant with at, or for a window with from and to"]
        )
    try:
        return neutral.answer(case)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise ConfigurationError([_problem(dict(each)) for each in found]) from None
    except ValueError as error:
        raise ConfigurationError([str(error)]) from None


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


def _problem(error: dict[str, Any]) -> str:
    place = tuple(error["loc"])
    # The words are those of incident.yaml, where a schedule stands under a name.
    words = sentence(error, ("schedules", "this", *place))
    dotted = ".".join(map(str, place))
    return f"{dotted}: {words}" if dotted else words
