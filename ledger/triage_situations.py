"""What is true for an alert? Everything that its triage asks, by a few bounded look-ups in indexes."""

from datetime import datetime

from sqlmodel import Session

from incident.alert import Alert
from incident.configuration import Configuration
from incident.dependencies import needed_by
from incident.grouping import OpenIncident
from incident.maintenance import maintaining
from incident.matching import labels_of
from incident.routing import route
from incident.silences import silencing
from incident.triage_situation import Situation
from ledger.conditions import condition_of, down_among, newest_of_group, remembered
from ledger.inhibitors import inhibitor_of
from ledger.once import once
from ledger.quiet import silences_in_force, windows
from ledger.tallies import tally_of
from ledger.triage_tables import ConditionRow


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
    own, labels, now = condition.id if condition else None, situation.labels, situation.now
    known: dict[str, object] = {
        "silence": silencing(labels, once(session, silences_in_force, now), now),
        "maintenance": maintaining(labels, once(session, windows, configuration, now), now),
        "inhibitor": inhibitor_of(session, configuration.inhibit_rules, situation, own),
        "tally": tally_of(session, alert, configuration.thresholds, situation),
    }
    if situation.condition.live is None:
        known["group"] = newest_of_group(session, group_key(situation))
        known["dependency"] = _dependency(session, situation, configuration)
    return situation.model_copy(update=known)


def group_key(situation: Situation) -> str:
    """Names the group that the alert belongs to."""
    return situation.grouping.key(situation.service, situation.labels)


def _dependency(session: Session, situation: Situation, configuration: Configuration) -> OpenIncident | None:
    """The open incident of the nearest service that this one needs and that is down."""
    needs = {name: service.depends_on for name, service in configuration.services.items()}
    needed = needed_by(situation.service, needs) if needs[situation.service] else ()
    if not needed:
        return None
    return min(down_among(session, needed), key=lambda down: needed.index(down.service), default=None)
