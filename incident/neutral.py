"""How does a schedule travel between engines, and how are questions about it asked and answered in JSON?

The neutral format has the keys of our own models, so reading it is validating it. Its answers are people or
intervals: half-open, in UTC, and only those in which somebody is on call.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from incident.dated import Moment
from incident.oncall import final_schedule, on_call
from incident.schedule import Schedule

INSTANT: TypeAdapter[datetime] = TypeAdapter(Moment)


def read_schedule(written: Mapping[str, Any]) -> Schedule:
    """The schedule in a neutral object; without `semantics` it has ours.

    The option `feature` only says which further data an expectation needs, not how the schedule is read.
    """
    semantics = written.get("semantics") or {}
    if isinstance(semantics, Mapping):
        semantics = {option: value for option, value in semantics.items() if option != "feature"}
    return Schedule.model_validate({**written, "semantics": semantics})


def write_schedule(schedule: Schedule) -> dict[str, Any]:
    """The neutral object for a schedule, without what goes without saying."""
    return schedule.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def people_at(schedule: Schedule, at: str) -> list[str]:
    """The names on call at an instant, sorted."""
    return list(on_call(schedule, INSTANT.validate_python(at)))


def intervals(schedule: Schedule, start: str, end: str) -> list[dict[str, Any]]:
    """The longest intervals with the same people on call, cut to a window; gaps are what is missing."""
    shifts = final_schedule(schedule, INSTANT.validate_python(start), INSTANT.validate_python(end))
    return [
        {"start": _rfc3339(shift.start), "end": _rfc3339(shift.end), "on_call": list(shift.on_call)}
        for shift in shifts
        if not shift.is_gap
    ]


def answer(case: Mapping[str, Any]) -> list[Any]:
    """The answer to a case of a batch: `{schedule, at}` asks for names, `{schedule, from, to}` for shifts."""
    return ask(read_schedule(case["schedule"]), case)


def ask(schedule: Schedule, question: Mapping[str, Any]) -> list[Any]:
    """The answer to `{at}` or to `{from, to}`."""
    if "at" in question:
        return people_at(schedule, question["at"])
    return intervals(schedule, question["from"], question["to"])


def _rfc3339(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
