"""Which escalations does a silence or a maintenance hold back (E14), and when do they go on?

`hold_on` is asked whenever a step is due. When what held an escalation has ended, or ends earlier or later
than was thought, `review_hold` moves its timer: the watchdog asks every second, so that nothing is lost when
whoever ended it dies in between; the door that ended it asks at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, desc, select

from incident.alert import AlertStatus
from incident.maintenance import maintaining
from incident.matching import labels_of
from incident.progress import Stage, changed, timed
from incident.quiet import Quiet, longest
from incident.silences import silencing
from incident.situation import Hold
from ledger.climbing import write_step
from ledger.climbs import bring_climb_forward
from ledger.configurations import configuration_in_force
from ledger.quiet import as_silence, silences_in_force, windows
from ledger.quiet_tables import SilenceRow
from ledger.tables import AlertRow, EscalationRow, IncidentRow
from ledger.turns import held_by_escalation

LOOKED_AT = 200
"""How many of an incident's newest alerts must be matched; a storm of more is not quiet."""


def hold_on(session: Session, incident: IncidentRow, now: datetime) -> Hold | None:
    """What holds an incident's escalations back: set on it, or on all of its alerts that go on."""
    found = longest((*_of_incident(session, incident, now), *_of_alerts(session, incident, now)))
    return Hold(why=found.words, until=found.until) if found else None


def holds_to_review(session: Session, now: datetime) -> Sequence[int]:
    """The escalations that wait for an end that is not the right one any more."""
    waiting = (
        select(EscalationRow, IncidentRow)
        .join(IncidentRow)
        .where(
            col(EscalationRow.stage).in_((Stage.HELD, Stage.ACKNOWLEDGED)), col(EscalationRow.next_at) > now
        )
    )
    found = session.exec(waiting.order_by(col(EscalationRow.id))).all()
    return [row.id or 0 for row, incident in found if _right_time(session, incident, row, now) != row.next_at]


def review_hold(session: Session, escalation_id: int, now: datetime) -> bool:
    """Let an escalation that is held back wait for the right end; at once, if it is not held any more.

    Returns whether its timer moved. A run that sleeps after an acknowledgement is due with it.
    """
    incident = held_by_escalation(session, escalation_id)
    row = session.get(EscalationRow, escalation_id, populate_existing=True)
    if incident is None or row is None or row.next_at is None or row.next_at <= now:
        return False
    at = _right_time(session, incident, row, now)
    if at == row.next_at:
        return False
    write_step(session, row, (changed(row.progress, next_at=at), ()), now)
    row.version += 1  # the run that waits for the old end waits no longer
    session.add(row)
    if row.stage is Stage.ACKNOWLEDGED:
        bring_climb_forward(session, incident, row, now)
    return True


def _right_time(
    session: Session, incident: IncidentRow, row: EscalationRow, now: datetime
) -> datetime | None:
    """When it is to be asked again: at the end of what holds it; without a hold, when it would have been."""
    if row.stage is Stage.ACKNOWLEDGED and row.next_at == timed(row.progress).next_at:
        return row.next_at  # nothing has held it back
    hold = hold_on(session, incident, now)
    if hold is not None:
        return hold.until
    at = now if row.stage is Stage.HELD else timed(row.progress).next_at
    return max(at, now) if at else None


def _of_incident(session: Session, incident: IncidentRow, now: datetime) -> Iterable[Quiet]:
    query = select(SilenceRow).where(
        SilenceRow.incident_id == incident.id,
        col(SilenceRow.ends_at) > now,
        col(SilenceRow.starts_at) <= now,
    )
    return [as_silence(row).quiet() for row in session.exec(query)]


def _of_alerts(session: Session, incident: IncidentRow, now: datetime) -> Iterable[Quiet]:
    """If every alert of the incident is quiet, the first of them that is not any more."""
    _, configuration = configuration_in_force(session)
    silences, maintenance = silences_in_force(session, now), windows(session, configuration, now)
    found: list[Quiet] = []
    for alert in _going_on(session, incident) if silences or maintenance else ():
        labels = labels_of(alert.alert, alert.service)
        asked = silencing(labels, silences, now), maintaining(labels, maintenance, now)
        quiet = longest(each for each in asked if each is not None)
        if quiet is None:
            return []
        found.append(quiet)
    return sorted(found, key=lambda quiet: quiet.until)[:1]


def _going_on(session: Session, incident: IncidentRow) -> list[AlertRow]:
    """The newest alert of each condition that goes on; of every condition, if all of them have recovered."""
    query = select(AlertRow).where(AlertRow.incident_id == incident.id).order_by(desc(col(AlertRow.id)))
    newest: dict[tuple[str, str], AlertRow] = {}
    for row in session.exec(query.limit(LOOKED_AT)):
        newest.setdefault((row.source, row.fingerprint), row)
    going_on = [row for row in newest.values() if row.status is not AlertStatus.RESOLVED]
    return going_on or list(newest.values())
