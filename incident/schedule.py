"""What is an on-call schedule, as people write it in incident.yaml?

A schedule is a stack of layers in one time zone, with overrides on top. The models are frozen; the keys are
those of the neutral exchange format, so a schedule moves between files, rows and engines without translation.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from incident.dated import Dated, Moment, runs_backwards
from incident.duration import read_duration
from incident.foreign_calendar import ShiftCalendar
from incident.foreign_rotation import ForeignRotation
from incident.override import Add, Cover, Fixed, Group, Override, Remove, Replace, people_in
from incident.restriction import Restrictions
from incident.semantics import OURS, Semantics, Turns
from incident.wall_clock import WallClock, known_zone

__all__ = [
    "Add",
    "Cover",
    "Effect",
    "Fixed",
    "Handoff",
    "Layer",
    "Override",
    "Remove",
    "Replace",
    "Schedule",
    "Unit",
]

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class Unit(StrEnum):
    """What a rotation counts in."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Handoff(Dated):
    """How long a turn of a rotation lasts."""

    every: int = Field(default=1, ge=1, le=1000, description="Number of units per turn, 1 to 1000.")
    unit: Unit = Field(
        description="hour, day, week, month or year, all on the local wall clock. Weeks and months count "
        "from the start of the layer, not from Monday or the 1st; the 31st becomes the last day of a "
        "shorter month."
    )


class Layer(Dated):
    """One rotation, or one fixed group, with the hours in which it is on duty."""

    name: str = Field(default="", description="What people call it, such as nights.")
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
    duty: Annotated[timedelta, BeforeValidator(read_duration)] | None = Field(
        default=None,
        gt=timedelta(),
        description="Duty time from the beginning of each turn, as an ISO 8601 duration (PT3H); nobody for "
        "its rest.",
    )
    restrictions: Restrictions = Field(default=(), description="Windows on duty; none means always.")
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

    @field_serializer("users")
    def _single_names(self, users: tuple[Group, ...]) -> list[str | list[str]]:
        """A group of one as its name, as people write it."""
        return [group[0] if len(group) == 1 else list(group) for group in users]

    @model_validator(mode="after")
    def _rotation_has_an_anchor(self) -> Self:
        if self.handoff and self.start is None:
            raise ValueError("a rotation needs `start`: write when the first turn begins")
        if self.handoff is None and (self.first_handoff or self.duty):
            raise ValueError("`first_handoff` and `duty` belong to a rotation: write `handoff` too")
        if self.start and self.first_handoff and runs_backwards(self.start, self.first_handoff):
            raise ValueError("`first_handoff` must come after `start`")
        return self

    def people(self) -> frozenset[str]:
        """Everybody who has a turn in this layer."""
        return frozenset(user for group in self.users for user in group)


class Effect(StrEnum):
    """From when an edited schedule holds, if not from a date."""

    NOW = "now"
    AFTER_SHIFT = "after_shift"


def _read_effect(written: object) -> object:
    if isinstance(written, datetime) or (isinstance(written, str) and written in set(Effect)):
        return written
    try:
        return MOMENT.validate_python(written)
    except ValueError:
        words = " or ".join(Effect)
        raise ValueError(f"write {words}, or a date and time such as 2027-03-01T09:00") from None


def _effect_in(effect: Effect | datetime, info: ValidationInfo) -> Effect | datetime:
    """A local date in the zone of the schedule, as an instant."""
    zone = info.data.get("timezone")
    if isinstance(effect, Effect) or effect.tzinfo or not zone:
        return effect
    return WallClock(zone).exact(effect)


Entry = TypeVar("Entry", Layer, Cover, Replace, Add, Remove, Fixed)


def _placed(entry: Entry, info: ValidationInfo) -> Entry:
    """Read local times in the zone of the schedule; a zone that was refused has been reported already."""
    zone = info.data.get("timezone")
    return entry.placed_in(WallClock(zone)) if zone else entry


class Schedule(Dated):
    """Who is on call when: layers, and overrides on top."""

    timezone: Annotated[str, AfterValidator(known_zone)] = Field(
        description="IANA name such as Europe/Rome; every local time in the schedule is read on its wall "
        "clock."
    )
    layers: tuple[Annotated[Layer, AfterValidator(_placed)], ...] = Field(
        description="Rotations and fixed groups."
    )
    takes_effect: Annotated[
        Effect | datetime,
        BeforeValidator(_read_effect, json_schema_input_type=str),
        AfterValidator(_effect_in),
    ] = Field(
        default=Effect.NOW,
        description="From when an edit of this schedule holds: now, after_shift (when whoever is on call "
        "hands over), or a date and time. Until then the text before holds; a past date means now.",
    )
    overrides: tuple[Annotated[Override, AfterValidator(_placed)], ...] = Field(
        default=(), description="Changes for a time. They are instants and do not care about handoffs."
    )
    calendar: ShiftCalendar | None = Field(
        default=None,
        description="A calendar kept elsewhere: whoever it names is on call instead of the layers; "
        "where it names nobody, the layers hold.",
    )
    source: ForeignRotation | None = Field(
        default=None,
        description="A tool that is asked who is on call: whoever it names stands in for the layers; "
        "where it names nobody, the layers hold.",
    )
    semantics: Semantics = Field(
        default=OURS, description="Only for schedules that come from another engine."
    )

    @model_validator(mode="after")
    def _is_kept_in_one_place(self) -> Self:
        if self.calendar and self.source:
            raise ValueError("write either `calendar` or `source`: two plans would contradict each other")
        return self

    @property
    def clock(self) -> WallClock:
        """The wall clock of the schedule."""
        return WallClock(self.timezone, self.semantics.gap)

    def people(self) -> frozenset[str]:
        """Everybody whom the schedule names, in a turn or in an override."""
        names = [layer.people() for layer in self.layers]
        return frozenset().union(*names, *map(people_in, self.overrides))
