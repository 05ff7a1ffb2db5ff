"""Are the many messages of Azure Monitor read as Azure means them?"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from incident import sources
from incident.alert import Alert
from incident.sources.recognition import recognise

TARGET = "/subscriptions/s1/resourcegroups/shop/providers/microsoft.insights/components/web"
DETECTOR = "/subscriptions/s1/providers/microsoft.alertsmanagement/smartdetectoralertrules/failures - web"


def one(payload: Any) -> Alert:
    (alert,) = sources.parse("azure_monitor", payload)
    return alert


def detected(**essentials: Any) -> dict[str, Any]:
    """What a smart detector sends."""
    told = {
        "severity": "Sev3",
        "monitorCondition": "Fired",
        "monitorService": "Smart Detector",
        "targetResource": TARGET,
        "alertRule": DETECTOR,
        "startDateTime": "2026-11-23T03:39:30.1234567Z",
        "description": "More requests fail than usual.",
    }
    return {
        "id": f"{TARGET}/providers/Microsoft.AlertsManagement/alerts/7",
        "name": "Failures - web",
        "type": "Microsoft.AlertsManagement/alerts",
        "properties": {"essentials": told | essentials, "context": {"DetectedFailureRate": "50 %"}},
    }


def test_a_smart_detector_sends_the_alert_as_the_api_shows_it() -> None:
    fired = one(detected())
    ended = "2026-11-23T04:00:00Z"
    over = one(detected(monitorCondition="Resolved", monitorConditionResolvedDateTime=ended))

    assert (fired.status, fired.title, fired.severity_native) == ("firing", "Failures - web", "Sev3")
    assert fired.labels["resource"] == "web"
    assert fired.starts_at is not None
    assert (over.status, over.starts_at) == ("resolved", fired.starts_at)
    assert over.ends_at is not None
    assert fired.fingerprint == over.fingerprint != one(detected() | {"id": "other"}).fingerprint
    assert recognise(detected()).dialect == "azure_monitor"


@pytest.mark.parametrize("rule", [{"alertRule": DETECTOR}, {"alertRuleID": DETECTOR}])
def test_a_rule_that_is_named_by_its_identifier_is_called_by_its_end(rule: dict[str, str]) -> None:
    assert one({"data": {"essentials": rule}}).title == "failures - web"


def test_a_stroke_in_the_name_of_a_rule_is_part_of_it() -> None:
    assert one({"data": {"essentials": {"alertRule": "nodes/cpu is high"}}}).title == "nodes/cpu is high"


def common(context: dict[str, Any], **essentials: Any) -> dict[str, Any]:
    """A message in the common schema."""
    told = {"alertId": "/subscriptions/s1/a/7", "alertRule": "health", "monitorCondition": "Fired"}
    return {"data": {"essentials": told | essentials, "alertContext": context}}


def test_an_alert_on_costs_is_called_by_its_budget() -> None:
    context = {"AlertCategory": "budgets", "AlertData": {"BudgetName": "lab", "SpentAmount": "$7"}}

    assert one(common(context, alertRule=None, monitorCondition=None)).title == "lab"


def test_what_azure_tells_of_an_event_is_no_label_of_the_team() -> None:
    event = {"title": "Disks are slow", "service": "Storage", "communication": "<p>We look.</p>"}

    alert = one(common({"eventSource": 2, "properties": event}, description="Tell us."))

    assert alert.service is None
    assert "communication" not in alert.labels
    assert alert.description == "Tell us.\n\nDisks are slow\n\n<p>We look.</p>"


def test_the_properties_of_a_metric_are_the_teams() -> None:
    assert one(common({"properties": {"service": "shop"}})).service == "shop"


def test_a_rule_of_prometheus_tells_its_labels_and_annotations() -> None:
    context = {"labels": {"cluster": "aks1", "service": "shop"}, "annotations": {"summary": "3 pods wait"}}

    alert = one(common(context, monitoringService="Prometheus"))

    assert (alert.labels["cluster"], alert.service) == ("aks1", "shop")
    assert alert.description == "3 pods wait"


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"SubscriptionId": "s1", "AlertRuleName": "errors", "SearchQuery": "E", "Severity": "3"}, "errors"),
        ({"alertname": "errors", "IncludeSearchResults": True}, "errors"),
    ],
)
def test_a_log_alert_without_its_frame_is_recognised(payload: dict[str, Any], title: str) -> None:
    assert recognise(payload).dialect == "azure_monitor"
    assert one(payload).title == title


def logged(told: dict[str, Any], **activity: Any) -> dict[str, Any]:
    """An entry of the activity log in the older schema."""
    return {"data": {"status": "Activated", "context": {"activityLog": {"properties": told} | activity}}}


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("Active", "firing"),
        ("InProgress", "firing"),
        ("Planned", "info"),
        ("Rescheduled", "info"),
        ("Canceled", "resolved"),
        ("Complete", "resolved"),
        ("Resolved", "resolved"),
        ("RCA", "resolved"),
    ],
)
def test_the_stage_of_service_health_says_whether_it_lasts(stage: str, status: str) -> None:
    assert one(logged({"trackingId": "T-1", "stage": stage}, status="Active")).status == status


def test_the_health_of_a_resource_is_one_condition_from_outage_to_return() -> None:
    machine = {"eventSource": "ResourceHealth", "resourceId": "/subscriptions/s1/virtualMachines/vm1"}
    operation = "Microsoft.Resourcehealth/healthevent/{}/action"
    health = [("Unavailable", "Activated", "Active"), ("Available", "Resolved", "Resolved")]

    out, back = (
        one(
            logged({"currentHealthStatus": now}, operationName=operation.format(what), status=word, **machine)
        )
        for now, what, word in health
    )
    other = one(logged({"currentHealthStatus": "Unavailable"}, **machine | {"resourceId": "vm2"}))

    assert (out.status, back.status) == ("firing", "resolved")
    assert out.fingerprint == back.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"status": "Active", "properties": {"stage": "Active"}}, "firing"),
        ({"status": "Active", "properties": {"stage": "Planned"}}, "info"),
        ({"status": "Resolved", "properties": {"stage": "Resolved"}}, "resolved"),
        ({"status": "Resolved", "properties": {"currentHealthStatus": "Available"}}, "resolved"),
        ({"status": "Succeeded", "properties": None}, "firing"),
    ],
)
def test_an_event_that_fires_an_alert_may_tell_of_the_end_of_an_outage(
    event: dict[str, Any], status: str
) -> None:
    alert = one(common({"eventSource": 2} | event, firedDateTime="2026-11-23T03:39:30Z"))

    assert alert.status == status
    assert (alert.starts_at is None) == (alert.ends_at is not None) == (status == "resolved")


@pytest.mark.parametrize("written", [lambda body: body, json.dumps], ids=["object", "text"])
def test_what_a_runbook_was_given_is_unwrapped(written: Callable[[Any], Any]) -> None:
    given = {"WebhookName": "Alert7", "RequestBody": written(logged({"title": "VM is down"}))}

    assert one(given).title == "VM is down"
    assert recognise(given).dialect == "azure_monitor"


def test_a_log_alert_that_is_split_by_dimensions_is_several_conditions() -> None:
    rule = {"AlertRuleName": "errors", "WorkspaceId": "w1", "Severity": "3"}
    splits: list[Any] = [[], [{"name": "Computer", "value": "a"}], [{"name": "Computer", "value": "b"}]]

    assert len({one(rule | {"Dimensions": split}).fingerprint for split in splits}) == len(splits)
    assert one(rule).fingerprint == one(rule | {"Dimensions": []}).fingerprint


@pytest.mark.parametrize(
    ("told", "activity", "title"),
    [
        ({"title": "VM is down"}, {"description": "d", "operationName": "health/action"}, "VM is down"),
        ({"recommendationName": "Keep backups"}, {"description": "It is new."}, "Keep backups"),
        (
            {"severity": "Low"},
            {"description": "Passwords are guessed.", "operationName": "o"},
            "Passwords are guessed.",
        ),
        ({}, {"description": "", "operationName": "virtualMachines/restart"}, "virtualMachines/restart"),
    ],
)
def test_an_event_is_called_by_what_a_person_understands(
    told: dict[str, str], activity: dict[str, str], title: str
) -> None:
    assert one(logged(told, **activity)).title == title


def test_a_recommendation_is_linked_and_the_details_of_health_are_told() -> None:
    link = "https://portal.azure.example/#recommendation"

    assert one(logged({"recommendationResourceLink": link})).url == link
    assert one(logged({"title": "VM is down", "details": "Its host broke."})).description == "Its host broke."
