"""How does an alert leave its incident? With its whole condition, into a new incident that it opens."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.alert import AlertStatus, EndState
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.lifecycle import LIVE
from incident.routing import route
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.conditions import move_conditions
from ledger.configurations import configuration_in_force
from ledger.incidents import find_incident, open_incident
from ledger.recovering import weigh
from ledger.tables import AlertRow, IncidentRow
from ledger.timeline import note
from ledger.turns import Turn, take_turn


def split(session: Session, key: str, alert_id: int, person: str, *, via: Via, now: datetime) -> IncidentRow:
    """Open a new incident for an alert; everything that was heard of its condition goes with it.

    Raises:
        NotFoundError: the incident, the person or the alert is not known; the message lists the alerts.
        TransitionError: the incident is over, the condition has recovered, or it is the only one.
    """
    take_turn(session, Turn.TRIAGE)
    source = find_incident(session, key)
    by = known_person(session, key, person)
    if source.status not in LIVE:
        raise TransitionError(f"{key} is {source.status}; alerts are split off what is worked on")
    rows = session.exec(select(AlertRow).where(AlertRow.incident_id == source.id).order_by(col(AlertRow.id)))
    leaving = _leaving(source, rows.all(), alert_id)
    newest = leaving[-1]
    version, configuration = configuration_in_force(session)
    routed, reason = route(configuration, newest.alert), f"{by} split it off {key}"
    opened = open_incident(session, newest.alert, routed.service, version, now, reason=reason, routed=routed)
    _move(session, leaving, opened, reason)
    _tell_both(session, source, opened, leaving, by, via, now)
    weigh(session, source, now)
    return opened


def _leaving(source: IncidentRow, rows: Sequence[AlertRow], alert_id: int) -> list[AlertRow]:
    """The alerts of the condition, oldest first."""
    chosen = next((row for row in rows if row.id == alert_id), None)
    if chosen is None:
        known = ", ".join(str(row.id) for row in rows) or "none"
        raise NotFoundError(f"{source.key} has no alert {alert_id}; its alerts are: {known}")
    condition = chosen.source, chosen.fingerprint
    leaving = [row for row in rows if (row.source, row.fingerprint) == condition]
    if len(leaving) == len(rows):
        raise TransitionError(
            f"{chosen.alert.title!r} is the only alert of {source.key}; it cannot be split off"
        )
    if leaving[-1].status is AlertStatus.RESOLVED:
        raise TransitionError(
            f"{chosen.alert.title!r} has recovered; there is nothing to open an incident for"
        )
    return leaving


def _move(session: Session, leaving: Sequence[AlertRow], opened: IncidentRow, reason: str) -> None:
    for row in leaving:
        row.incident_id = opened.id
        row.reason = f"{row.reason}; {reason}, into {opened.key}"
        session.add(row)
    leaving[-1].end_state = EndState.OPENED
    move_conditions(session, [row.id or 0 for row in leaving], opened.id or 0)


def _tell_both(
    session: Session,
    source: IncidentRow,
    opened: IncidentRow,
    leaving: Sequence[AlertRow],
    by: str,
    via: Via,
    now: datetime,
) -> None:
    alerts = [row.id or 0 for row in leaving]
    title = leaving[-1].alert.title
    text = f"{title} is split off into {opened.key}"
    note(session, source.id or 0, now, Kind.SPLIT, text, by=by, via=via, incident=opened.key, alerts=alerts)
    text = f"{title} is split off {source.key}"
    note(session, opened.id or 0, now, Kind.SPLIT, text, by=by, via=via, incident=source.key, alerts=alerts)
