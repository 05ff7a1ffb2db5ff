"""Can whoever sends to PagerDuty send to us, by changing the address?"""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pagerduty
import pdpyras
import pytest
from fastapi.testclient import TestClient

from incident.alert import AlertStatus
from ledger.engine import Ledger
from ledger.tables import AlertRow, DeliveryRow
from service.intake import BODY_LIMIT
from tests.doors.conftest import ENVIRONMENT, KEY, Doors
from tests.house import as_body

TRIGGER: dict[str, Any] = {
    "routing_key": KEY,
    "event_action": "trigger",
    "dedup_key": "db1/replication",
    "payload": {
        "summary": "The replica is 900 s behind",
        "source": "db1.example",
        "severity": "critical",
        "component": "mysql",
        "group": "shop",
        "class": "replication",
        "custom_details": {"service": "checkout", "lag": 900},
    },
}


@pytest.fixture
def client(doors: Doors) -> TestClient:
    return doors.client()


def without(*path: str) -> dict[str, Any]:
    """The event without one of its fields."""
    head, *rest = path
    if not rest:
        return {name: value for name, value in TRIGGER.items() if name != head}
    return TRIGGER | {head: {name: value for name, value in TRIGGER[head].items() if name != rest[0]}}


@contextmanager
def todays_library(served: Doors, certificate: tuple[Path, Path], key: str = KEY) -> Iterator[Any]:
    """It insists on https; a connection that it leaves open holds up the server when that ends."""
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    with closing(pagerduty.EventsApiV2Client(key, base_url=served.url, verify=trusting)) as events:
        yield events


def session(served: Doors, kind: type[Any], key: str = KEY) -> Any:
    own = kind(key)
    own.url = served.url
    return own


def test_the_older_library_of_the_vendor_triggers_acknowledges_and_resolves(served: Doors) -> None:
    events = session(served, pdpyras.EventsAPISession)

    key = events.trigger("The replica is 900 s behind", "db1.example", severity="critical")
    assert events.acknowledge(key) == key
    assert events.resolve(key) == key

    assert served.alerts == [(key, "firing"), (key, "acknowledged"), (key, "resolved")]
    assert served.incidents == ["INC-1"]


def test_the_older_library_tells_of_changes_and_understands_what_is_wrong(served: Doors) -> None:
    session(served, pdpyras.ChangeEventsAPISession).submit("Deployed", source="ci")
    with pytest.raises(pdpyras.PDHTTPError) as refused:
        session(served, pdpyras.EventsAPISession, "f" * 32).trigger("Down", "db1")

    assert refused.value.response.json()["status"] == "invalid event"
    assert (served.deliveries, served.alerts) == ([("pagerduty", False)], [])


def test_the_library_of_the_vendor_triggers_acknowledges_and_resolves(
    served_safely: Doors, certificate: tuple[Path, Path]
) -> None:
    with todays_library(served_safely, certificate) as events:
        details = {"service": "checkout"}
        assert events.trigger("Down", "db1", dedup_key="db1/up", custom_details=details) == "db1/up"
        assert events.acknowledge("db1/up") == "db1/up"
        assert events.resolve("db1/up") == "db1/up"

    assert [status for _, status in served_safely.alerts] == ["firing", "acknowledged", "resolved"]


def test_the_library_tells_of_changes_which_are_kept_and_are_no_alerts(
    served_safely: Doors, certificate: tuple[Path, Path]
) -> None:
    with todays_library(served_safely, certificate) as events:
        events.send_change_event({"summary": "Deployed"})

    assert served_safely.deliveries == [("pagerduty", False)]
    assert served_safely.alerts == []


def test_the_library_understands_what_is_wrong(served_safely: Doors, certificate: tuple[Path, Path]) -> None:
    with (
        todays_library(served_safely, certificate, "f" * 32) as events,
        pytest.raises(pagerduty.HttpError) as refused,
    ):
        events.trigger("Down", "db1")

    assert refused.value.response.status_code == 400
    assert refused.value.response.json()["errors"]
    assert served_safely.deliveries == []


def test_an_accepted_event_is_answered_as_pagerduty_does(client: TestClient) -> None:
    answer = client.post("/v2/enqueue", json=TRIGGER)

    assert answer.status_code == 202
    assert answer.json() == {
        "status": "success",
        "message": "Event processed",
        "dedup_key": "db1/replication",
    }


def test_where_an_event_is_from_and_its_details_are_labels(doors: Doors, client: TestClient) -> None:
    client.post("/v2/enqueue", json=TRIGGER)

    (row,) = doors.desk.rows(AlertRow)
    assert row.alert.labels == {
        "source": "db1.example",
        "component": "mysql",
        "group": "shop",
        "class": "replication",
        "service": "checkout",
        "lag": "900",
    }
    assert (row.source, row.alert.service) == ("pagerduty", "checkout")


def test_an_event_without_a_key_gets_one_which_is_the_same_when_it_is_sent_again(client: TestClient) -> None:
    first, again = (client.post("/v2/enqueue", json=without("dedup_key")).json() for _ in range(2))
    changed = client.post("/v2/enqueue", json=without("dedup_key") | {"payload": {"summary": "Other"}})

    assert first["dedup_key"] == again["dedup_key"] != changed.json()["dedup_key"]


def test_a_key_that_is_too_long_to_be_kept_is_told_as_it_was_and_still_resolves(
    doors: Doors, client: TestClient
) -> None:
    long = TRIGGER | {"dedup_key": "k" * 255}
    assert client.post("/v2/enqueue", json=long).json()["dedup_key"] == "k" * 255
    client.post("/v2/enqueue", json=long | {"event_action": "resolve"})

    (fired, _), (resolved, status) = doors.alerts
    assert (fired, status) == (resolved, AlertStatus.RESOLVED)


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_a_key_that_nobody_knows_is_accepted_all_the_same(
    doors: Doors, client: TestClient, action: str
) -> None:
    event = {"routing_key": KEY, "event_action": action, "dedup_key": "unknown"}

    assert client.post("/v2/enqueue", json=event).status_code == 202
    assert doors.incidents == []


def test_the_first_version_of_the_interface_is_answered_in_its_own_words(
    doors: Doors, client: TestClient
) -> None:
    event = {"service_key": KEY, "event_type": "trigger", "incident_key": "db1", "description": "Lag"}
    answer = client.post("/generic/2010-04-15/create_event.json", json=event)

    assert answer.status_code == 200
    assert answer.json() == {"status": "success", "message": "Event processed", "incident_key": "db1"}
    assert doors.alerts == [("db1", "firing")]


REFUSED: list[Any] = [
    pytest.param(without("event_action"), "'event_action' must be one of", id="no action"),
    pytest.param(TRIGGER | {"event_action": "merge"}, "'event_action' must be one of", id="another action"),
    pytest.param(without("payload"), "'payload.summary' is missing", id="a trigger that says nothing"),
    pytest.param(without("payload", "summary"), "'payload.summary' is missing", id="no summary"),
    pytest.param(
        without("dedup_key") | {"event_action": "resolve"},
        "'dedup_key' is missing",
        id="a resolve of nothing",
    ),
]


@pytest.mark.parametrize(("event", "said"), REFUSED)
def test_an_event_that_nobody_could_act_on_is_refused_and_kept_as_rejected(
    doors: Doors, client: TestClient, event: dict[str, Any], said: str
) -> None:
    answer = client.post("/v2/enqueue", json=event)

    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert answer.json()["message"] == "Event object is invalid"
    assert said in answer.json()["errors"][0]
    assert doors.deliveries == [("pagerduty", True)]


@pytest.mark.parametrize("field", ["source", "severity", "custom_details"])
def test_a_field_that_pagerduty_asks_for_and_we_do_not_need_loses_no_alert(
    doors: Doors, client: TestClient, field: str
) -> None:
    assert client.post("/v2/enqueue", json=without("payload", field)).status_code == 202
    assert len(doors.alerts) == 1


STRANGERS: list[Any] = [
    pytest.param(as_body(TRIGGER | {"routing_key": "f" * 32}), "the key is wrong", id="a wrong key"),
    pytest.param(as_body(TRIGGER | {"routing_key": "another one"}), "the key is wrong", id="of another kind"),
    pytest.param(as_body(without("routing_key")), "'routing_key' is missing", id="no key"),
    pytest.param(as_body(TRIGGER | {"routing_key": None}), "'routing_key' is missing", id="null for a key"),
    pytest.param(b"[]", "must be an object, this is a list", id="a list"),
    pytest.param(b"routing_key=x", "the body is no JSON", id="no JSON"),
    pytest.param(b'{"routing_key": "\\ud800"}', "the key is wrong", id="half a character for a key"),
]


@pytest.mark.parametrize(("body", "said"), STRANGERS)
@pytest.mark.parametrize("path", ["/v2/enqueue", "/v2/change/enqueue"])
def test_of_a_stranger_nothing_is_kept(
    doors: Doors, client: TestClient, path: str, body: bytes, said: str
) -> None:
    answer = client.post(path, content=body)

    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert said in answer.json()["errors"][0]
    assert KEY not in answer.text
    assert doors.deliveries == []


def test_what_is_too_large_is_refused_in_the_same_form(client: TestClient) -> None:
    answer = client.post("/v2/enqueue", content=b" " * (BODY_LIMIT + 1))

    assert (answer.status_code, answer.json()["status"]) == (413, "payload too large")


def test_without_a_ledger_the_sender_is_asked_to_come_again(tmp_path: Path) -> None:
    away = Doors(Ledger(f"sqlite:///{tmp_path / 'gone' / 'ledger.db'}"), environment=ENVIRONMENT)
    answer = away.client().post("/v2/enqueue", json=TRIGGER)

    assert (answer.status_code, answer.json()["status"]) == (503, "service unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/v2/enqueue", "/v2/change/enqueue"])
def test_the_key_is_not_kept_with_the_event(doors: Doors, client: TestClient, path: str) -> None:
    client.post(path, json=TRIGGER)
    client.post("/v2/enqueue", json=without("event_action"))

    kept = [row.body for row in doors.desk.rows(DeliveryRow)]
    assert len(kept) == 2
    assert not any(KEY.encode() in body for body in kept)
    assert all(b'"routing_key": "********"' in body or b'"routing_key":"********"' in body for body in kept)


def test_a_source_that_has_to_sign_is_not_known_by_its_secret_alone(doors: Doors) -> None:
    signing = {"dialect": "pagerduty_events_v2", "verify": {"by": "signature"}}
    doors.employ(sources={"pagerduty": signing})

    assert doors.client().post("/v2/enqueue", json=TRIGGER).status_code == 400
