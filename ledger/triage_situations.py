"""What is true for an alert? Everything that its triage asks, by a few bounded look-ups in indexes."""

from datetime import datetime

from sqlmodel import Session, col, desc, select

from incident.alert import Alert
from incident.configuration import Configuration
from incident.dependencies import needed_by
from incident.grouping import OpenIncident
from incident.lifecycle import LIVE
from incident.matching import labels_of
from incident.routing import route
from incident.severity import Severity
from incident.triage_situation import Situation
from ledger.conditions import condition_of, firing_services_of, remembered, seen
from ledger.inhibitors import inhibitor_of
from ledger.quiet import maintenance_for, silence_for
from ledger.tables import IncidentRow
from ledger.tallies import tally_of
from ledger.triage_tables import ConditionRow
from ledger.turns import held

DOWN = (Severity.CRITICAL, Severity.MAJOR)
"""With an open incident of these severities, whose condition fires, a service is down."""


def known_of(
    session: Session, alert: Alert, configuration: Configuration, received_at: datetime, now: datetime
) -> tuple[Situation, ConditionRow | None]:
    """What the alert and its condition say by themselves."""
    row = condition_of(session, alert.source, alert.fingerprint)
    before, routed = remembered(session, row), route(configuration, alert)
    service = configuration.services[routed.service]
    situation = Situation(
        now=now,
        received_at=received_at,
        routed=routed,
        labels=labels_of(alert, routed.service),
        proposal=routed.proposal(configuration, alert),
        before=before,
        condition=before.changed_by(alert, received_at, configuration.flapping.changes),
        flapping=configuration.flapping,
        grouping=service.grouping or configuration.grouping,
        minimum_severity=service.minimum_severity or configuration.minimum_severity,
    )
    return situation, row


def with_surroundings(
    session: Session,
    alert: Alert,
    situation: Situation,
    configuration: Configuration,
    condition: ConditionRow | None,
) -> Situation:
    """The situation with everything else that is true; only what may matter is looked up."""
    own = condition.id if condition else None
    known: dict[str, object] = {
        "silence": silence_for(session, situation.labels, situation.now),
        "maintenance": maintenance_for(session, configuration, situation.labels, situation.now),
        "inhibitor": inhibitor_of(session, configuration.inhibit_rules, situation, own),
        "tally": tally_of(session, alert, configuration.thresholds, situation),
    }
    if situation.condition.live is None:
        known["group"] = _group(session, situation)
        known["dependency"] = _dependency(session, situation, configuration)
    return situation.model_copy(update=known)


def group_key(situation: Situation) -> str:
    """Names the group that the alert belongs to."""
    return situation.grouping.key(situation.service, situation.labels)


def _group(session: Session, situation: Situation) -> OpenIncident | None:
    """The newest open incident of the group."""
    live = col(IncidentRow.group_key) == group_key(situation), col(IncidentRow.status).in_(LIVE)
    newest = select(IncidentRow.id).where(*live).order_by(desc(col(IncidentRow.id))).limit(1)
    incident = session.exec(newest).first()
    if incident is None:
        return None
    row = held(session, (col(IncidentRow.id) == incident) & col(IncidentRow.status).in_(LIVE))
    return seen(row) if row else None


def _dependency(session: Session, situation: Situation, configuration: Configuration) -> OpenIncident | None:
    """The open incident of the nearest service that this one needs and that is down."""
    needs = {name: service.depends_on for name, service in configuration.services.items()}
    needed = needed_by(situation.service, needs) if needs[situation.service] else ()
    if not needed:
        return None
    down = (
        col(IncidentRow.service).in_(needed),
        col(IncidentRow.status).in_(LIVE),
        col(IncidentRow.severity).in_(DOWN),
    )
    rows = session.exec(select(IncidentRow).where(*down).order_by(col(IncidentRow.id)).limit(50)).all()
    for row in sorted(rows, key=lambda each: needed.index(each.service)):
        if row.service in firing_services_of(session, row.id or 0):
            return seen(row)
    return None
