"""Which reading of an on-call schedule is meant, where the known engines differ?

The first value of every option is ours; the others exist so that a schedule imported from another engine
keeps the answers that its people are used to.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class HourStep(StrEnum):
    """How an hourly rotation steps through a change of the clocks."""

    WALL = "wall"
    ELAPSED = "elapsed"


class GapRule(StrEnum):
    """Which instant a local time means that the clocks skip."""

    AFTER = "after"
    SHIFT = "shift"


class MonthEnd(StrEnum):
    """Where a monthly handoff lands in a month that is too short for it."""

    CLAMP = "clamp"
    ITERATE = "iterate"
    OVERFLOW = "overflow"


class BeforeStart(StrEnum):
    """Who is on call before a rotation starts."""

    NONE = "none"
    EXTEND = "extend"


class Turns(StrEnum):
    """Which periods use up a turn of a rotation that restrictions silence for a while."""

    CALENDAR = "calendar"
    COVERED_PERIODS = "covered_periods"
    COVERED_DAYS = "covered_days"


class Semantics(BaseModel):
    """The options under which a schedule is read; only one from another engine needs others than ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hour_step: HourStep = Field(
        default=HourStep.WALL,
        description="wall: 8-hour turns change at the same local hours all year, so one turn is an hour "
        "longer or shorter when the clocks change. elapsed: every turn has exactly its hours, so the "
        "handoffs wander.",
    )
    gap: GapRule = Field(
        default=GapRule.AFTER,
        description="A local time that the clocks skip. after: the first instant after the gap (02:30 "
        "becomes 03:00). shift: later by the length of the gap (02:30 becomes 03:30), as in RFC 5545.",
    )
    month_end: MonthEnd = Field(
        default=MonthEnd.CLAMP,
        description="A monthly rotation that started on the 31st. clamp: 28 Feb, then 31 Mar. iterate: 28 "
        "Feb, then 28 Mar for ever. overflow: 31 Feb is 3 Mar.",
    )
    before_start: BeforeStart = Field(
        default=BeforeStart.NONE,
        description="none: nobody is on call before a layer starts. extend: the rotation runs backwards too.",
    )
    advance: Turns = Field(
        default=Turns.CALENDAR,
        description="Which periods use up a turn, for layers that do not say it in `turns`.",
    )


OURS = Semantics()
