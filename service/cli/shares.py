"""Who carries how much of a schedule, and which shifts should change hands?"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.configuration import Configuration
from incident.exchanges import Busy
from incident.fairness import Load, OffHours, spread
from incident.oncall import final_schedule, gaps
from incident.rebalancing import ProposedCover, even_out
from incident.restriction import Interval
from incident.schedule import Schedule

HOUR = timedelta(hours=1)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Share(_Value):
    """How long somebody is on call, and how much of it at night, at weekends and on holidays, in seconds."""

    total: float
    nights: float
    weekends: float
    holidays: float

    @classmethod
    def of(cls, load: Load) -> Self:
        """The same in seconds."""
        total, nights, weekends, holidays = (measure.total_seconds() for measure in load.measures())
        return cls(total=total, nights=nights, weekends=weekends, holidays=holidays)

    def columns(self) -> Iterator[str]:
        """The four in hours, as columns of a table."""
        for seconds in (self.total, self.nights, self.weekends, self.holidays):
            yield f"{timedelta(seconds=seconds) / HOUR:.1f}".removesuffix(".0").rjust(9)


class Handing(_Value):
    """A shift that somebody should take over, as an override has it, and why."""

    user: str
    with_: Annotated[str, Field(alias="with")]
    start: AwareDatetime
    end: AwareDatetime
    reason: str

    @classmethod
    def of(cls, cover: ProposedCover) -> Self:
        """The same as plain fields."""
        each = cover.override
        return cls(user=each.user, with_=each.with_, start=each.start, end=each.end, reason=cover.reason)

    def __str__(self) -> str:
        return f"{self.with_} for {self.user}, {_span(self.start, self.end)}: {self.reason}"


class Fairness(_Value):
    """One schedule over a period; ``after`` and ``spread_after`` are once the proposal is carried out."""

    schedule: str
    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]
    people: dict[str, Share]
    spread: Share
    gaps: Annotated[float, Field(description="How long nobody is on call, in seconds.")]
    proposal: tuple[Handing, ...]
    after: dict[str, Share]
    spread_after: Share

    def lines(self) -> Iterator[str]:
        """As people read it: a table in hours, and the proposal."""
        yield f"{self.schedule}, {_span(self.start, self.end)}"
        rows = {**self.people, "difference": self.spread}
        if self.proposal:
            rows["difference after"] = self.spread_after
        width = max(map(len, rows))
        yield f"{'':{width}}{'hours':>9}{'nights':>9}{'weekends':>9}{'holidays':>9}"
        for label, share in rows.items():
            yield f"{label:{width}}{''.join(share.columns())}"
        if self.gaps:
            yield f"nobody is on call for {self.gaps / HOUR.total_seconds():g} hours"
        yield "proposal:" if self.proposal else "no exchange of shifts would make it more even"
        yield from (f"  {each}" for each in self.proposal)


def fairness(
    configuration: Configuration, name: str, window: Interval, now: datetime, away: Busy
) -> Fairness:
    """What everybody carries of a schedule, and a proposal about the shifts that begin after ``now``.

    Nobody is to take a shift while they are ``away``, or on call on another schedule.
    """
    schedule = configuration.schedules[name]
    off_hours = {
        person: _off_hours(configuration, schedule, person, window) for person in _people(schedule, window)
    }
    elsewhere = _elsewhere(configuration, name, window)
    busy = {person: [*away.get(person, ()), *elsewhere.get(person, ())] for person in off_hours}
    proposal = even_out(schedule, window, off_hours, since=now, busy=busy)
    return Fairness(
        schedule=name,
        start=window[0],
        end=window[1],
        people=_shares(proposal.before),
        spread=Share.of(spread(proposal.before)),
        gaps=sum(((gap.end - gap.start).total_seconds() for gap in gaps(schedule, *window)), 0.0),
        proposal=tuple(map(Handing.of, proposal.covers)),
        after=_shares(proposal.after),
        spread_after=Share.of(spread(proposal.after)),
    )


def _shares(loads: Mapping[str, Load]) -> dict[str, Share]:
    return {person: Share.of(load) for person, load in loads.items()}


def _people(schedule: Schedule, window: Interval) -> Iterable[str]:
    """Everybody with a turn, and whoever else is on call."""
    shifts = final_schedule(schedule, *window)
    turns = (layer.people() for layer in schedule.layers)
    return frozenset[str]().union(*turns, *(shift.on_call for shift in shifts))


def _off_hours(configuration: Configuration, schedule: Schedule, person: str, window: Interval) -> OffHours:
    """The nights, weekends and holidays where somebody lives."""
    known = configuration.people.get(person)
    zone = (known and known.timezone) or schedule.timezone
    return OffHours.of(zone, configuration.organisation.holidays_in(zone), *window)


def _elsewhere(configuration: Configuration, name: str, window: Interval) -> Busy:
    """When people are on call on other schedules, so that they should get nothing more."""
    busy: dict[str, list[Interval]] = {}
    for other in configuration.schedules.keys() - {name}:
        for shift in final_schedule(configuration.schedules[other], *window):
            for person in shift.on_call:
                busy.setdefault(person, []).append((shift.start, shift.end))
    return busy


def _span(start: datetime, end: datetime) -> str:
    return f"{start:%a %d %b %Y %H:%M} to {end:%a %d %b %Y %H:%M} UTC"
