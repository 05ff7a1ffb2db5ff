"""Which text of a schedule holds when, after it has been edited?

An edit never changes what was: it begins a version at an instant, and the version before ends there (S8).
`joined` makes one schedule of all versions, so that whoever asks it for an instant or a window, over an edit
or not, gets the answer that held or will hold then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from incident.oncall import HORIZON, final_schedule
from incident.override import Fixed, FixedShift
from incident.schedule import Effect, Layer, Override, Schedule


@dataclass(frozen=True, slots=True)
class Version:
    """A schedule as it was written, from when until when (None: without a limit)."""

    schedule: Schedule
    since: datetime | None = None
    until: datetime | None = None


def begins(edited: Schedule, current: Schedule, now: datetime) -> datetime:
    """When an edit takes effect: now, when the current shift ends, or at the date that it names.

    A date that has passed means now; so does the end of a shift that nobody has, or that does not end within
    30 days.
    """
    match edited.takes_effect:
        case Effect.NOW:
            return now
        case Effect.AFTER_SHIFT:
            shift, *later = final_schedule(current, now, now + HORIZON)
            return shift.end if later and not shift.is_gap else now
        case named:
            return max(named, now)


def joined(versions: Sequence[Version], since: datetime) -> Schedule:
    """One schedule that answers for all of these versions, each in its own time, from `since` on.

    The versions follow each other without a hole; the last one has no end. Its layers stand first.
    """
    relevant = [each for each in versions if each.until is None or each.until > since]
    last = relevant[-1]
    if len(relevant) == 1:
        return last.schedule
    layers = list(_layers(last))
    overrides = list(_overrides(last))
    for each in reversed(relevant[:-1]):
        if _same_reading(each.schedule, last.schedule):
            layers += _layers(each)
            overrides += _overrides(each)
        else:
            overrides += _as_plan(each, since)
    return last.schedule.model_copy(update={"layers": tuple(layers), "overrides": tuple(overrides)})


def _same_reading(one: Schedule, other: Schedule) -> bool:
    """Whether the layers of both can stand in one schedule: they are read on the same clock, by one rule."""
    return (one.timezone, one.semantics) == (other.timezone, other.semantics)


def _layers(version: Version) -> Iterator[Layer]:
    """The layers of a version, in force only while it is."""
    for layer in version.schedule.layers:
        start = _later(layer.effective_from, version.since)
        end = _earlier(layer.until, version.until)
        if start is None or end is None or start < end:
            yield layer.model_copy(update={"effective_from": start, "until": end})


def _overrides(version: Version) -> Iterator[Override]:
    """The overrides of a version, each as long as both are in force."""
    for each in version.schedule.overrides:
        cut = within(each, version.since, version.until)
        if cut is not None:
            yield cut


def _as_plan(version: Version, since: datetime) -> Iterator[Override]:
    """A version on another clock as the shifts that came of its layers, and its overrides on top."""
    start, end = version.since or since, version.until
    assert end is not None, "only the last version has no end"
    plans = tuple(each for each in version.schedule.overrides if isinstance(each, Fixed))
    planned = version.schedule.model_copy(update={"overrides": plans})
    shifts = tuple(
        FixedShift(users=shift.on_call, start=shift.start, end=shift.end)
        for shift in final_schedule(planned, max(start, since), end)
        if not shift.is_gap
    )
    yield Fixed(kind="fixed", shifts=shifts, start=max(start, since), end=end)
    yield from (each for each in _overrides(version) if not isinstance(each, Fixed))


def within(override: Override, since: datetime | None, until: datetime | None) -> Override | None:
    """The part of an override that lies between two instants, or None if there is none."""
    start, end = _later(override.start, since), _earlier(override.end, until)
    if start is None or end is None or start >= end:
        return None
    return override.model_copy(update={"start": start, "end": end})


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
