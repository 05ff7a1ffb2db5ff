"""Is somebody at work now, and when will somebody be?"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from incident.dated import LocalDate
from incident.restriction import WEEK_ORDER, Day, Interval, TimeOfDay, Weekday
from incident.wall_clock import WallClock, known_zone

_WORKWEEK = (Weekday.MO, Weekday.TU, Weekday.WE, Weekday.TH, Weekday.FR)
_A_DAY = timedelta(days=1)


class WorkingHours(BaseModel):
    """The hours in which a severity 3 is handled, on the same wall clock as schedules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: Annotated[
        str, AfterValidator(known_zone), Field(description="IANA name, such as Europe/Rome.")
    ] = "UTC"
    days: Annotated[tuple[Day, ...], Field(min_length=1, description="mon, tue, ... sun.")] = _WORKWEEK
    start: Annotated[TimeOfDay, Field(description='Local time at which work begins: "09:00".')] = time(9)
    end: Annotated[
        TimeOfDay, Field(description="Local time at which it ends; not after start: next day.")
    ] = time(18)
    holidays: Annotated[
        tuple[LocalDate, ...], Field(description="Local dates on which nobody begins work.")
    ] = ()

    def opening_on(self, day: date) -> Interval | None:
        """The working hours that begin on a local date as instants, or None on a day off."""
        if day.weekday() not in {WEEK_ORDER[each] for each in self.days} or day in self.holidays:
            return None
        clock = WallClock(self.timezone)
        last_day = day if self.end > self.start else day + _A_DAY
        opens = clock.first(datetime.combine(day, self.start))
        return opens, clock.last(datetime.combine(last_day, self.end))

    def open_at(self, at: datetime) -> bool:
        """Is it working time at this instant?"""
        return next((opens <= at for opens, _ in self._coming(at)), False)

    def next_open(self, at: datetime) -> datetime:
        """This instant if it is working time, else the next opening (`at` if there is none in a year)."""
        opens = next((opens for opens, _ in self._coming(at)), at)
        return max(at, opens).astimezone(at.tzinfo)

    def next_closed(self, at: datetime) -> datetime:
        """This instant if it is free time, else the next closing; hours that touch are one."""
        free = at
        for opens, closes in self._coming(at):
            if opens > free:
                break
            free = max(free, closes)
        return free.astimezone(at.tzinfo)

    def _coming(self, at: datetime) -> Iterator[Interval]:
        """The working hours of about a year that have not ended, in order."""
        today = WallClock(self.timezone).wall(at).date()
        for ahead in range(-1, 366):
            hours = self.opening_on(today + ahead * _A_DAY)
            if hours and at < hours[1]:
                yield hours
