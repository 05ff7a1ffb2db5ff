"""What does somebody want to change about a schedule, and what would come of it?

A change comes in the words of `incident.yaml` through any door (command line, form, API). It begins now at
the earliest: what was is never changed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar, assert_never

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from incident.dated import Dated
from incident.errors import AnswerError
from incident.oncall import Shift, final_schedule, gaps
from incident.override import Add, Cover, Fixed, FixedShift, Override, Remove, Replace, Spanning
from incident.schedule import Schedule
from incident.wall_clock import WallClock

LOOKED_AT = timedelta(days=90)
"""How far the consequences of a long override are looked at."""
LONGEST_REASON = 500
LONGEST_PLAN = timedelta(days=366)
"""What is looked through or kept shift by shift is not longer."""


def _storable(value: Any) -> Any:
    """Text without what no database keeps: NUL, and halves of surrogate pairs."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode().strip()


Said = TypeVar("Said", bound=Dated)

Reason = Annotated[
    str,
    StringConstraints(max_length=LONGEST_REASON),
    BeforeValidator(_storable),
    Field(description="Why; others read it."),
]


class Like(Spanning):
    """Whoever is on call for another schedule is on call here, too, instead of everybody."""

    kind: Literal["like"]
    schedule: str = Field(description="The other schedule, as it is planned at this moment.")


Wish = Annotated[Cover | Replace | Add | Remove | Fixed | Like, Field(discriminator="kind")]


class Change(BaseModel):
    """An override that somebody asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schedule: str = Field(description="A name under schedules:.")
    override: Wish = Field(description="As in incident.yaml; times without an offset are the schedule's own.")
    reason: Reason = ""


def placed(schedule: Schedule, wish: Wish, now: datetime) -> Wish:
    """The wish with its local times as instants on the wall clock of the schedule (S5).

    Raises:
        AnswerError: a local time is skipped or repeated, it ends before it starts, or it is over already.
    """
    found = instants(wish, schedule.clock)
    if isinstance(found, Like) and found.end - found.start > LONGEST_PLAN:
        raise AnswerError([f"end: a schedule stands in for {LONGEST_PLAN.days} days at most"])
    if found.end <= now:
        over = f"end: {found.end:%Y-%m-%d %H:%M} UTC has passed; what was is not changed any more"
        raise AnswerError([over])
    return found


def instants(said: Said, clock: WallClock) -> Said:
    """What somebody said with its local times as instants (S5).

    Raises:
        AnswerError: a local time is skipped or repeated, or it ends before it starts.
    """
    try:
        return said.placed_in(clock)
    except ValidationError as error:
        raise AnswerError([_told(dict(each)) for each in error.errors(include_url=False)]) from None


def stored_form(wish: Wish, others: dict[str, Schedule]) -> Override:
    """What is kept of a wish: another schedule that stands in becomes a plan of its shifts.

    Raises:
        AnswerError: there is no such schedule, or it has nobody in that time.
    """
    if not isinstance(wish, Like):
        return wish
    if wish.schedule not in others:
        known = ", ".join(sorted(others))
        raise AnswerError([f"schedule: {wish.schedule!r} is not under schedules:; known: {known}"])
    shifts = tuple(
        FixedShift(users=shift.on_call, start=shift.start, end=shift.end)
        for shift in final_schedule(others[wish.schedule], wish.start, wish.end)
        if not shift.is_gap
    )
    if not shifts:
        raise AnswerError([f"schedule: {wish.schedule} has nobody on call in that time"])
    return Fixed(kind="fixed", shifts=shifts, start=wish.start, end=wish.end)


def consequences(schedule: Schedule, new: Override) -> tuple[str, ...]:
    """What whoever makes an override should know: that it leaves nobody, or that it changes nothing.

    `schedule` is without the new override.
    """
    start, end = new.start, min(new.end, new.start + LOOKED_AT)
    changed = schedule.model_copy(update={"overrides": (*schedule.overrides, new)})
    if final_schedule(schedule, start, end) == final_schedule(changed, start, end):
        return (_idle(new),)
    before = gaps(schedule, start, end)
    return tuple(_left_alone(gap) for gap in gaps(changed, start, end) if not any(_covers(gap, before)))


def _covers(gap: Shift, before: tuple[Shift, ...]) -> Iterator[bool]:
    return (each.start <= gap.start and gap.end <= each.end for each in before)


def _left_alone(gap: Shift) -> str:
    return f"nobody is on call from {gap.start:%a %d %b %H:%M} to {gap.end:%a %d %b %H:%M} UTC"


def _idle(override: Override) -> str:
    """Why an override changes nothing at all."""
    match override:
        case Replace(user=user) | Remove(user=user):
            return f"it changes nothing as things are: {user} is not on call in that time"
        case Add(user=user):
            return f"it changes nothing as things are: {user} is on call in that time anyway"
        case Cover() | Fixed():
            return "it changes nothing as things are: the same people are on call in that time anyway"
        case never:
            assert_never(never)


def _told(error: dict[str, Any]) -> str:
    """What a validator of ours said, with the key that it is about."""
    message = str(error["msg"]).removeprefix("Value error, ")
    return ": ".join([*map(str, error["loc"]), message])
