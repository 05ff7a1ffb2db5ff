"""What does a sender hear that sends more than is taken, and is nothing of it half-accepted?"""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.tables import AlertRow, DeliveryRow
from service.gathering import Bounds
from service.intake_line import IntakeLine
from service.lines import serving
from tests.house import TOKEN, House, generic

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def source(**limit: Any) -> dict[str, Any]:
    return {"generic": {"dialect": "generic", "limit": limit}}


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A caller of the web service, in which the line of deliveries serves."""
    with serving(house.ledger, IntakeLine(house.ledger, house.clock)):
        yield house.client()


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        pytest.param({"deliveries": 2, "within": "1h"}, 429, id="429, unless told otherwise"),
        pytest.param(
            {"deliveries": 2, "within": "1h", "answer": 503}, 503, id="503 to a sender that gives up at 429"
        ),
    ],
)
def test_over_its_limit_a_source_is_asked_to_come_again_and_nothing_is_kept(
    house: House, client: TestClient, limit: dict[str, Any], status: int
) -> None:
    house.employ(sources=source(**limit))
    answers = [client.post("/alerts/generic", json=generic(), headers=BEARER) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, status]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 1800
    assert "2 deliveries" in answers[-1].json()["error"]
    assert len(house.desk.rows(DeliveryRow)) == len(house.desk.rows(AlertRow)) == 2


def test_when_no_more_fits_into_the_line_the_sender_is_asked_to_come_again(house: House) -> None:
    with serving(house.ledger, IntakeLine(house.ledger, house.clock, Bounds(deliveries=0))):
        answer = house.client().post("/alerts/generic", json=generic(), headers=BEARER)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert house.desk.rows(DeliveryRow) == []


def test_through_the_line_the_answer_says_what_became_of_each_alert_in_calm_times(client: TestClient) -> None:
    two = [generic(), generic(fingerprint="f2")]
    taken = client.post("/alerts/generic", json=two, headers=BEARER).json()["alerts"]
    assert [(alert["end_state"], alert["incident"]) for alert in taken] == [
        ("opened", "INC-1"),
        ("attached", "INC-1"),
    ]


def test_through_the_line_what_cannot_be_understood_is_kept_as_rejected(
    house: House, client: TestClient
) -> None:
    answer = client.post("/alerts/generic", json={"no": "title"}, headers=BEARER)
    assert answer.status_code == 422
    assert [row.problem for row in house.desk.rows(DeliveryRow)] == [answer.json()["error"]]
