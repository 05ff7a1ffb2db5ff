"""Which turn is a period, when restrictions silence some periods completely?

By the calendar every period is a turn. Otherwise only periods with a window count: they follow a pattern that
repeats with the weeks, so counting them costs the same after ten years.
"""

from bisect import bisect_left
from datetime import datetime, timedelta
from functools import lru_cache
from math import lcm

from incident.restriction import WEEK, Restrictions

HOUR = timedelta(hours=1)
MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001  a wall clock has no zone


def covered_before(
    number: int,
    wall: datetime,
    length: timedelta,
    restrictions: Restrictions,
) -> int:
    """How many of the periods 0 to number - 1 have a window; period 0 begins at this time on the wall."""
    since_monday = timedelta(days=wall.weekday(), hours=wall.hour, minutes=wall.minute, seconds=wall.second)
    size, covered = _pattern(since_monday, length, restrictions)
    rounds, rest = divmod(number, size)
    return rounds * len(covered) + bisect_left(covered, rest)


@lru_cache(maxsize=1024)
def _pattern(
    since_monday: timedelta, length: timedelta, restrictions: Restrictions
) -> tuple[int, tuple[int, ...]]:
    """After how many periods the pattern repeats, and which of them have a window."""
    size = lcm(length // HOUR, WEEK // HOUR) // (length // HOUR)
    starts = [MONDAY + since_monday + number * length for number in range(size)]
    return size, tuple(
        number for number, start in enumerate(starts) if _has_window(start, start + length, restrictions)
    )


def _has_window(start: datetime, end: datetime, restrictions: Restrictions) -> bool:
    return any(
        opens < end and start < closes
        for each in restrictions
        for opens, closes in each.openings(start.date(), end.date())
    )
