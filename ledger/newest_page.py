"""Which page does somebody answer who only says 1?"""

from sqlmodel import Session, col, select

from incident.lifecycle import LIVE
from ledger.escalations import OPEN
from ledger.tables import EscalationRow, IncidentRow, PageRow


def newest_page(session: Session, person: str) -> int | None:
    """Their newest page that waits for an answer, else their newest of an open incident; None: neither."""
    of_person = (
        select(PageRow.id)
        .join(EscalationRow, col(EscalationRow.id) == PageRow.escalation_id)
        .join(IncidentRow, col(IncidentRow.id) == PageRow.incident_id)
        .where(PageRow.person == person, col(IncidentRow.status).in_(LIVE))
        .order_by(col(PageRow.id).desc())
    )
    waits = of_person.where(col(PageRow.acknowledged_at).is_(None), col(EscalationRow.stage).in_(OPEN))
    return session.exec(waits).first() or session.exec(of_person).first()
