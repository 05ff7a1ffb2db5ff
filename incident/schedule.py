"""What is an on-call schedule, as people write it in incident.yaml?

A schedule is a stack of layers in one time zone, with overrides on top. The models are frozen; the keys are
those of the neutral exchange format, so a schedule moves between files, rows and engines without translation.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from incident.restriction import Restriction
from incident.semantics import OURS, Semantics, Turns
from incident.wall_clock import WallClock, known_zone


class Unit(StrEnum):
    """What a rotation counts in."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def _as_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment


Moment = Annotated[datetime, AfterValidator(_as_utc)]
"""An instant; one written without an offset is a local time of the schedule that it stands in."""


def _as_group(entry: object) -> object:
    return [entry] if isinstance(entry, str) else entry


Group = Annotated[tuple[str, ...], BeforeValidator(_as_group)]
"""People who are on call together; nobody in it is a turn that is deliberately left empty."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def placed_in(self, clock: WallClock) -> Self:
        """The same with its local times as instants; one that is skipped or repeated raises ValueError."""
        local = {
            name: clock.exact(value)
            for name, value in self
            if isinstance(value, datetime) and value.tzinfo is None
        }
        return self.model_copy(update=local) if local else self


class Handoff(_Model):
    """How long a turn of a rotation lasts."""

    every: int = Field(default=1, ge=1, description="Number of units per turn.")
    unit: Unit = Field(
        description="hour, day, week, month or year, all on the local wall clock. Weeks and months count "
        "from the start of the layer, not from Monday or the 1st; the 31st becomes the last day of a "
        "shorter month."
    )


class Layer(_Model):
    """One rotation, or one fixed group, with the hours in which it is on duty."""

    users: tuple[Group, ...] = Field(
        description="Names from `people`, in the order of their turns. A list in the list is a group that is "
        "on call together; an empty one is a turn without anybody. Never delete somebody to skip a turn: "
        "that moves everyone."
    )
    start: Moment | None = Field(
        default=None,
        description="Beginning of the first turn; nobody before it. With an offset it is an instant, without "
        "one the local time of the schedule. Left out: always, without rotation.",
    )
    handoff: Handoff | None = Field(
        default=None, description="Left out: no rotation, the first entry is always on call."
    )
    first_handoff: Moment | None = Field(
        default=None,
        description="End of the first turn, if it is not a whole turn after `start`; later ones count from "
        "it.",
    )
    effective_from: Moment | None = Field(
        default=None, description="Nobody before this instant, but earlier turns still count in the order."
    )
    until: Moment | None = Field(default=None, description="Nobody from this instant on.")
    duty: timedelta | None = Field(
        default=None,
        gt=timedelta(),
        description="Duty time from the beginning of each turn, as an ISO 8601 duration (PT3H); nobody for "
        "its rest.",
    )
    restrictions: tuple[Restriction, ...] = Field(
        default=(), description="Windows on duty; none means always."
    )
    priority: int = Field(
        default=0,
        description="The highest layer that has somebody wins; layers of equal priority are on call "
        "together.",
    )
    turns: Turns | None = Field(
        default=None,
        description="calendar: a turn that restrictions silence wholly is used up. covered_days: only days "
        "with a window count, so that 7 people on a Monday-to-Friday rotation serve equally. Left out: as "
        "`semantics.advance`.",
    )

    @model_validator(mode="after")
    def _rotation_has_an_anchor(self) -> Self:
        if self.handoff and self.start is None:
            raise ValueError("a rotation needs `start`: write when the first turn begins")
        if self.handoff is None and (self.first_handoff or self.duty):
            raise ValueError("`first_handoff` and `duty` belong to a rotation: write `handoff` too")
        return self


class _Override(_Model):
    start: Moment = Field(description="First instant of the override.")
    end: Moment = Field(description="First instant after it.")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if (self.start.tzinfo is None) == (self.end.tzinfo is None) and self.end <= self.start:
            raise ValueError("an override must end after it starts")
        return self


class Cover(_Override):
    """These people are on call instead of everybody else."""

    kind: Literal["cover"]
    users: Group = Field(description="Who is on call; an empty list means that deliberately nobody is.")
    priority: int = Field(
        default=0, description="Of several covers the highest wins; equal ones are on call together."
    )


class Replace(_Override):
    """One person stands in for another wherever that one is on call; it never adds coverage."""

    kind: Literal["replace"]
    user: str = Field(description="Who is relieved.")
    with_: str = Field(
        alias="with", description="Who stands in. A stand-in is not replaced again by another override."
    )


class Add(_Override):
    """One person is on call as well."""

    kind: Literal["add"]
    user: str = Field(description="Who joins.")


class Remove(_Override):
    """One person is not on call; it may leave nobody."""

    kind: Literal["remove"]
    user: str = Field(description="Who leaves.")


Override = Annotated[Cover | Replace | Add | Remove, Field(discriminator="kind")]
Entry = TypeVar("Entry", Layer, Cover, Replace, Add, Remove)


def _placed(entry: Entry, info: ValidationInfo) -> Entry:
    """Read local times in the zone of the schedule; a zone that was refused has been reported already."""
    zone = info.data.get("timezone")
    return entry.placed_in(WallClock(zone)) if zone else entry


class Schedule(_Model):
    """Who is on call when: layers, and overrides on top."""

    timezone: Annotated[str, AfterValidator(known_zone)] = Field(
        description="IANA name such as Europe/Rome; every local time in the schedule is read on its wall "
        "clock."
    )
    layers: tuple[Annotated[Layer, AfterValidator(_placed)], ...] = Field(
        description="Rotations and fixed groups."
    )
    overrides: tuple[Annotated[Override, AfterValidator(_placed)], ...] = Field(
        default=(), description="Changes for a time. They are instants and do not care about handoffs."
    )
    semantics: Semantics = Field(
        default=OURS, description="Only for schedules that come from another engine."
    )

    @property
    def clock(self) -> WallClock:
        """The wall clock of the schedule."""
        return WallClock(self.timezone, self.semantics.gap)
