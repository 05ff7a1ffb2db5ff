"""May two incidents become one, and who of the merged one is needed at the other?

Whoever is engaged already, by the same policy, is not woken twice; whoever is not, is. An answer that
somebody gave to a policy counts for the same policy at the other incident, too.
"""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from incident.errors import TransitionError
from incident.lifecycle import LIVE, Event, Status, after
from incident.progress import Stage


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Side(_Value):
    """One of the two incidents."""

    key: str
    status: Status
    merged_into: str | None = None


class Engaged(_Value):
    """An escalation of one of the two: what it pages for, by which policy, and who has answered."""

    purpose: str
    policy: str
    stage: Stage
    answered: tuple[str, ...] = ()

    @property
    def pages(self) -> bool:
        """Is somebody still to be woken for it?"""
        return self.stage in (Stage.CLIMBING, Stage.UNREACHED, Stage.HELD)


class Engage(_Value):
    """The policy is climbed at the other incident, from where it stands."""

    purpose: str


class AnswerFor(_Value):
    """They have answered for this policy before: they have it at the other incident, too."""

    purpose: str
    people: tuple[str, ...]


class Covered(_Value):
    """The same policy is engaged at the other incident: nobody is woken twice."""

    purpose: str
    by: str


Carried = Engage | AnswerFor | Covered


def merged_status(source: Side, into: Side) -> Status:
    """The status of an incident that is merged into another one.

    Raises:
        TransitionError: one of the two is over, or they are the same; nothing has changed.
    """
    if source.key == into.key:
        raise TransitionError(f"{source.key} cannot be merged into itself")
    for side, other in ((source, into), (into, source)):
        if side.merged_into:
            again = f"merge {other.key} with that one" if side is into else "nothing is left to merge"
            raise TransitionError(f"{side.key} was merged into {side.merged_into}; {again}")
        if side.status not in LIVE:
            raise TransitionError(f"{side.key} is {side.status}; only what is worked on can be merged")
    return after(source.status, Event.MERGE)


def carry_over(source: Iterable[Engaged], into: Sequence[Engaged]) -> tuple[Carried, ...]:
    """What becomes of everybody who is engaged for the merged incident, in the order of its escalations."""
    engaged, found = list(into), []
    for each in source:
        carried = _needed(each, engaged) if each.pages else _answered(each, into)
        if isinstance(carried, Engage):
            engaged.append(each)
        found.append(carried)
    return tuple(carried for carried in found if carried)


def _needed(each: Engaged, engaged: Sequence[Engaged]) -> Engage | Covered:
    """Somebody is still to be woken, unless the same policy is engaged already."""
    same = [other for other in engaged if other.policy == each.policy]
    waiting = next((other for other in same if other.pages), None)
    by = waiting or next((other for other in same if other.stage is Stage.ACKNOWLEDGED), None)
    return Covered(purpose=each.purpose, by=by.purpose) if by else Engage(purpose=each.purpose)


def _answered(each: Engaged, into: Sequence[Engaged]) -> AnswerFor | None:
    """Who has answered is not woken for the same policy at the other incident."""
    waiting = next((other for other in into if other.pages and other.policy == each.policy), None)
    if waiting is None or each.stage is not Stage.ACKNOWLEDGED or not each.answered:
        return None
    return AnswerFor(purpose=waiting.purpose, people=each.answered)
