"""Is somebody at work now, and when will somebody be?"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; write one such as Europe/Rome or UTC")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Weekday(StrEnum):
    """The days of the week, in the order of date.weekday()."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS = tuple(Weekday)
_WORKWEEK = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)


class WorkingHours(BaseModel):
    """The hours in which a severity 3 is handled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: Annotated[TimeZone, Field(description="IANA name, such as Europe/Rome.")] = "UTC"
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, description="mon, tue, ... sun.")] = _WORKWEEK
    start: Annotated[time, Field(description="Local time at which work begins.")] = time(9)
    end: Annotated[time, Field(description="Local time at which work ends; later than start.")] = time(18)
    holidays: Annotated[tuple[date, ...], Field(description="Local dates on which nobody works.")] = ()

    @model_validator(mode="after")
    def _end_after_start(self) -> "WorkingHours":
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be later than start {self.start}")
        return self

    def opening_on(self, day: date) -> tuple[datetime, datetime] | None:
        """The working hours of a local date as instants, or None on a day off."""
        if _DAYS[day.weekday()] not in self.days or day in self.holidays:
            return None
        zone = ZoneInfo(self.timezone)
        return datetime.combine(day, self.start, zone), datetime.combine(day, self.end, zone)

    def open_at(self, at: datetime) -> bool:
        """Is it working time at this instant?"""
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime:
        """This instant if it is working time, else the next opening (``at`` itself if none within a year)."""
        today = at.astimezone(ZoneInfo(self.timezone)).date()
        for ahead in range(366):
            hours = self.opening_on(today + timedelta(days=ahead))
            if hours and at < hours[1]:
                return max(at, hours[0]).astimezone(at.tzinfo)
        return at
