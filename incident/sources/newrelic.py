"""What does New Relic say in a workflow's webhook, and in the older incident webhook?

An acknowledged issue of a workflow stays ACTIVATED: what tells it is the trigger USER_ACTION, or who did it.
The incident webhook has one time only, that of the message.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "newrelic"

_STATUS_OF_STATE = {
    "closed": AlertStatus.RESOLVED,
    "resolved": AlertStatus.RESOLVED,
    "deactivated": AlertStatus.RESOLVED,
    "incident_resolved": AlertStatus.RESOLVED,
    "acknowledged": AlertStatus.ACKNOWLEDGED,
    "incident_acknowledged": AlertStatus.ACKNOWLEDGED,
}
_OF_INCIDENTS = (
    "current_state",
    "incident_id",
    "incident_url",
    "condition_name",
    "policy_name",
    "event_type",
)
_OF_ISSUES = ("issueUrl", "issueId")
"""Whoever writes the template of a workflow may keep names of the older webhook beside these."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message; the test of a notification channel, whose state is "test", has none.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    alerts = [it for it in shapes.messages(payload) if it.get("current_state") != "test"]
    return tuple(_incident(it) if _is_incident(it) else _issue(it) for it in alerts)


def _is_incident(message: dict[str, Any]) -> bool:
    """The older webhook's own state or number says so; of its other names an issue may keep some."""
    if reading.text(message.get("current_state")):
        return True
    older, newer = (any(name in message for name in names) for names in (_OF_INCIDENTS, _OF_ISSUES))
    return older and not newer and (bool(_number(message)) or "state" not in message)


def _status(state: Any) -> AlertStatus:
    return reading.status(state, _STATUS_OF_STATE)


def _incident(incident: dict[str, Any]) -> Alert:
    status = _status(reading.first_text(*map(incident.get, ("current_state", "event_type", "state"))))
    native = reading.text(incident.get("severity"))
    starts, ends = shapes.span(status, reading.moment(incident.get("timestamp")))
    number = _number(incident)
    also = [incident.get(name) for name in ("policy_name", "condition_name", "incident_url")]
    title = reading.first_text(incident.get("condition_name"), incident.get("title"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(number and f"newrelic-incident-{number}", SOURCE, *also),
        status=status,
        title=title or reading.unnamed("New Relic alert (no condition name)"),
        description=reading.text(incident.get("details")),
        severity=read_severity(native),
        severity_native=native or None,
        labels=_targets(incident.get("targets"))
        | shapes.labels(policy=incident.get("policy_name"), account=incident.get("account_name")),
        starts_at=starts,
        ends_at=ends,
        url=reading.link(incident.get("incident_url"), incident.get("violation_callback_url")),
    )


def _number(incident: dict[str, Any]) -> str:
    """The incident's number; -1 stands in a workflow's message of the older form and is of no incident."""
    number = reading.text(incident.get("incident_id"))
    return "" if number == "-1" else number


def _targets(targets: Any) -> dict[str, str]:
    """The labels of what is watched; workflows tell one target without a list around it."""
    found = list(map(reading.mapping, targets if isinstance(targets, list) else [targets]))
    named = shapes.labels(entities=[name for target in found if (name := target.get("name"))])
    return {
        name: said for target in found for name, said in shapes.tags(target.get("labels")).items()
    } | named


def _issue(issue: dict[str, Any]) -> Alert:
    status = _issue_status(issue)
    native = reading.first_text(issue.get("priority"), issue.get("severity"))
    number = reading.first_text(issue.get("id"), issue.get("issueId"))
    title = _issue_title(issue)
    also = [issue.get("issueUrl"), title, issue.get("alertConditionNames")]
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(number and f"newrelic-issue-{number}", SOURCE, *also),
        status=status,
        title=title or reading.unnamed("New Relic issue without a title"),
        description=reading.first_text(
            shapes.joined(reading.inside(issue, "annotations", "description")),
            issue.get("long_description"),
            issue.get("details"),
        ),
        severity=read_severity(native),
        severity_native=native or None,
        labels=_issue_labels(issue),
        starts_at=reading.first_moment(*map(issue.get, ("createdAt", "activatedAt", "timestamp"))),
        ends_at=reading.first_moment(issue.get("closedAt"), issue.get("updatedAt"))
        if status is AlertStatus.RESOLVED
        else None,
        url=reading.link(issue.get("issueUrl"), issue.get("issuePageUrl"), issue.get("alert_url")),
    )


def _issue_labels(issue: dict[str, Any]) -> dict[str, str]:
    """What is concerned, under the names of the default template or those that New Relic's variables have."""
    return shapes.labels(
        entities=issue.get("impactedEntities") or reading.inside(issue, "entitiesData", "names"),
        policies=issue.get("alertPolicyNames") or _accumulated(issue, "policyName"),
        conditions=_conditions(issue),
        workflow=issue.get("workflowName"),
    )


def _issue_title(issue: dict[str, Any]) -> str:
    title = issue.get("title") or issue.get("issueTitle") or reading.inside(issue, "annotations", "title")
    conditions = shapes.joined(_conditions(issue) or issue.get("condition_name"))
    return reading.first_text(
        shapes.joined(title), conditions, issue.get("short_description"), issue.get("message")
    )


def _conditions(issue: dict[str, Any]) -> Any:
    return issue.get("alertConditionNames") or _accumulated(issue, "conditionName")


def _accumulated(issue: dict[str, Any], name: str) -> Any:
    """What New Relic gathers from the incidents of an issue; a template may keep it without the gathering."""
    return reading.inside(issue, "accumulations", name) or issue.get(name)


def _issue_status(issue: dict[str, Any]) -> AlertStatus:
    status = _status(reading.first_text(issue.get("state"), issue.get("status")))
    by_hand = reading.text(issue.get("trigger")).upper() == "USER_ACTION"
    by_whom = reading.first_text(issue.get("acknowledgedBy"), issue.get("acknowledgedAt"), issue.get("owner"))
    taken = status is AlertStatus.FIRING and (by_hand or by_whom not in {"", "N/A", "0"})
    return AlertStatus.ACKNOWLEDGED if taken else status
