"""Was this done already? Claim, then do, then record.

Every outside effect has one row per incident and name. A claim carries a lease that is longer than any call,
so that two processes never make the same call at once. A claim whose lease ran out, or that the same holder
left open, is settled by repeating with the provider's idempotency key; without one, the row says `uncertain`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from ledger.tables import EffectRow
from ledger.turns import held_by_id

LEASE = timedelta(seconds=15)
"""Longer than the timeout of one call (blocks.interfaces.TIMEOUT) with its set-up."""


@dataclass(frozen=True)
class Fresh:
    """Nobody tried before, or the last try said that nothing happened: go."""

    attempt: int


@dataclass(frozen=True)
class LeftOpen:
    """An earlier try neither finished nor failed: the call may have happened."""

    attempt: int


@dataclass(frozen=True)
class Done:
    """It was done; this is what was recorded."""

    result: Any


@dataclass(frozen=True)
class GivenUp:
    """It was refused for good; this is why."""

    problem: str


@dataclass(frozen=True)
class Busy:
    """Another process is at it until then."""

    until: datetime


Claim = Fresh | LeftOpen | Done | GivenUp | Busy


def claim(session: Session, incident_id: int, name: str, holder: str, now: datetime) -> Claim:
    """Take the effect, or learn why not."""
    held_by_id(session, incident_id)
    row = _find(session, incident_id, name)
    if row is None:
        session.add(_row(incident_id, name, holder, now))
        return Fresh(attempt=1)
    if row.finished_at:
        return Done(row.result)
    if row.given_up:
        return GivenUp(row.problem)
    in_flight = row.problem == ""
    if in_flight and row.holder != holder and now < row.lease_until:
        return Busy(row.lease_until)
    row.holder, row.claimed_at, row.lease_until = holder, now, now + LEASE
    row.attempts, row.problem = row.attempts + 1, ""
    session.add(row)
    return LeftOpen(row.attempts) if in_flight else Fresh(row.attempts)


def finish(
    session: Session, incident_id: int, name: str, now: datetime, result: Any, *, uncertain: bool = False
) -> None:
    """Record that it happened, with what the provider returned (JSON-able); the first record stays."""
    row = _known(session, incident_id, name)
    row.uncertain = row.uncertain or uncertain
    if row.finished_at is None:
        row.finished_at, row.result, row.problem, row.given_up = now, result, "", False
    session.add(row)


def fail(
    session: Session,
    incident_id: int,
    name: str,
    problem: str,
    *,
    for_good: bool = False,
    attempt: int | None = None,
) -> None:
    """Record that the try failed and that nothing happened; `for_good`: nobody will try again.

    With its `attempt` (from the claim), a try that outlived its lease says nothing about the next one.
    """
    row = _known(session, incident_id, name)
    if row.finished_at or attempt not in (None, row.attempts):
        return
    row.problem, row.given_up = problem or "failed", for_good
    session.add(row)


def result_of(session: Session, incident_id: int, name: str) -> Any:
    """What a finished effect recorded; None while it is not finished."""
    row = _find(session, incident_id, name)
    return row.result if row and row.finished_at else None


def _row(incident_id: int, name: str, holder: str, now: datetime) -> EffectRow:
    return EffectRow(
        incident_id=incident_id, name=name, holder=holder, claimed_at=now, lease_until=now + LEASE
    )


def _find(session: Session, incident_id: int, name: str) -> EffectRow | None:
    query = select(EffectRow).where(EffectRow.incident_id == incident_id, EffectRow.name == name)
    return session.exec(query).first()


def _known(session: Session, incident_id: int, name: str) -> EffectRow:
    held_by_id(session, incident_id)
    row = _find(session, incident_id, name)
    assert row is not None, "an effect is claimed before it is recorded"
    return row
