"""How does somebody escalate by hand? The next level is paged at once; an acknowledgement ends with it."""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.actions import Action
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.progress import Stage
from incident.reopening import escalate
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.climbing import write_step
from ledger.climbs import owe_next_climb
from ledger.escalations import situation
from ledger.incidents import MANAGER_PURPOSE, find_incident
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note


def escalate_by_hand(
    session: Session,
    key: str,
    person: str,
    *,
    via: Via,
    now: datetime,
    purpose: str = MANAGER_PURPOSE,
    step: int | None = None,
) -> tuple[Action, ...]:
    """Page the next level of one of an incident's escalations now (E10); returns what that decided.

    Whoever answers a page says of which ``step`` it is: two who answer it at once go one level further.

    Raises:
        NotFoundError: there is no such incident, person or purpose; the message lists who and what is known.
        TransitionError: paging has ended, a silence or maintenance holds it back, or somebody passed it on.
    """
    incident = find_incident(session, key)
    known_person(session, key, person)
    row = _of_purpose(session, incident, purpose)
    if step is not None:
        _still_the_last(session, row, step)
    asleep = _no_run_climbs(row, now)
    taken = escalate(row.policy, row.progress, situation(session, incident, row, now), person, now)
    text = f"{person} escalates ({row.purpose})"
    note(session, row.incident_id, now, Kind.ESCALATED, text, by=person, via=via)
    actions = write_step(session, row, taken, now)
    if asleep:
        owe_next_climb(session, incident, row, now, due_at=now)
    return actions


def _still_the_last(session: Session, row: EscalationRow, step: int) -> None:
    later = select(PageRow).where(PageRow.escalation_id == row.id, col(PageRow.step) > step)
    paged = [page.person for page in session.exec(later.order_by(col(PageRow.id)))]
    if paged:
        raise TransitionError(
            f"it was passed on already: {', '.join(dict.fromkeys(paged))} was paged after it"
        )


def _no_run_climbs(row: EscalationRow, now: datetime) -> bool:
    """Its run has ended with an acknowledgement, or is owed for later: one has to begin now."""
    waits = row.version == 0 and row.next_at is not None and row.next_at > now
    return waits or row.stage is Stage.ACKNOWLEDGED


def _of_purpose(session: Session, incident: IncidentRow, purpose: str) -> EscalationRow:
    query = select(EscalationRow).where(EscalationRow.incident_id == incident.id)
    rows = {row.purpose: row for row in session.exec(query.order_by(col(EscalationRow.id)))}
    if purpose not in rows:
        known = ", ".join(rows) or "nothing yet"
        raise NotFoundError(f"{incident.key} pages nobody for {purpose!r}; it pages for: {known}")
    return rows[purpose]
