"""What is to be said about calendars of others that cannot be trusted just now?"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from incident.duration import write_duration
from ledger.imported import Standing

ONE_MINUTE = timedelta(minutes=1)


def calendar_problems(standings: Iterable[Standing], now: datetime) -> list[str]:
    """A sentence about each calendar that could not be read, with the age of what is known instead."""
    return [f"the calendar of {_named(each)}: {_state(each, now)}" for each in standings if each.problem]


def calendar_remarks(standings: Iterable[Standing]) -> Iterator[str]:
    """A sentence about each event that could not be used."""
    for each in standings:
        yield from (f"the calendar of {_named(each)}: {remark}" for remark in each.remarks)


def _named(standing: Standing) -> str:
    return f"{standing.whose} {standing.name}"


def _state(standing: Standing, now: datetime) -> str:
    age = standing.age(now)
    if age is None:
        return f"it was never read: {standing.problem}"
    return f"what is known is {write_duration(age // ONE_MINUTE * ONE_MINUTE)} old: {standing.problem}"
