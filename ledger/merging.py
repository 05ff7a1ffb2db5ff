"""How do two incidents become one? Alerts and people move, and both timelines say so.

The one that goes on gets the alerts, so that whatever else is heard of their conditions attaches to it, and
everybody who is needed. The other one ends as merged: nobody is paged for it, nothing is asked there.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from incident.decisions import Via
from incident.merging import AnswerFor, Covered, Engage, Engaged, Side, carry_over, merged_status
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.carrying import answer_for, engage, join, take_roles, worse_severity
from ledger.conditions import hand_conditions_on
from ledger.escalations import end_escalations
from ledger.incidents import find_incident
from ledger.passing_on import owe_for_incident
from ledger.recovering import weigh
from ledger.settling import settle_by_merging
from ledger.tables import AlertRow, EscalationRow, IncidentRow
from ledger.timeline import note
from ledger.turns import Turn, take_turn


@dataclass(frozen=True)
class Merged:
    """What came of a merge: how many alerts moved, and which flow runs go on at once."""

    alerts: int
    waiting: str = ""
    brought_forward: tuple[str, ...] = ()


def merge(session: Session, key: str, into: str, person: str, *, via: Via, now: datetime) -> Merged:
    """Merge an incident into another one that is worked on.

    Triage's turn is taken, so that no alert comes to an incident that just ends, and no two merges of the
    same incidents wait for each other.

    Raises:
        NotFoundError: one of the two, or the person, is not known.
        TransitionError: one of the two is over, or they are the same; nothing has changed.
    """
    take_turn(session, Turn.TRIAGE)
    source, target = find_incident(session, key), find_incident(session, into)
    by = known_person(session, into, person)
    source.status = merged_status(_side(source), _side(target))
    source.merged_into, source.summary = into, f"merged into {into}"
    source.recovered_at = source.closes_itself_at = None
    alerts = _move_alerts(session, source, target, by)
    moved = f"{len(alerts)} alert{'' if len(alerts) == 1 else 's'}"
    text = f"merged into {into}, with {moved}"
    note(session, source.id or 0, now, Kind.MERGED, text, by=by, via=via, incident=into, alerts=alerts)
    text = f"{key} is merged into this, with {moved}: {source.title}"
    note(session, target.id or 0, now, Kind.MERGED, text, by=by, via=via, incident=key, alerts=alerts)
    waiting = settle_by_merging(session, source, into, by, via, now)
    hurried = _carry_people(session, source, target, by, now)
    session.add(source)
    weigh(session, target, now)
    owe_for_incident(session, target, now)
    return Merged(len(alerts), waiting, tuple(hurried))


def _move_alerts(session: Session, source: IncidentRow, target: IncidentRow, by: str) -> list[int]:
    rows = session.exec(select(AlertRow).where(AlertRow.incident_id == source.id).order_by(col(AlertRow.id)))
    moved = rows.all()
    for row in moved:
        row.incident_id = target.id
        row.reason = f"{row.reason}; {by} merged {source.key} into {target.key}"
        session.add(row)
    hand_conditions_on(session, source.id or 0, target.id or 0)
    return [row.id or 0 for row in moved]


def _carry_people(
    session: Session, source: IncidentRow, target: IncidentRow, by: str, now: datetime
) -> list[str]:
    """Nobody who is needed is lost; returns the runs that must begin earlier."""
    ours, theirs = _escalations(session, source), _escalations(session, target)
    carried = carry_over([_engaged(row) for row in ours.values()], [_engaged(row) for row in theirs.values()])
    hurried = worse_severity(session, source, target, ours.values(), now)
    for each in carried:
        match each:
            case Engage():
                engage(session, source, target, ours[each.purpose], now)
            case AnswerFor():
                answer_for(session, theirs[each.purpose], each.people, source.key, now)
            case Covered():
                text = f"{each.purpose} of {source.key}: the same policy is engaged here ({each.by})"
                note(session, target.id or 0, now, Kind.MERGED, text)
    take_roles(session, source, target, by, now)
    join(session, source, target, now)
    end_escalations(session, source, now, f"{source.key} is merged into {target.key}")
    return hurried


def _escalations(session: Session, incident: IncidentRow) -> dict[str, EscalationRow]:
    query = select(EscalationRow).where(EscalationRow.incident_id == incident.id)
    return {row.purpose: row for row in session.exec(query.order_by(col(EscalationRow.id)))}


def _engaged(row: EscalationRow) -> Engaged:
    return Engaged(
        purpose=row.purpose, policy=row.policy.name, stage=row.stage, answered=row.progress.answered
    )


def _side(row: IncidentRow) -> Side:
    return Side(key=row.key, status=row.status, merged_into=row.merged_into)
