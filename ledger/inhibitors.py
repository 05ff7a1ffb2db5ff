"""Which causes fire now? Written when they fire, under the keys that their consequences look up."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, delete, or_
from sqlmodel import Session, col, desc, select

from incident.alert import AlertStatus
from incident.inhibition import Inhibitor, InhibitRule, causes, consequences
from incident.triage_situation import Situation
from ledger.tables import AlertRow, IncidentRow
from ledger.triage_tables import ConditionRow, InhibitorRow

HEARD_EVERY = timedelta(minutes=1)
"""How often a cause that is repeated is written down again."""


def inhibitor_of(
    session: Session, rules: Sequence[InhibitRule], situation: Situation, own: int | None
) -> Inhibitor | None:
    """The newest cause that inhibits an alert; its own condition and, as in Alertmanager, its like do not."""
    waits = {each.key: each for each in consequences(rules, situation.labels)}
    if not waits:
        return None
    fires = or_(
        *(
            and_(
                col(InhibitorRow.key) == key,
                col(InhibitorRow.heard_at) > situation.received_at - each.at_most,
                *([col(InhibitorRow.is_consequence_too).is_(False)] if each.is_cause_too else []),
            )
            for key, each in waits.items()
        )
    )
    query = (
        select(InhibitorRow, IncidentRow.key)
        .join(ConditionRow, col(InhibitorRow.condition_id) == ConditionRow.id)
        .join(IncidentRow, col(ConditionRow.incident_id) == IncidentRow.id, isouter=True)
        .where(fires, col(InhibitorRow.condition_id) != (own or 0))
    )
    found = session.exec(query.order_by(desc(col(InhibitorRow.heard_at))).limit(1)).first()
    if found is None:
        return None
    row, incident = found
    return Inhibitor(rule=waits[row.key].rule, key=row.key, title=row.title, incident=incident)


def remember_cause(
    session: Session,
    rules: Sequence[InhibitRule],
    situation: Situation,
    alert: AlertRow,
    condition: ConditionRow,
) -> None:
    """A cause that fires inhibits others from now on, silenced or not; one that recovered no more."""
    if not rules:
        return
    keys = causes(rules, situation.labels) if condition.status is AlertStatus.FIRING else {}
    mine = col(InhibitorRow.condition_id) == condition.id
    if situation.before.changes != situation.condition.changes and condition.id:
        gone = delete(InhibitorRow).where(mine, col(InhibitorRow.key).not_in(list(keys)))
        session.connection().execute(gone)
    if not keys:
        return
    session.flush()  # a new condition has its number now
    known = {row.key: row for row in session.exec(select(InhibitorRow).where(mine))}
    for key, is_consequence_too in keys.items():
        row = known.get(key) or _cause(alert, condition, key, is_consequence_too=is_consequence_too)
        if alert.received_at - row.heard_at >= HEARD_EVERY:
            row.heard_at = alert.received_at
        session.add(row)


def _cause(alert: AlertRow, condition: ConditionRow, key: str, *, is_consequence_too: bool) -> InhibitorRow:
    return InhibitorRow(
        condition_id=condition.id or 0,
        key=key,
        title=alert.alert.title,
        is_consequence_too=is_consequence_too,
        heard_at=alert.received_at,
    )
