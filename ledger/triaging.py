"""How is an alert triaged? What is true is gathered, `incident.triage` decides, and that is written down.

One alert after the other (the caller has the turn): what one of them opens, the next one is attached to.
"""

from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from incident.alert import AlertStatus
from incident.configuration import Configuration
from incident.outcomes import Attach, Open, Outcome, Resolve, Suppress, end_state
from incident.timeline import Kind
from incident.triage import settled, triage
from incident.triage_situation import Situation
from ledger.conditions import condition_of, is_waiting, remember
from ledger.configurations import configuration_in_force
from ledger.incidents import find_incident, open_incident
from ledger.inhibitors import remember_cause
from ledger.once import once
from ledger.passing_on import owe_for_alert
from ledger.recovering import heard
from ledger.rising import rise
from ledger.tables import AlertRow, IncidentRow
from ledger.tallies import count
from ledger.timeline import note
from ledger.triage_situations import group_key, known_of, with_surroundings
from ledger.triage_tables import ConditionRow

LONGEST_REASON = 400
"""Characters of an earlier reason that a later one repeats."""


def decide(session: Session, row: AlertRow, now: datetime) -> IncidentRow | None:
    """Give an alert its end state, with the configuration in force; returns the incident it belongs to."""
    version, configuration = once(session, configuration_in_force)
    situation, condition = known_of(session, row.alert, configuration, row.received_at, now)
    outcome = settled(row.alert, situation)
    if outcome is None:
        session.flush()  # the surroundings are looked up past what still waits to be written
        situation = with_surroundings(session, row.alert, situation, configuration, condition)
        outcome = triage(row.alert, situation)
    row.service = situation.service
    return _write(session, row, condition, situation, outcome, configuration, version)


def decide_again(session: Session, row: AlertRow, now: datetime) -> IncidentRow | None:
    """Triage an alert that waited, as if its incident did not know it; the same outcome stays silent."""
    condition = condition_of(session, row.source, row.fingerprint)
    if not is_waiting(condition, row, now):
        row.look_again_at = None
        session.add(row)
        return None
    assert condition is not None, "what waits has a condition"
    version, configuration = once(session, configuration_in_force)
    situation, _ = known_of(session, row.alert, configuration, row.received_at, now)
    situation = situation.as_if_untold()
    situation = with_surroundings(session, row.alert, situation, configuration, condition)
    outcome = triage(row.alert, situation)
    if outcome.by == row.suppressed_by and end_state(outcome) is row.end_state:
        row.look_again_at = outcome.until
        session.add(row)
        return session.get(IncidentRow, row.incident_id) if row.incident_id else None
    before = f" (before: {row.reason[:LONGEST_REASON]})"
    outcome = outcome.model_copy(update={"reason": outcome.reason + before})
    return _write(session, row, condition, situation, outcome, configuration, version)


def _write(
    session: Session,
    row: AlertRow,
    condition: ConditionRow | None,
    situation: Situation,
    outcome: Outcome,
    configuration: Configuration,
    version: int,
) -> IncidentRow | None:
    """The outcome, what it does to an incident, and what triage remembers of it."""
    incident = _apply(session, row, outcome, situation, version)
    row.end_state, row.reason = end_state(outcome), outcome.reason
    row.look_again_at, row.suppressed_by = outcome.until, outcome.by
    row.incident_id = incident.id if incident else None
    session.add(row)
    after = situation.condition.after(outcome, flapping=situation.flapping_after(outcome))
    kept = remember(session, condition, row, after, outcome)
    if kept:
        remember_cause(session, configuration.inhibit_rules, situation, row, kept)
    count(session, situation, row, outcome)
    if incident:
        session.flush()  # whoever looks at the incident next sees this alert
        heard(session, incident, row, situation.now)
        owe_for_alert(session, incident, row, situation.now)
    return incident


def _apply(
    session: Session, row: AlertRow, outcome: Outcome, situation: Situation, version: int
) -> IncidentRow | None:
    now = situation.now
    match outcome:
        case Open():
            return open_incident(
                session,
                row.alert,
                situation.service,
                version,
                now,
                reason=outcome.reason,
                routed=situation.routed,
                group=group_key(situation),
            )
        case Attach() | Resolve():
            incident = find_incident(session, outcome.incident)
            kind = Kind.RECOVERED if isinstance(outcome, Resolve) else Kind.ALERT
            note(session, incident.id or 0, now, kind, f"{row.alert.title}: {outcome.reason}", via=row.source)
            if row.status is AlertStatus.FIRING:
                incident.last_alert_at = row.received_at
                session.add(incident)
            if isinstance(outcome, Attach) and outcome.rises:
                rise(session, incident, outcome.rises, now)
            return incident
        case Suppress():
            return None
        case _:
            assert_never(outcome)
