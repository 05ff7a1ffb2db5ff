"""Which shift of a person is meant, and are they on call all through it?"""

from collections.abc import Iterator
from datetime import datetime

from incident.errors import AnswerError
from incident.oncall import HORIZON, final_schedule
from incident.restriction import Interval
from incident.schedule import Schedule


def own_shifts(schedule: Schedule, person: str, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The unbroken times in a window in which a person is on call, with whomever."""
    return tuple(_joined(schedule, person, start, end))


def shift_at(schedule: Schedule, person: str, at: datetime) -> Interval:
    """The shift of a person that an instant lies in.

    Raises:
        AnswerError: they have none then, or it does not end within 30 days.
    """
    shifts = own_shifts(schedule, person, at - HORIZON, at + HORIZON)
    found = next((shift for shift in shifts if shift[0] <= at < shift[1]), None)
    if found is None:
        coming = next((shift for shift in shifts if shift[0] > at), None)
        hint = f"; the next shift begins at {coming[0]:%Y-%m-%d %H:%M} UTC" if coming else ""
        raise AnswerError([f"{person} is not on call at {at:%Y-%m-%d %H:%M} UTC{hint}"])
    if found[1] >= at + HORIZON:
        raise AnswerError(["that shift does not end within 30 days; say from when to when"])
    return found


def has_all(schedule: Schedule, person: str, span: Interval) -> bool:
    """Is this person on call from the beginning of a span to its end?"""
    return all(person in shift.on_call for shift in final_schedule(schedule, *span))


def has_some(schedule: Schedule, person: str, span: Interval) -> bool:
    """Is this person on call at any time in a span?"""
    return any(person in shift.on_call for shift in final_schedule(schedule, *span))


def _joined(schedule: Schedule, person: str, start: datetime, end: datetime) -> Iterator[Interval]:
    since = None
    for shift in final_schedule(schedule, start, end):
        if person in shift.on_call:
            since = since or shift.start
        elif since is not None:
            yield since, shift.start
            since = None
    if since is not None:
        yield since, end
