"""Can whoever sends to Splunk On-Call's REST endpoint send to us, by changing the address?"""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.tables import AlertRow
from tests.doors.conftest import KEY, Doors

CAPTURES = Path(__file__).parents[1] / "data" / "payloads" / "victorops"
PATH = "/integrations/generic/20131114/alert"


@pytest.fixture
def client(doors: Doors) -> TestClient:
    return doors.client()


def test_what_a_real_alertmanager_sends_there_opens_and_recovers(doors: Doors, client: TestClient) -> None:
    for name in ("critical", "recovery"):
        body = json.loads((CAPTURES / f"from_am025_{name}_1.json").read_text())
        answer = client.post(f"{PATH}/{KEY}/payments", json=body)
        assert (answer.status_code, answer.json()) == (
            200,
            {"result": "success", "entity_id": body["entity_id"]},
        )

    assert [status for _, status in doors.alerts] == ["firing", "resolved"]
    assert {row.alert.labels["routing_key"] for row in doors.desk.rows(AlertRow)} == {"payments"}
    assert {source for source, _ in doors.deliveries} == {"on-call"}


@pytest.mark.parametrize("key", ["wrong", "another%20one"])
def test_a_stranger_is_refused_and_leaves_nothing(doors: Doors, client: TestClient, key: str) -> None:
    answer = client.post(f"{PATH}/{key}/payments", json={"message_type": "CRITICAL"})

    assert (answer.status_code, answer.json()["result"]) == (401, "failure")
    assert doors.deliveries == []


@pytest.mark.parametrize(
    ("body", "status"), [pytest.param(b"[]", 422, id="a list"), pytest.param(b"\xff", 400, id="no JSON")]
)
def test_what_cannot_be_read_is_refused_in_their_form_and_kept(
    doors: Doors, client: TestClient, body: bytes, status: int
) -> None:
    answer: Any = client.post(f"{PATH}/{KEY}/payments", content=body)

    assert (answer.status_code, answer.json()["result"]) == (status, "failure")
    assert doors.deliveries == [("on-call", True)]
