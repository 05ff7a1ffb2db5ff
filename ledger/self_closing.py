"""How does an incident of severity 3 close itself? As a manager would: by the answers to what is asked.

Everything is written at once, also before its assessment and without an acknowledgement. Its run finds
nothing left to ask, and goes on with the end of the story.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.decisions import NOBODY, Assessment, Question
from incident.lifecycle import LIVE, Phase, Status
from incident.recovery import proposed_step
from incident.self_closing import closing
from ledger.configurations import configuration_of
from ledger.escalations import end_escalations
from ledger.incidents import assess, find_incident, leave_phase
from ledger.questions import proposal_for
from ledger.recovering import weigh
from ledger.settling import settle_by_rule
from ledger.steps import resolve
from ledger.tables import IncidentRow


def closing_due(session: Session, now: datetime) -> Sequence[str]:
    """The incidents whose timer has run out."""
    due = col(IncidentRow.closes_itself_at) <= now, col(IncidentRow.status).in_(LIVE)
    return session.exec(select(IncidentRow.key).where(*due).order_by(col(IncidentRow.id))).all()


def close_itself(session: Session, key: str, now: datetime) -> bool:
    """Resolve an incident because its time has come; False: it has not, or not any more."""
    incident = find_incident(session, key)
    due = incident.closes_itself_at
    if due is None or now < due or incident.status not in LIVE or incident.recovered_at is None:
        return False
    weigh(session, incident, now)  # what fires under a silence joins no incident, and keeps it open
    if incident.recovered_at is None:
        return False
    after = configuration_of(session, incident).closes_itself_after(incident.service)
    planned = closing(incident.severity, incident.recovered_at, after)
    if planned is None:
        return False
    step = {**proposed_step(incident.recovered_at), "text": planned.reason}
    assessment = proposal_for(Question.ASSESS, incident)
    settle_by_rule(
        session, incident, {Question.ASSESS: assessment, Question.RESOLVE: step}, planned.reason, now
    )
    if incident.status is Status.OPEN:
        assess(session, incident, Assessment.model_validate(assessment), NOBODY, now)
        leave_phase(session, key, Phase.ASSESS, now)
    end_escalations(session, incident, now, planned.reason)
    incident.closes_itself_at = None
    resolve(session, key, planned.reason, NOBODY, now)
    return True
