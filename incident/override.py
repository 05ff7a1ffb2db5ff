"""What changes a schedule for a time, and what becomes of the people on call?"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from incident.dated import Dated, Moment, runs_backwards
from incident.wall_clock import WallClock


def _as_group(entry: object) -> object:
    return [entry] if isinstance(entry, str) else entry


Group = Annotated[tuple[str, ...], BeforeValidator(_as_group)]
"""People who are on call together; nobody in it is a turn that is deliberately left empty."""


class Spanning(Dated):
    """Something from an instant to another."""

    start: Moment = Field(description="First instant of the override.")
    end: Moment = Field(description="First instant after it.")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if runs_backwards(self.start, self.end):
            raise ValueError(f"ends at {self.end}, which is not after its start at {self.start}")
        return self


class Cover(Spanning):
    """These people are on call instead of everybody else."""

    kind: Literal["cover"]
    users: Group = Field(description="Who is on call; an empty list means that deliberately nobody is.")
    priority: int = Field(
        default=0, description="Of several covers the highest wins; equal ones are on call together."
    )


class Replace(Spanning):
    """One person stands in for another wherever that one is on call; it never adds coverage."""

    kind: Literal["replace"]
    user: str = Field(description="Who is relieved.")
    with_: str = Field(
        alias="with", description="Who stands in. A stand-in is not replaced again by another override."
    )


class Add(Spanning):
    """One person is on call as well."""

    kind: Literal["add"]
    user: str = Field(description="Who joins.")


class Remove(Spanning):
    """One person is not on call; it may leave nobody."""

    kind: Literal["remove"]
    user: str = Field(description="Who leaves.")


class FixedShift(Spanning):
    """One shift of a fixed plan."""

    users: Group = Field(description="Who is on call in this shift.")


class Fixed(Spanning):
    """A plan made by hand instead of all layers, for a holiday season say; nobody between its shifts."""

    kind: Literal["fixed"]
    shifts: tuple[FixedShift, ...] = Field(description="The shifts; what lies outside the plan is cut off.")

    def placed_in(self, clock: WallClock) -> Self:
        """The same with its local times as instants, those of its shifts too."""
        shifts = tuple(shift.placed_in(clock) for shift in self.shifts)
        return super().placed_in(clock).model_copy(update={"shifts": shifts})


Override = Annotated[Cover | Replace | Add | Remove | Fixed, Field(discriminator="kind")]


FIXED_PLAN = -sys.maxsize
"""A fixed plan replaces the layers, so covers of every priority lie above it."""


def unfolded(overrides: Iterable[Override], start: datetime, end: datetime) -> Iterator[Override]:
    """The overrides that touch a span, a fixed plan as the covers that it consists of."""
    for each in overrides:
        if each.start >= end or each.end <= start:
            continue
        if not isinstance(each, Fixed):
            yield each
            continue
        yield Cover(kind="cover", users=(), priority=FIXED_PLAN, start=each.start, end=each.end)
        for shift in each.shifts:
            opens, closes = max(shift.start, each.start, start), min(shift.end, each.end, end)
            if opens < closes:
                yield Cover(kind="cover", users=shift.users, priority=FIXED_PLAN + 1, start=opens, end=closes)


def apply(overrides: Sequence[Override], scheduled: AbstractSet[str]) -> AbstractSet[str]:
    """The people on call once all these overrides, active at the same instant, are taken into account.

    A cover replaces everybody; replace and remove act once on that set, so that their order does not matter
    and a stand-in is not replaced again; add comes last.
    """
    if not overrides:
        return scheduled
    covers = [each for each in overrides if isinstance(each, Cover)]
    highest = max((cover.priority for cover in covers), default=0)
    covering = {user for cover in covers if cover.priority == highest for user in cover.users}
    present = covering if covers else scheduled
    leaving = {each.user for each in overrides if isinstance(each, Replace | Remove)}
    standing_in = {each.with_ for each in overrides if isinstance(each, Replace) and each.user in present}
    joining = {each.user for each in overrides if isinstance(each, Add)}
    return (present - leaving) | standing_in | joining


def comes_to_nothing(override: Override, inactive: AbstractSet[str]) -> bool:
    """Whether an override brings in only people who cannot be on call, so that it had better be ignored."""
    coming = _coming(override)
    return bool(coming) and coming <= inactive


def conflict(stored: Iterable[Override], new: Override) -> str | None:
    """Why a new override may not be stored beside these, or None if it may.

    Overrides that overlap in time and touch the same person have no order that everybody expects, so the
    write transaction refuses them. Covers and fixed plans replace everybody and are ordered by priority.
    """
    for each in stored:
        shared = _touched(each) & _touched(new)
        if shared and each.start < new.end and new.start < each.end:
            who = " and ".join(sorted(shared))
            return (
                f"{who} already has an override ({each.kind}) from {each.start:%Y-%m-%d %H:%M} to "
                f"{each.end:%Y-%m-%d %H:%M} UTC: change that one, or choose a time that does not overlap"
            )
    return None


def people_in(override: Override) -> frozenset[str]:
    """Everybody whom an override names."""
    return _coming(override) | _touched(override)


def _coming(override: Override) -> frozenset[str]:
    """The people whom an override puts on call."""
    match override:
        case Cover(users=users):
            return frozenset(users)
        case Replace(with_=user) | Add(user=user):
            return frozenset({user})
        case Remove():
            return frozenset()
        case Fixed(shifts=shifts):
            return frozenset(user for shift in shifts for user in shift.users)


def _touched(override: Override) -> frozenset[str]:
    """The people whose own duty an override changes; one that replaces everybody touches none of them."""
    match override:
        case Cover() | Fixed():
            return frozenset()
        case Replace(user=user, with_=stand_in):
            return frozenset({user, stand_in})
        case Add(user=user) | Remove(user=user):
            return frozenset({user})
