"""Is a body read as `incident.yaml` maps it, whatever is missing in it?"""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from incident import sources
from incident.alert import Alert, AlertSeverity, AlertStatus
from incident.errors import PayloadError
from incident.mapping import MessageMapping
from incident.sources import mapped
from incident.sources.mapped import NoValue

WRITTEN: dict[str, Any] = {
    "alerts": "events",
    "title": "name",
    "fingerprint": "id",
    "status": {"resolved": "is good", "firing": "is bad", "otherwise": "info"},
    "severity": "level",
    "severities": {"page": "critical"},
    "labels": {"host": "host", "site": "_body.site"},
    "starts_at": "since",
    "url": "link",
    "defaults": {"service": "database", "labels": {"team": "storage"}},
}
EVENT: dict[str, Any] = {"id": "e1", "name": "Disk full", "state": "bad", "level": "page", "host": "db1"}


def evaluate(expression: str, scope: Any) -> Any:
    """A language of this test: a path with dots, `is <state>`, and `fail`."""
    if expression == "fail":
        raise NoValue("it always does")
    if expression.startswith("is "):
        return isinstance(scope, dict) and scope.get("state") == expression.removeprefix("is ")
    for name in expression.split("."):
        scope = scope.get(name) if isinstance(scope, dict) else None
    return scope


def read(body: Any, **changes: Any) -> sources.Understood:
    mapping = MessageMapping.model_validate(WRITTEN | changes)
    return sources.understand(lambda value: mapped.parse(value, mapping, evaluate), body)


def one(event: Any, **changes: Any) -> Alert:
    (alert,) = read({"site": "milan", "events": [event]}, **changes).alerts
    return alert


def test_every_field_comes_from_its_expression() -> None:
    event = EVENT | {"since": 1795405170, "link": "https://storage.example/e1"}
    assert one(event) == Alert(
        source="mapped",
        fingerprint="e1",
        status=AlertStatus.FIRING,
        title="Disk full",
        severity=AlertSeverity.CRITICAL,
        severity_native="page",
        service="database",
        labels={"team": "storage", "host": "db1", "site": "milan"},
        starts_at=datetime(2026, 11, 23, 3, 39, 30, tzinfo=UTC),
        url="https://storage.example/e1",
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [("bad", AlertStatus.FIRING), ("good", AlertStatus.RESOLVED), ("asleep", AlertStatus.INFO)],
    ids=["a condition that is true", "another one", "none of them"],
)
def test_the_first_condition_that_is_true_gives_the_status(state: str, status: AlertStatus) -> None:
    assert one(EVENT | {"state": state}).status is status


def test_a_status_may_be_a_word_like_everywhere() -> None:
    assert one(EVENT | {"state": "OK"}, status="state").status is AlertStatus.RESOLVED


def test_without_a_status_every_message_fires_and_nothing_is_said_of_it() -> None:
    understood = read({"events": [EVENT]}, status=None)
    assert (understood.alerts[0].status, understood.remarks) == (AlertStatus.FIRING, ())


@pytest.mark.parametrize(
    ("event", "changes", "remark"),
    [
        pytest.param(
            {"since": "soon"},
            {},
            "events[0].since: 'soon' is no time that can be read; it counts as not said",
            id="a time that is none",
        ),
        pytest.param(
            {},
            {"url": "fail"},
            "url: fail found nothing: it always does",
            id="an expression that fails",
        ),
        pytest.param(
            {"name": None}, {}, "no title was found; it is called 'alert without a title'", id="no title"
        ),
        pytest.param(
            {"level": "spicy"},
            {},
            "events[0].level: 'spicy' is no severity that is known; it counts as unknown",
            id="a word for the urgency that is not among severities:",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_the_alert_is_kept(
    event: dict[str, Any], changes: dict[str, Any], remark: str
) -> None:
    understood = read({"site": "milan", "events": [EVENT | event]}, **changes)
    assert understood.remarks == (remark,)
    assert [alert.fingerprint for alert in understood.alerts] == ["e1"]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        pytest.param(EVENT, 1, id="an object is one alert"),
        pytest.param([EVENT, EVENT], 2, id="a list is several"),
        pytest.param([], 0, id="an empty list is none"),
        pytest.param("down", 1, id="a text is one, too"),
    ],
)
def test_without_a_place_for_the_alerts_the_body_is_one_or_a_list(body: Any, number: int) -> None:
    assert len(read(body, alerts=None).alerts) == number


@pytest.mark.parametrize("body", [{}, {"events": "none"}, {"events": 7}], ids=str)
def test_a_body_without_a_list_where_it_should_be_is_refused(body: Any) -> None:
    with pytest.raises(PayloadError, match=r"alerts: events finds .* here, no list"):
        read(body)


def test_an_expression_for_the_list_that_fails_refuses_the_body() -> None:
    with pytest.raises(PayloadError, match="it always does"):
        read({}, alerts="fail")


def test_labels_may_be_an_object_that_an_expression_finds() -> None:
    alert = one(EVENT | {"tags": {"a": 1, "b": None}}, labels="tags")
    assert alert.labels == {"team": "storage", "a": "1"}


def test_a_mapping_needs_a_title() -> None:
    with pytest.raises(ValidationError, match="write title:"):
        MessageMapping.model_validate({"status": "state"})


def test_every_expression_is_named_with_its_place() -> None:
    places = [".".join(place) for place, _ in MessageMapping.model_validate(WRITTEN).expressions()]
    assert places == [
        "alerts",
        "title",
        "fingerprint",
        "status.resolved",
        "status.firing",
        "severity",
        "labels.host",
        "labels.site",
        "starts_at",
        "url",
    ]
