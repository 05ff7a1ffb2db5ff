"""Can whoever sends to Opsgenie send to us, by changing the address?"""

import json
from pathlib import Path
from typing import Any

import opsgenie_sdk
import pytest
from fastapi.testclient import TestClient
from opsgenie_sdk.exceptions import AuthenticationException, ConfigurationException

from incident.timeline import Kind
from ledger.call_tables import AwaitedCallRow
from ledger.engine import Ledger
from ledger.intake import accept_delivery
from ledger.tables import AlertRow
from tests.doors.conftest import ENVIRONMENT, KEY, SOURCES, Doors
from tests.house import as_body
from tests.ledger.desk import alert

GENIE = {"Authorization": f"GenieKey {KEY}"}
ALERT: dict[str, Any] = {
    "message": "The replica is 900 s behind",
    "alias": "db1/replication",
    "description": "It usually catches up.",
    "priority": "P1",
    "entity": "db1.example",
    "tags": ["mysql"],
    "responders": [{"id": "4513b7ea", "type": "user"}, {"name": "payments", "type": "team"}],
    "details": {"service": "checkout", "lag": "900"},
}
BY_ALIAS = {"identifierType": "alias"}


@pytest.fixture
def client(doors: Doors) -> TestClient:
    return TestClient(doors.client().app, base_url="http://testserver", headers=GENIE)


@pytest.fixture
def library(served: Doors) -> opsgenie_sdk.AlertApi:
    """The vendor's own, without its patience: what fails is to fail at once."""
    settings = opsgenie_sdk.Configuration()
    settings.host, settings.retry_enabled = served.url, False
    settings.api_key["Authorization"] = KEY
    return opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(configuration=settings))


def test_the_library_of_the_vendor_creates_acknowledges_notes_and_closes(
    served: Doors, library: opsgenie_sdk.AlertApi
) -> None:
    created = library.create_alert(opsgenie_sdk.CreateAlertPayload(message="Down", alias="db1"))
    assert created.result == "Request will be processed"
    status = library.get_request_status(created.request_id).data
    assert (status.action, status.is_success, status.alias) == ("Create", True, "db1")

    note = opsgenie_sdk.AddNoteToAlertPayload(note="I restarted it", user="kim")
    library.acknowledge_alert("db1", identifier_type="alias")
    library.add_note(status.alert_id, note)
    library.close_alert(status.alert_id, identifier_type="id")

    assert served.alerts == [("db1", each) for each in ("firing", "acknowledged", "info", "resolved")]
    assert served.incidents == ["INC-1"]
    assert [(fact.text, fact.by) for fact in served.timeline if fact.kind is Kind.NOTE] == [
        ("I restarted it", "kim")
    ]


def test_the_library_reads_alerts_back(served: Doors, library: opsgenie_sdk.AlertApi) -> None:
    for alias in ("db1", "db2", "db1"):
        library.create_alert(opsgenie_sdk.CreateAlertPayload(message=f"{alias} is down", alias=alias))
    found = library.get_alert("db1", identifier_type="alias").data

    assert (found.message, found.status, found.count) == ("db1 is down", "open", 2)
    assert library.get_alert(found.tiny_id, identifier_type="tiny").data.id == found.id
    assert library.count_alerts().data.count == 2
    assert [each.alias for each in library.list_alerts().data] == ["db2", "db1"]


def test_the_library_understands_what_is_wrong(served: Doors, library: opsgenie_sdk.AlertApi) -> None:
    with pytest.raises(ConfigurationException) as refused:
        library.create_alert(opsgenie_sdk.CreateAlertPayload(message=""))
    assert refused.value.status == 422

    library.api_client.configuration.api_key["Authorization"] = "wrong"
    with pytest.raises(AuthenticationException) as refused:
        library.create_alert(opsgenie_sdk.CreateAlertPayload(message="Down"))
    assert refused.value.status == 401


def awaiting(served: Doors) -> None:
    served.employ(
        sources=SOURCES, heartbeats={"backup": {"every": "1d", "token": {"env": "INCIDENT_TOKEN_GENERIC"}}}
    )


@pytest.mark.parametrize("key", [KEY, ENVIRONMENT["INCIDENT_TOKEN_GENERIC"]], ids=["the source", "its own"])
def test_the_library_pings_a_heartbeat_with_the_key_of_the_source_or_its_own(
    served: Doors, library: opsgenie_sdk.AlertApi, key: str
) -> None:
    awaiting(served)
    library.api_client.configuration.api_key["Authorization"] = key
    opsgenie_sdk.HeartbeatApi(library.api_client).ping("backup")

    (row,) = served.desk.rows(AwaitedCallRow)
    assert row.watch.called_at == served.clock()


@pytest.mark.parametrize(
    ("name", "key", "status"),
    [
        pytest.param("backup", "wrong", 401, id="a wrong key"),
        pytest.param("nobody", KEY, 404, id="a heartbeat that is not known"),
    ],
)
def test_a_ping_that_is_not_for_us_is_refused(doors: Doors, name: str, key: str, status: int) -> None:
    awaiting(doors)
    answer = doors.client().get(f"/v2/heartbeats/{name}/ping", headers={"Authorization": f"GenieKey {key}"})

    assert (answer.status_code, "requestId" in answer.json()) == (status, True)


def test_an_accepted_request_is_answered_as_opsgenie_does(client: TestClient) -> None:
    answer = client.post("/v2/alerts", json=ALERT)

    assert answer.status_code == 202
    assert set(answer.json()) == {"result", "took", "requestId"}


def test_our_answers_have_fields_that_the_description_of_the_vendor_knows(
    doors: Doors, client: TestClient
) -> None:
    accepted = client.post("/v2/alerts", json=ALERT).json()
    status = client.get(f"/v2/alerts/requests/{accepted['requestId']}").json()
    one = client.get("/v2/alerts/db1%2Freplication", params=BY_ALIAS).json()
    refused = client.post("/v2/alerts", json={}).json()
    answers = {
        "SuccessResponse": accepted,
        "AlertRequestStatus": status["data"],
        "Alert": one["data"],
        "ErrorResponse": refused,
    }

    described = json.loads(DESCRIPTION.read_text())["definitions"] if DESCRIPTION.exists() else {}
    for name, answer in answers.items():
        known = _fields(described, name) if described else set(answer)
        assert set(answer) - UNDESCRIBED <= known, name
    assert one["data"]["id"] == status["data"]["alertId"]


DESCRIPTION = Path(__file__).parents[3] / "shared" / "specs" / "opsgenie" / "swagger.json"
UNDESCRIBED = {"success", "errors"}
"""What the service itself sends, and its description leaves out."""


def _fields(definitions: Any, name: str) -> set[str]:
    described = definitions[name]
    parts = [described, *described.get("allOf", [])]
    own = {field for part in parts for field in part.get("properties", {})}
    others = [part["$ref"].rpartition("/")[2] for part in parts if "$ref" in part]
    return own.union(*(_fields(definitions, other) for other in others))


def test_what_is_known_of_an_alert_are_labels(doors: Doors, client: TestClient) -> None:
    client.post("/v2/alerts", json=ALERT)

    (row,) = doors.desk.rows(AlertRow)
    assert row.alert.labels == {
        "service": "checkout",
        "lag": "900",
        "tags": '["mysql"]',
        "entity": "db1.example",
        "team": "payments",
    }
    assert (row.alert.service, row.alert.severity_native) == ("checkout", "P1")


def test_a_request_that_is_not_triaged_yet_is_not_processed_yet(doors: Doors, client: TestClient) -> None:
    request = client.post("/v2/alerts", json=ALERT).json()["requestId"]
    with doors.ledger.transaction() as session:
        session.connection().exec_driver_sql("update alert set end_state = null")

    answer = client.get(f"/v2/alerts/requests/{request}")
    assert (answer.status_code, answer.json()["message"]) == (
        404,
        "Request not found. It might not be processed, yet.",
    )


def test_a_request_is_known_for_as_long_as_the_ledger_lasts(doors: Doors, client: TestClient) -> None:
    request = client.post("/v2/alerts", json=ALERT).json()["requestId"]
    doors.clock.forward(days=400)
    another = Doors(Ledger(doors.ledger.url), environment=ENVIRONMENT)

    answer = another.client().get(f"/v2/alerts/requests/{request}", headers=GENIE)
    assert answer.json()["data"]["status"] == "Created alert"
    another.ledger.close()


@pytest.mark.parametrize("action", ["acknowledge", "close", "notes"])
def test_what_is_done_to_an_alias_that_nobody_knows_is_accepted_and_fails_afterwards(
    doors: Doors, client: TestClient, action: str
) -> None:
    answer = client.post(f"/v2/alerts/unknown/{action}", params=BY_ALIAS, json={"note": "n"})
    status = client.get(f"/v2/alerts/requests/{answer.json()['requestId']}").json()["data"]

    assert answer.status_code == 202
    assert (status["isSuccess"], status["status"]) == (False, "Alert does not exist")
    assert doors.incidents == []


def test_an_alias_may_have_slashes_in_it(doors: Doors, client: TestClient) -> None:
    client.post("/v2/alerts", json=ALERT)
    for written in ("db1/replication", "db1%2Freplication"):
        assert client.post(f"/v2/alerts/{written}/close", params=BY_ALIAS).status_code == 202
        assert client.get(f"/v2/alerts/{written}", params=BY_ALIAS).json()["data"]["status"] == "closed"

    assert {fingerprint for fingerprint, _ in doors.alerts} == {"db1/replication"}


def test_an_alias_that_is_too_long_to_be_kept_still_closes_its_alert(
    doors: Doors, client: TestClient
) -> None:
    client.post("/v2/alerts", json=ALERT | {"alias": "a" * 512})
    client.post(f"/v2/alerts/{'a' * 512}/close", params=BY_ALIAS)

    (fired, _), (closed, status) = doors.alerts
    assert (fired, status) == (closed, "resolved")


def test_what_is_noted_with_an_acknowledgement_stands_on_the_timeline(
    doors: Doors, client: TestClient
) -> None:
    client.post("/v2/alerts", json=ALERT)
    said = {"user": "kim", "note": "on my way"}
    client.post("/v2/alerts/db1%2Freplication/acknowledge", params=BY_ALIAS, json=said)

    assert [(fact.text, fact.by, fact.via) for fact in doors.timeline if fact.kind is Kind.NOTE] == [
        ("on my way", "kim", "opsgenie")
    ]


def test_a_note_that_follows_its_alert_at_once_finds_the_incident(doors: Doors, client: TestClient) -> None:
    waiting = alert(source="opsgenie", fingerprint="db1")
    doors.ledger.write(accept_delivery, "opsgenie", b"{}", [waiting], doors.clock())
    client.post("/v2/alerts/db1/notes", params=BY_ALIAS, json={"note": "n"})

    assert [fact.text for fact in doors.timeline if fact.kind is Kind.NOTE] == ["n"]


REFUSED: list[Any] = [
    pytest.param("/v2/alerts", {}, 422, "message", id="an alert without a message"),
    pytest.param("/v2/alerts", [], 422, "body", id="a list"),
    pytest.param("/v2/alerts/a/notes?identifierType=alias", {}, 422, "note", id="a note without words"),
    pytest.param("/v2/alerts/a/close?identifierType=alias", [], 422, "body", id="an action that is a list"),
]


@pytest.mark.parametrize(("path", "body", "status", "field"), REFUSED)
def test_what_is_wrong_is_told_by_field_and_kept_as_rejected(
    doors: Doors, client: TestClient, path: str, body: Any, status: int, field: str
) -> None:
    answer = client.post(path, content=as_body(body))

    assert answer.status_code == status
    assert answer.json()["message"] == "Request body is not processable. Please check the errors."
    assert list(answer.json()["errors"]) == [field]
    assert doors.deliveries == [("opsgenie", True)]


UNKNOWN: list[Any] = [
    pytest.param("GET", "/v2/alerts/nothing", id="no id"),
    pytest.param("GET", "/v2/alerts/00000000-0000-4000-8000-000000000063", id="the id of nothing"),
    pytest.param("GET", "/v2/alerts/00000000-0000-4000-8000-0000ffffffff", id="an id beyond all rows"),
    pytest.param("GET", "/v2/alerts/99999999999?identifierType=tiny", id="a short id beyond all rows"),
    pytest.param("GET", "/v2/alerts/none?identifierType=alias", id="an alias that never fired"),
    pytest.param("GET", "/v2/alerts/requests/nothing", id="no request id"),
    pytest.param("POST", "/v2/alerts/nothing/close", id="an action on no id"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_what_nobody_knows_is_not_found(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)

    assert answer.status_code == 404
    assert {"message", "took", "requestId"} <= set(answer.json())


def test_an_action_that_we_do_not_have_is_told(client: TestClient) -> None:
    answer = client.post("/v2/alerts/a/snooze", params=BY_ALIAS, json={})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["action"])


def test_what_is_no_json_is_a_bad_request(client: TestClient) -> None:
    assert client.post("/v2/alerts", content=b"message=x").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no key"),
        pytest.param({"Authorization": "GenieKey wrong"}, id="a wrong key"),
        pytest.param({"Authorization": "GenieKey another one"}, id="the key of another kind of source"),
        pytest.param({"Authorization": "GenieKey"}, id="an empty key"),
        pytest.param({"Authorization": f"Bearer {KEY}"}, id="another scheme"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/v2/alerts"), ("GET", "/v2/alerts/count")])
def test_a_stranger_is_refused_and_leaves_nothing(
    doors: Doors, headers: dict[str, str], method: str, path: str
) -> None:
    answer = doors.client().request(method, path, headers=headers, content=as_body(ALERT))

    assert answer.status_code == 401
    assert {"message", "took", "requestId"} <= set(answer.json())
    assert KEY not in answer.text
    assert doors.deliveries == []


def test_a_source_does_not_see_the_alerts_of_another(doors: Doors, client: TestClient) -> None:
    doors.client().post(
        "/v2/enqueue",
        json={"routing_key": KEY, "event_action": "trigger", "payload": {"summary": "of PagerDuty"}},
    )

    assert client.get("/v2/alerts/1", params={"identifierType": "tiny"}).status_code == 404
    assert client.get("/v2/alerts/count").json()["data"] == {"count": 0}
