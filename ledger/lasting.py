"""What is remembered of alerts that their sender repeats, and which of them fell silent?

A repetition changes one row here and makes no new alert. News is accepted as an alert before it is written
down here: if we die in between, the sender tells it again, and triage knows what came twice.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from incident.alert import AlertStatus
from incident.lasting import Lasting, ended
from ledger.intake import accept_delivery
from ledger.tables import AlertRow, LastingAlertRow
from ledger.turns import Turn, take_turn

AT_ONCE = 500
"""How many conditions are looked up in one statement."""

ENDED_AT_ONCE = 100
"""How many fall silent in one look: the watchdog has other things to look at, too."""

FORGOTTEN_AFTER = timedelta(days=1)
"""A condition that is over is remembered so long: its end is told again for a quarter of an hour."""


def lasting(session: Session, source: str, fingerprints: Collection[str]) -> dict[str, Lasting]:
    """What is remembered of these conditions of a source, by fingerprint."""
    return {name: _read(row) for name, row in _rows(session, source, fingerprints).items()}


def remember(
    session: Session,
    source: str,
    conditions: Mapping[str, Lasting],
    known: Mapping[str, Lasting],
    now: datetime,
) -> None:
    """Write down how conditions stand after a post; the latest post counts.

    ``known`` is what its alerts were told apart by. What was ended since then stays over, so that its next
    repetition is news: else its recovery would have been accepted, and it would fire on unheard.
    """
    take_turn(session, Turn.LASTING)
    rows = _rows(session, source, conditions)
    for fingerprint, condition in conditions.items():
        row = rows.get(fingerprint) or _new(source, fingerprint, condition, now)
        if row.over and not condition.over and _went_on(known.get(fingerprint)):
            continue
        again = row.id is not None and row.over == condition.over
        row.repeats = row.repeats + 1 if again else 0
        row.alert, row.until, row.over, row.updated_at = condition.alert, condition.until, condition.over, now
        session.add(row)


def still_lasting(
    session: Session, source: str, now: datetime
) -> list[tuple[LastingAlertRow, AlertRow | None]]:
    """The conditions of a source that hold now, each with the alert that it was accepted as; oldest first."""
    holds = col(LastingAlertRow.over).is_(False), col(LastingAlertRow.until) > now
    query = select(LastingAlertRow).where(LastingAlertRow.source == source, *holds)
    rows = session.exec(query.order_by(col(LastingAlertRow.id))).all()
    accepted = _accepted(session, source, [row.fingerprint for row in rows])
    return [(row, accepted.get(row.fingerprint)) for row in rows]


def end_unrepeated(session: Session, now: datetime) -> list[int]:
    """Accept the recovery of alerts that were not sent again in time; returns the ids of these alerts.

    Each has a delivery that says what its sender would have said. What is long over is forgotten.
    """
    take_turn(session, Turn.LASTING)
    silent = select(LastingAlertRow).where(
        col(LastingAlertRow.over).is_(False), col(LastingAlertRow.until) <= now
    )
    accepted = []
    for row in session.exec(silent.order_by(col(LastingAlertRow.until)).limit(ENDED_AT_ONCE)).all():
        alert = ended(_read(row))
        accepted += accept_delivery(session, row.source, _as_if_sent(row), [alert], now)
        row.over, row.updated_at = True, now
        session.add(row)
    _forget(session, now)
    return accepted


def unrepeated(session: Session, now: datetime) -> bool:
    """Is there anything to end? Looking costs no turn."""
    silent = col(LastingAlertRow.over).is_(False), col(LastingAlertRow.until) <= now
    return session.exec(select(LastingAlertRow.id).where(*silent).limit(1)).first() is not None


def _forget(session: Session, now: datetime) -> None:
    old = col(LastingAlertRow.over).is_(True), col(LastingAlertRow.until) < now - FORGOTTEN_AFTER
    session.exec(delete(LastingAlertRow).where(*old))


def _accepted(session: Session, source: str, fingerprints: Sequence[str]) -> dict[str, AlertRow]:
    """The newest firing alert of each condition."""
    found: dict[str, AlertRow] = {}
    for start in range(0, len(fingerprints), AT_ONCE):
        newest = (
            select(func.max(AlertRow.id))
            .where(AlertRow.source == source, AlertRow.status == AlertStatus.FIRING)
            .where(col(AlertRow.fingerprint).in_(fingerprints[start : start + AT_ONCE]))
            .group_by(col(AlertRow.fingerprint))
        )
        rows = session.exec(select(AlertRow).where(col(AlertRow.id).in_(newest)))
        found |= {row.fingerprint: row for row in rows}
    return found


def _rows(session: Session, source: str, fingerprints: Collection[str]) -> dict[str, LastingAlertRow]:
    names, found = list(fingerprints), {}
    for start in range(0, len(names), AT_ONCE):
        some = col(LastingAlertRow.fingerprint).in_(names[start : start + AT_ONCE])
        for row in session.exec(select(LastingAlertRow).where(LastingAlertRow.source == source, some)):
            found[row.fingerprint] = row
    return found


def _went_on(known: Lasting | None) -> bool:
    return known is not None and not known.over


def _new(source: str, fingerprint: str, condition: Lasting, now: datetime) -> LastingAlertRow:
    return LastingAlertRow(
        source=source,
        fingerprint=fingerprint,
        alert=condition.alert,
        until=condition.until,
        over=condition.over,
        updated_at=now,
    )


def _read(row: LastingAlertRow) -> Lasting:
    return Lasting(row.alert, row.until, row.over)


def _as_if_sent(row: LastingAlertRow) -> bytes:
    start = row.alert.starts_at.isoformat() if row.alert.starts_at else None
    said = {"labels": row.alert.labels, "startsAt": start, "endsAt": row.until.isoformat()}
    return json.dumps([said]).encode()
