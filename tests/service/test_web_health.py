"""Does the system say how it is, and what its doors take?"""

import asyncio
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from incident.sources import parse
from ledger.engine import Ledger
from service.watchdog import Watchdog
from service.web.examples import ALERTMANAGER, GENERIC
from service.web.health import WATCHDOG_SILENCE
from tasks.surroundings import within
from tests.house import TOKEN, House, Prefect, generic

DIALECTS = {"alertmanager": ALERTMANAGER, "generic": GENERIC}


@pytest.fixture
def prefect() -> Prefect:
    return Prefect()


@pytest.fixture
def dog(prefect: Prefect) -> Watchdog:
    return Watchdog(None, engine=prefect)


@pytest.fixture
def client(house: House, dog: Watchdog) -> TestClient:
    return house.client(dog)


def look(house: House, dog: Watchdog) -> None:
    with within(house.surroundings):
        asyncio.run(dog.look())


def figures(client: TestClient) -> dict[str, float]:
    """The samples of a scrape, by name and labels."""
    lines = client.get("/metrics").text.splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


class TestHealth:
    def test_all_is_well(self, house: House, client: TestClient, dog: Watchdog) -> None:
        house.desk.open()
        look(house, dog)
        answer = client.get("/health")
        assert answer.status_code == 200
        assert answer.json() == {
            "status": "ok",
            "problems": [],
            "prefect_answers": True,
            "watchdog_seconds_ago": 0.0,
            "live_incidents": 1,
        }

    def test_without_prefect_the_doors_stay_open(
        self, house: House, client: TestClient, dog: Watchdog, prefect: Prefect
    ) -> None:
        prefect.there = False
        look(house, dog)
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert "Prefect does not answer" in answer.json()["problems"][0]

    def test_a_watchdog_that_has_stopped_looking_is_noticed(
        self, house: House, client: TestClient, dog: Watchdog
    ) -> None:
        look(house, dog)
        house.clock.time += WATCHDOG_SILENCE + timedelta(seconds=1)
        answer = client.get("/health").json()
        assert (answer["status"], answer["watchdog_seconds_ago"]) == ("degraded", 31.0)
        assert "watchdog" in answer["problems"][0]

    def test_without_its_ledger_the_system_is_down(self, house: House, dog: Watchdog) -> None:
        away = House(Ledger("sqlite:////nowhere/at/all/ledger.db"))
        look(house, dog)
        answer = away.client(dog).get("/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "down")
        assert "/nowhere" not in answer.text


class TestMetrics:
    def test_they_count_alerts_pages_incidents_and_what_is_owed(
        self, house: House, client: TestClient, dog: Watchdog
    ) -> None:
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        for body in (generic(), generic(), {}):
            client.post("/alerts/generic", json=body, headers=bearer)
        house.desk.climb(0)
        house.clock.forward(seconds=4)
        found = figures(client)
        assert found['incident_alerts_total{end_state="opened",source="generic"}'] == 1
        assert found['incident_alerts_total{end_state="duplicate",source="generic"}'] == 1
        assert found["incident_deliveries_rejected_total"] == 1
        assert found['incident_incidents{severity="1",status="open"}'] == 1
        assert found["incident_runs_owed"] == 2
        assert found["incident_oldest_page_owed_seconds"] == 4
        assert found["incident_alerts_untriaged"] == 0
        assert found["incident_prefect_answers"] == 0

    def test_what_the_watchdog_repaired_is_counted(
        self, house: House, client: TestClient, dog: Watchdog
    ) -> None:
        house.desk.accept()
        house.clock.forward(seconds=10)
        assert figures(client)["incident_alerts_untriaged"] == 1
        look(house, dog)
        assert figures(client)['incident_watchdog_repairs_total{what="alerts"}'] == 1

    def test_every_metric_has_a_name_of_ours_and_is_described(self, client: TestClient) -> None:
        text = client.get("/metrics").text
        described = re.findall(r"^# HELP (\w+) (.+)$", text, re.MULTILINE)
        assert len(described) == text.count("# TYPE")
        assert {name.partition("_")[0] for name, _ in described} == {"incident"}

    def test_a_ledger_that_is_away_is_said_to_prometheus_too(self, dog: Watchdog) -> None:
        away = House(Ledger("sqlite:////nowhere/at/all/ledger.db"))
        assert away.client(dog).get("/metrics").status_code == 503


class TestDocumentation:
    def test_the_door_of_alerts_shows_a_body_of_each_dialect(self, client: TestClient) -> None:
        door = client.get("/openapi.json").json()["paths"]["/alerts/{source}"]["post"]
        shown = door["requestBody"]["content"]["application/json"]["examples"]
        assert {name: example["value"] for name, example in shown.items()} == DIALECTS
        assert {"202", "400", "401", "404", "413", "415", "422", "503"} <= set(door["responses"])

    @pytest.mark.parametrize("dialect", DIALECTS)
    def test_each_example_is_accepted_as_it_stands(self, client: TestClient, dialect: str) -> None:
        assert parse(dialect, DIALECTS[dialect])
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        answer = client.post(f"/alerts/{dialect}", json=DIALECTS[dialect], headers=bearer)
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)

    def test_the_documentation_is_a_page(self, client: TestClient) -> None:
        assert "text/html" in client.get("/docs").headers["Content-Type"]

    def test_every_door_says_what_it_does(self, client: TestClient) -> None:
        paths = client.get("/openapi.json").json()["paths"]
        assert [
            name for name, doors in paths.items() for door in doors.values() if not door.get("description")
        ] == []
