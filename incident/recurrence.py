"""On which local dates does something come again? A part of RFC 5545's recurrence rules, on dates only.

    daily   weekdays   weekly   monthly   yearly
    FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH      FREQ=MONTHLY;BYDAY=-1SU      FREQ=MONTHLY;BYMONTHDAY=1,-1

Whether a date belongs to a rule is arithmetic: nothing is counted from the first date on, so that a rule that
is ten years old is as fast as a new one. A month without a 31st has none, as the standard says. What the
rules are for knows the time of day, the zone and the end; COUNT, UNTIL, BYSETPOS and hours are refused.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

from incident.restriction import DAY, WEEK_ORDER, Weekday

WORDS = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
}
"""What people may write instead of a rule."""

_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_HINT = f"write {', '.join(WORDS)}, or a rule such as FREQ=WEEKLY;BYDAY=TU,TH or FREQ=MONTHLY;BYDAY=-1SU"


class Frequency(StrEnum):
    """What a rule counts in."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class NthDay(BaseModel):
    """A day of the week; with a number the nth one of its month, from the end if negative."""

    model_config = ConfigDict(frozen=True)

    day: Weekday
    nth: Annotated[int, Field(ge=-5, le=5)] = 0

    def __str__(self) -> str:
        """As the standard writes it."""
        return f"{self.nth or ''}{self.day}"

    def is_on(self, day: date) -> bool:
        """Is this date such a day?"""
        if day.weekday() != WEEK_ORDER[self.day]:
            return False
        left = calendar.monthrange(day.year, day.month)[1] - day.day
        return self.nth in (0, (day.day - 1) // 7 + 1, -(left // 7 + 1))


class Recurrence(BaseModel):
    """A rule; in a configuration, and as JSON, it is its text."""

    model_config = ConfigDict(frozen=True)

    frequency: Frequency
    interval: Annotated[int, Field(ge=1, le=366)] = 1
    days: tuple[NthDay, ...] = ()
    month_days: tuple[Annotated[int, Field(ge=-31, le=31)], ...] = ()
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, written: Any) -> Any:
        return _parts(written) if isinstance(written, str) else written

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.frequency is Frequency.WEEKLY and self.month_days:
            raise ValueError("BYMONTHDAY does not go with FREQ=WEEKLY; write FREQ=MONTHLY")
        if self.frequency in (Frequency.DAILY, Frequency.WEEKLY) and any(each.nth for each in self.days):
            raise ValueError(f"the nth day of a month needs FREQ=MONTHLY, not {self.frequency}")
        if self.frequency is Frequency.YEARLY and (self.days or self.month_days) and not self.months:
            raise ValueError("FREQ=YEARLY with BYDAY or BYMONTHDAY needs BYMONTH, too")
        if 0 in self.month_days:
            raise ValueError("BYMONTHDAY counts from 1, or from -1 at the end of the month")
        return self

    @model_serializer
    def _as_text(self) -> str:
        return str(self)

    def __str__(self) -> str:
        """The text that reads back as this rule."""
        parts = {
            "FREQ": self.frequency.value,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": ",".join(map(str, self.months)),
            "BYMONTHDAY": ",".join(map(str, self.month_days)),
            "BYDAY": ",".join(map(str, self.days)),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)

    def falls_on(self, day: date, first: date) -> bool:
        """Does a rule that counts from its first date on fall on this day?"""
        if day < first or self._periods(day, first) % self.interval:
            return False
        return self._in_month(day, first) and self._on_day(day, first)

    def dates(self, first: date, start: date, end: date) -> Iterator[date]:
        """The dates of the rule from one day to another, both of them included."""
        day = max(first, start)
        while day <= end:
            if self.falls_on(day, first):
                yield day
            day += DAY

    def _periods(self, day: date, first: date) -> int:
        """How many days, weeks from Monday on, months or years lie between."""
        match self.frequency:
            case Frequency.DAILY:
                return (day - first).days
            case Frequency.WEEKLY:
                return (_monday(day) - _monday(first)).days // 7
            case Frequency.MONTHLY:
                return (day.year - first.year) * 12 + day.month - first.month
            case Frequency.YEARLY:
                return day.year - first.year
            case _:
                assert_never(self.frequency)

    def _in_month(self, day: date, first: date) -> bool:
        if not self.months:
            return self.frequency is not Frequency.YEARLY or day.month == first.month
        return day.month in self.months

    def _on_day(self, day: date, first: date) -> bool:
        """By what is written; else the weekday or the day of the month of the first date."""
        if not self.days and not self.month_days:
            match self.frequency:
                case Frequency.DAILY:
                    return True
                case Frequency.WEEKLY:
                    return day.weekday() == first.weekday()
                case Frequency.MONTHLY | Frequency.YEARLY:
                    return day.day == first.day
                case _:
                    assert_never(self.frequency)
        length = calendar.monthrange(day.year, day.month)[1]
        numbers = (day.day, day.day - length - 1)
        in_month = not self.month_days or any(number in self.month_days for number in numbers)
        return in_month and (not self.days or any(each.is_on(day) for each in self.days))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _parts(text: str) -> dict[str, Any]:
    rule = WORDS.get(text.strip().lower(), text.strip().upper().removeprefix("RRULE:"))
    found: dict[str, Any] = {}
    for part in rule.rstrip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in _READERS:
            raise ValueError(f"{text!r} cannot be read at {part!r}; {_HINT}")
        key, read = _READERS[name]
        if key in found:
            raise ValueError(f"{name} is written twice in {text!r}")
        found[key] = read(value)
    if "frequency" not in found:
        raise ValueError(f"{text!r} has no FREQ; {_HINT}")
    return found


def _weekdays(value: str) -> tuple[NthDay, ...]:
    days = []
    for written in value.split(","):
        match = _BYDAY.fullmatch(written)
        if match is None:
            raise ValueError(f"{written!r} is no day; write MO, TU ... SU, or 2TU and -1SU in a month")
        days.append(NthDay(day=Weekday(match[2]), nth=int(match[1] or 0)))
    return tuple(days)


def _numbers(value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("frequency", str),
    "INTERVAL": ("interval", str),
    "BYDAY": ("days", _weekdays),
    "BYMONTHDAY": ("month_days", _numbers),
    "BYMONTH": ("months", _numbers),
}
