"""What do triage's tests start from? One alert, and a situation around it, in a few words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from incident.alert import Alert, AlertSeverity, AlertStatus
from incident.condition import Condition
from incident.flapping import Flapping
from incident.grouping import OpenIncident
from incident.routing import Routed
from incident.severity import Proposal, Severity
from incident.triage_situation import Situation

THEN = datetime(2026, 11, 23, 3, tzinfo=UTC)
NOW = THEN + timedelta(hours=1)


def ago(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


def alert(
    status: AlertStatus = AlertStatus.FIRING, starts_at: datetime | None = NOW, **changes: Any
) -> Alert:
    """A critical alert that begins now."""
    plain = {
        "source": "generic",
        "fingerprint": "f",
        "status": status,
        "title": "t",
        "starts_at": starts_at,
        "severity": AlertSeverity.CRITICAL,
    }
    return Alert.model_validate(plain | changes)


def incident(key: str = "INC-1", service: str = "checkout", **changes: Any) -> OpenIncident:
    """An incident that is open, unassessed and critical; its last alert came an hour before now."""
    plain = {
        "key": key,
        "service": service,
        "severity": Severity.CRITICAL,
        "proposed": Severity.CRITICAL,
        "last_alert_at": THEN,
    }
    return OpenIncident.model_validate(plain | changes)


def condition(of: OpenIncident | None = None, **changes: Any) -> Condition:
    """A condition that has fired since then, as its incident knows."""
    plain = {
        "status": AlertStatus.FIRING,
        "starts_at": THEN,
        "told": AlertStatus.FIRING,
        "changes": (THEN,),
        "incident": of or incident(),
    }
    return Condition.model_validate(plain | changes)


def situation(of: Alert | None = None, before: Condition | None = None, **changes: Any) -> Situation:
    """The world around an alert of the service checkout, which finds its condition like this."""
    found, arrives = before or Condition(), of or alert()
    flapping: Flapping = changes.get("flapping", Flapping())
    plain: dict[str, Any] = {
        "now": NOW,
        "received_at": NOW,
        "routed": Routed(service="checkout", reason="the alert names service checkout"),
        "labels": {"@service": "checkout"},
        "proposal": Proposal(severity=Severity.CRITICAL, reason="a critical alert"),
        "before": found,
        "condition": found.changed_by(arrives, NOW, flapping.changes),
    }
    return Situation.model_validate(plain | changes)
