"""What do overrides make of the people whom the layers put on call, and which may not be stored together?"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from incident.schedule import Add, Cover, Override, Remove, Replace


def apply(overrides: Sequence[Override], scheduled: AbstractSet[str]) -> AbstractSet[str]:
    """The people on call once all these overrides, active at the same instant, are taken into account.

    A cover replaces everybody; replace and remove act once on that set, so that their order does not matter
    and a stand-in is not replaced again; add comes last.
    """
    if not overrides:
        return scheduled
    present = _covering(overrides, scheduled)
    leaving = {each.user for each in overrides if isinstance(each, Replace | Remove)}
    standing_in = {each.with_ for each in overrides if isinstance(each, Replace) and each.user in present}
    joining = {each.user for each in overrides if isinstance(each, Add)}
    return (present - leaving) | standing_in | joining


def _covering(overrides: Iterable[Override], scheduled: AbstractSet[str]) -> AbstractSet[str]:
    covers = [each for each in overrides if isinstance(each, Cover)]
    if not covers:
        return scheduled
    highest = max(cover.priority for cover in covers)
    return {user for cover in covers if cover.priority == highest for user in cover.users}


def comes_to_nothing(override: Override, inactive: AbstractSet[str]) -> bool:
    """Whether an override brings in only people who cannot be on call, so that it had better be ignored."""
    match override:
        case Cover(users=users):
            return bool(users) and inactive >= frozenset(users)
        case Replace(with_=stand_in):
            return stand_in in inactive
        case Add(user=user):
            return user in inactive
        case Remove():
            return False


def conflict(stored: Iterable[Override], new: Override) -> str | None:
    """Why a new override may not be stored beside these, or None if it may.

    Overrides that overlap in time and touch the same person have no order that everybody expects, so the
    write transaction refuses them. Covers replace everybody and are ordered by their priority; they never
    conflict.
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


def _touched(override: Override) -> frozenset[str]:
    match override:
        case Cover():
            return frozenset()
        case Replace(user=user, with_=stand_in):
            return frozenset({user, stand_in})
        case Add(user=user) | Remove(user=user):
            return frozenset({user})
