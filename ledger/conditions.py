"""What is remembered of a condition? One row for each source and fingerprint, found by its key."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, desc
from sqlmodel import select as rows

from incident.alert import AlertStatus
from incident.condition import Condition
from incident.grouping import OpenIncident
from incident.lifecycle import LIVE, Status
from incident.outcomes import Outcome, Suppress
from incident.severity import Severity
from ledger.tables import AlertRow, IncidentRow
from ledger.triage_tables import ConditionRow
from ledger.turns import writes

DOWN = (Severity.CRITICAL, Severity.MAJOR)
"""With an open incident of these severities, whose condition fires, a service is down."""

AT_MOST = 50
"""How many services that are down are looked at; one is enough."""

Key = tuple[str, str]
"""Of a condition: its source and its fingerprint."""

KNOWN = "conditions"
"""Where a session keeps the conditions that its transaction has read at once."""

_SEEN: tuple[Any, ...] = (
    col(IncidentRow.key),
    col(IncidentRow.service),
    col(IncidentRow.status),
    col(IncidentRow.severity),
    col(IncidentRow.severity_proposed),
    col(IncidentRow.last_alert_at),
    col(IncidentRow.opened_at),
)
_CONDITION = rows(ConditionRow).where(
    col(ConditionRow.source) == bindparam("source"),
    col(ConditionRow.fingerprint) == bindparam("fingerprint"),
)
_INCIDENT = select(*_SEEN).where(col(IncidentRow.id) == bindparam("incident"))
_NEWEST_OF_GROUP = (
    select(*_SEEN)
    .where(col(IncidentRow.group_key) == bindparam("key"), col(IncidentRow.status).in_(LIVE))
    .order_by(desc(col(IncidentRow.id)))
    .limit(1)
)
_MERGED = aliased(IncidentRow)
_ONWARDS = (
    select(col(IncidentRow.id).label("first"), col(IncidentRow.merged_into).label("into"))
    .where(col(IncidentRow.group_key) == bindparam("key"), col(IncidentRow.merged_into).is_not(None))
    .cte("onwards", recursive=True)
)
_ONWARDS = _ONWARDS.union_all(
    select(_ONWARDS.c.first, col(_MERGED.merged_into)).where(
        col(_MERGED.key) == _ONWARDS.c.into, col(_MERGED.merged_into).is_not(None)
    )
)
_INTO_WHICH_IT_WAS_MERGED = (
    select(*_SEEN)
    .join(_ONWARDS, _ONWARDS.c.into == col(IncidentRow.key))
    .where(col(IncidentRow.status).in_(LIVE))
    .order_by(desc(_ONWARDS.c.first))
    .limit(1)
)
"""Built once: putting a statement together takes as long as SQLite needs to answer it."""


def of_conditions(table: type[AlertRow | ConditionRow], keys: Iterable[Key]) -> ColumnElement[bool]:
    """Meets the rows of a table that are of one of these conditions."""
    by_source = groupby(sorted(keys), key=itemgetter(0))
    here = (
        and_(
            col(table.source) == source, col(table.fingerprint).in_([fingerprint for _, fingerprint in of_it])
        )
        for source, of_it in by_source
    )
    return or_(False, *here)  # noqa: FBT003  the value of none of them


def know_conditions(session: Session, keys: Collection[Key]) -> None:
    """Read these conditions at once: for the rest of its transaction `condition_of` asks for none of them."""
    known: dict[Key, ConditionRow | None] = session.info.setdefault(KNOWN, {})
    known |= dict.fromkeys(keys)
    for row in session.exec(rows(ConditionRow).where(of_conditions(ConditionRow, keys))):
        known[row.source, row.fingerprint] = row


def condition_of(session: Session, source: str, fingerprint: str) -> ConditionRow | None:
    """The row of a condition; None before its first alert was triaged."""
    known: dict[Key, ConditionRow | None] = session.info.get(KNOWN, {})
    if (source, fingerprint) in known:
        return known[source, fingerprint]
    return session.exec(_CONDITION, params={"source": source, "fingerprint": fingerprint}).first()


def remembered(session: Session, row: ConditionRow | None) -> Condition:
    """A row as the questions see it; its incident is held, so that it does not end meanwhile."""
    if row is None:
        return Condition()
    return Condition(
        status=row.status,
        starts_at=row.starts_at,
        told=row.told,
        changes=row.changes,
        flapping=row.flapping,
        incident=_seen(session, _INCIDENT, incident=row.incident_id) if row.incident_id else None,
    )


def newest_of_group(session: Session, key: str) -> OpenIncident | None:
    """The newest open incident of a group, or what it was merged into at last; held like one remembered."""
    newest = _seen(session, _NEWEST_OF_GROUP, key=key)
    return newest or _seen(session, _INTO_WHICH_IT_WAS_MERGED, key=key)


def _seen(session: Session, query: Select[Any], **values: object) -> OpenIncident | None:
    """An incident as the questions see it; if the transaction writes, as it stands until its end."""
    held = query.with_for_update(of=IncidentRow, key_share=True) if _locks(session) else query
    row = session.connection().execute(held, values).first()
    return _open(row) if row else None


def _open(row: Row[Any]) -> OpenIncident:
    return OpenIncident(
        key=row.key,
        service=row.service,
        live=row.status in LIVE,
        assessed=row.status is not Status.OPEN,
        severity=row.severity,
        proposed=row.severity_proposed,
        last_alert_at=row.last_alert_at or row.opened_at,
    )


def _locks(session: Session) -> bool:
    """On SQLite there is nothing to lock: a writer has waited for its turn already."""
    return writes(session) and session.connection().dialect.name == "postgresql"


def remember(
    session: Session, row: ConditionRow | None, alert: AlertRow, condition: Condition, outcome: Outcome
) -> ConditionRow | None:
    """Keep what an alert has changed about its condition; what says nothing about it has none."""
    if alert.status not in (AlertStatus.FIRING, AlertStatus.RESOLVED):
        return row
    if row is None:
        row = ConditionRow(
            source=alert.source,
            fingerprint=alert.fingerprint,
            service=alert.service or "",
            status=condition.status,
        )
        session.info.get(KNOWN, {})[row.source, row.fingerprint] = row
    changed = row.changes != condition.changes
    row.service = alert.service or row.service
    row.status, row.starts_at, row.told = condition.status, condition.starts_at, condition.told
    row.changes, row.flapping = condition.changes, condition.flapping
    row.incident_id = alert.incident_id or row.incident_id
    if changed or outcome.by or not isinstance(outcome, Suppress):
        _wait(session, row, alert.id if outcome.by else None)
    session.add(row)
    return row


def down_among(session: Session, services: Sequence[str]) -> list[OpenIncident]:
    """The open incidents that take one of these services down: major or critical, and it fires."""
    fires = select(col(ConditionRow.id)).where(
        col(ConditionRow.incident_id) == col(IncidentRow.id),
        col(ConditionRow.status) == AlertStatus.FIRING,
        col(ConditionRow.service) == col(IncidentRow.service),
    )
    down = select(*_SEEN).where(
        col(IncidentRow.service).in_(services),
        col(IncidentRow.status).in_(LIVE),
        col(IncidentRow.severity).in_(DOWN),
        fires.exists(),
    )
    found = session.connection().execute(down.order_by(col(IncidentRow.id)).limit(AT_MOST))
    return [_open(row) for row in found]


def move_conditions(session: Session, alert_ids: list[int], incident_id: int) -> None:
    """Alerts belong to another incident now, by a split: so do their conditions."""
    moved = rows(AlertRow.source, AlertRow.fingerprint).where(col(AlertRow.id).in_(alert_ids)).distinct()
    for source, fingerprint in session.exec(moved.distinct()).all():
        if (row := condition_of(session, source, fingerprint)) is not None:
            row.incident_id = incident_id
            session.add(row)


def hand_conditions_on(session: Session, incident_id: int, to: int) -> None:
    """All conditions of an incident belong to another one now; those that left it before do not."""
    of_it = update(ConditionRow).where(col(ConditionRow.incident_id) == incident_id)
    session.execute(of_it.values(incident_id=to))


def _wait(session: Session, row: ConditionRow, alert_id: int | None) -> None:
    """The newest alert waits for all: an older one of the condition need not be looked at again."""
    if row.waiting_id is not None and row.waiting_id != alert_id:
        session.flush()  # what waits to be written to that row may not come after this
        older = update(AlertRow).where(col(AlertRow.id) == row.waiting_id).values(look_again_at=None)
        session.connection().execute(older)
    row.waiting_id = alert_id


def is_waiting(row: ConditionRow | None, alert: AlertRow, now: datetime) -> bool:
    """Is it time to triage this alert again, and does it still speak for its condition?"""
    due = alert.look_again_at is not None and alert.look_again_at <= now
    return due and row is not None and row.waiting_id == alert.id and row.status == alert.status
