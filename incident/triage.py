"""What should happen to an alert, and why? Every accepted alert ends in one end state, with its reason."""

from collections.abc import Sequence
from typing import Annotated, assert_never

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import Alert, AlertStatus, EndState


class _Outcome(BaseModel):
    model_config = ConfigDict(frozen=True)

    reason: str


class Open(_Outcome):
    """Open a new incident for it."""


class Attach(_Outcome):
    """It belongs to an incident that is open."""

    incident: str


class Resolve(_Outcome):
    """The condition that an incident is about has ended; the incident's manager is told."""

    incident: str


class Suppress(_Outcome):
    """Nobody needs to do anything; ``end_state`` is the class of the reason."""

    end_state: EndState


Outcome = Open | Attach | Resolve | Suppress


class Seen(BaseModel):
    """What is remembered of an earlier alert with the same fingerprint, or on the same service."""

    model_config = ConfigDict(frozen=True)

    incident: str
    live: bool
    same_condition: bool
    status: AlertStatus
    starts_at: AwareDatetime | None = None


class Situation(BaseModel):
    """What is true now, as far as triage needs it: newest first."""

    model_config = ConfigDict(frozen=True)

    service: str
    seen: Annotated[
        tuple[Seen, ...], Field(description="Alerts of this condition or service, newest first.")
    ] = ()


def triage(alert: Alert, situation: Situation) -> Outcome:
    """The one outcome of an alert."""
    same = [seen for seen in situation.seen if seen.same_condition]
    match alert.status:
        case AlertStatus.INFO:
            reason = "the monitor calls it information; nothing is firing"
            return Suppress(end_state=EndState.BELOW_THRESHOLD, reason=reason)
        case AlertStatus.RESOLVED | AlertStatus.ACKNOWLEDGED:
            return _recovery(alert, same)
        case AlertStatus.FIRING:
            return _firing(alert, situation, same)
        case _:
            assert_never(alert.status)


def _recovery(alert: Alert, same: Sequence[Seen]) -> Outcome:
    live = next((seen for seen in same if seen.live), None)
    if live is None:
        reason = f"{alert.status} without an open incident for this condition"
        return Suppress(end_state=EndState.DUPLICATE, reason=reason)
    if alert.status is AlertStatus.ACKNOWLEDGED:
        return Attach(
            incident=live.incident, reason=f"acknowledged at the monitor; {live.incident} is open for it"
        )
    return Resolve(incident=live.incident, reason=f"the monitor reports recovery; {live.incident} is told")


def _firing(alert: Alert, situation: Situation, same: Sequence[Seen]) -> Outcome:
    latest = next((seen for seen in same if seen.status is not AlertStatus.ACKNOWLEDGED), None)
    if latest and _is_same_firing(alert, latest):
        reason = f"the same firing was delivered before, for {latest.incident}"
        return Suppress(end_state=EndState.DUPLICATE, reason=reason)
    if live := next((seen for seen in same if seen.live), None):
        return Attach(incident=live.incident, reason=f"it fires again while {live.incident} is open for it")
    if live := next((seen for seen in situation.seen if seen.live), None):
        return Attach(
            incident=live.incident,
            reason=f"{live.incident} is open for the same service, {situation.service}",
        )
    return Open(reason=f"nothing is open for {situation.service}")


def _is_same_firing(alert: Alert, latest: Seen) -> bool:
    """Did this firing come before? Without a start only an open incident can tell; later it is a new one."""
    if latest.status is not AlertStatus.FIRING or latest.starts_at != alert.starts_at:
        return False
    return alert.starts_at is not None or latest.live


def end_state(outcome: Outcome) -> EndState:
    """The end state that an outcome leads to."""
    match outcome:
        case Open():
            return EndState.OPENED
        case Attach():
            return EndState.ATTACHED
        case Resolve():
            return EndState.RESOLVED
        case Suppress():
            return outcome.end_state
        case _:
            assert_never(outcome)
