"""Can people silence alerts and plan maintenance by web, and programs with a person's token?"""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from ledger.configurations import accept_configuration
from ledger.maintenance import past_maintenance
from ledger.quiet_tables import MaintenanceCutRow, MaintenanceRow, SilenceRow
from ledger.tables import AlertRow
from service.watchdog import Watchdog
from tasks.links import May
from tests.house import House, Prefect
from tests.incident.organisations import organisation
from tests.ledger.desk import START
from tests.service.test_web_changes import words

HOUR = timedelta(hours=1)
KEY = "7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10"
SILENCE = {
    "do": "silence",
    "key": KEY,
    "matchers": 'service="checkout"\n',
    "for": "2h",
    "comment": "new disks",
}
PLAN = {
    "do": "maintain",
    "key": KEY,
    "service": "checkout",
    "of": "",
    "from": "2026-11-24T02:30",
    "to": "2026-11-24T03:30",
    "repeat": "daily",
    "until": "",
    "why": "backup",
}
NIGHTLY = {
    "comment": "backup",
    "services": ["checkout"],
    "start": "2026-11-01T03:00",
    "for": "30m",
    "repeat": "daily",
}


@pytest.fixture
def client(house: House) -> TestClient:
    hours = {"working_hours": {"timezone": "Europe/Rome"}}
    configured = organisation(organisation=hours, maintenance={"nightly": NIGHTLY})
    house.ledger.write(accept_configuration, configured, START - HOUR)
    return house.client()


def token(house: House, person: str = "bob") -> str:
    return house.links.rota(person, house.clock()).partition("?as=")[2]


def send(
    house: House, client: TestClient, entered: dict[str, str], path: str = "/silences"
) -> httpx.Response:
    return client.post(f"{path}?as={token(house)}", data=entered)


class TestThePage:
    """GET and POST /silences."""

    def test_anybody_sees_what_is_silenced_and_nobody_without_a_link_changes_it(
        self, house: House, client: TestClient
    ) -> None:
        page = client.get("/silences")
        assert "nightly" in words(page)
        assert "<form" not in page.text
        assert client.post("/silences", data=SILENCE).status_code == 401
        assert house.desk.rows(SilenceRow) == []

    def test_a_silence_is_made_and_shown(self, house: House, client: TestClient) -> None:
        done = send(house, client, SILENCE)
        assert (done.status_code, done.headers["location"]) == (303, f"/silences?as={token(house)}")
        shown = words(client.get("/silences"))
        assert 'service="checkout"' in shown
        assert "by Bob: new disks" in shown
        (row,) = house.desk.rows(SilenceRow)
        assert (row.by, row.ends_at) == ("bob", house.clock() + 2 * HOUR)

    def test_a_form_that_is_sent_twice_makes_one_silence(self, house: House, client: TestClient) -> None:
        for _ in range(2):
            assert send(house, client, SILENCE).status_code == 303
        assert len(house.desk.rows(SilenceRow)) == 1

    def test_a_written_end_is_on_the_clock_of_the_working_hours(
        self, house: House, client: TestClient
    ) -> None:
        send(house, client, SILENCE | {"for": "", "end": "2026-11-23T09:00"})
        (row,) = house.desk.rows(SilenceRow)
        assert f"{row.ends_at:%H:%M}" == "08:00"

    @pytest.mark.parametrize(
        ("changes", "status", "says"),
        [
            pytest.param({"matchers": "nonsense"}, 422, "is no matcher", id="no matcher"),
            pytest.param({"matchers": ""}, 422, "write what is silenced", id="about nothing"),
            pytest.param({"for": ""}, 422, "a silence has an end", id="no end"),
            pytest.param({"comment": ""}, 422, "comment", id="no comment"),
            pytest.param({"do": "dance"}, 404, "nothing is called", id="no such deed"),
            pytest.param({"do": "end", "id": "77"}, 404, "there is no silence 77", id="no such silence"),
            pytest.param({"do": "end", "id": "x"}, 404, "is no number", id="no number"),
        ],
    )
    def test_what_cannot_be_done_is_shown_again_with_the_reason(
        self, house: House, client: TestClient, changes: dict[str, str], status: int, says: str
    ) -> None:
        again = send(house, client, SILENCE | changes)
        assert again.status_code == status
        assert says in words(again)
        assert house.desk.rows(SilenceRow) == []

    def test_what_it_would_be_about_is_shown_before_it_is_made(
        self, house: House, client: TestClient
    ) -> None:
        house.desk.take(house.clock())
        tried = send(house, client, SILENCE | {"do": "preview"})
        assert tried.status_code == 200
        assert "Alerts of the last day that meet these matchers: 1 Error rate checkout" in words(tried)
        assert house.desk.rows(SilenceRow) == []
        assert "new disks" in tried.text, "what was entered stays"

    def test_one_is_extended_and_ended(self, house: House, client: TestClient) -> None:
        send(house, client, SILENCE)
        send(house, client, {"do": "extend", "id": "1", "for": "8h", "end": ""})
        assert house.desk.rows(SilenceRow)[0].ends_at == house.clock() + 8 * HOUR
        send(house, client, {"do": "extend", "id": "1", "for": "", "end": "2026-11-23T10:00"})
        assert f"{house.desk.rows(SilenceRow)[0].ends_at:%H:%M}" == "09:00"
        send(house, client, {"do": "end", "id": "1"})
        assert house.desk.rows(SilenceRow)[0].ended_by == "bob"
        assert "ended by Bob" in words(client.get("/silences"))

    def test_a_maintenance_is_planned_and_ended(self, house: House, client: TestClient) -> None:
        assert send(house, client, PLAN).status_code == 303
        (row,) = house.desk.rows(MaintenanceRow)
        assert f"{row.window.start:%d %H:%M}" == "24 01:30"
        assert "M1 checkout" in words(client.get("/silences"))
        send(house, client, {"do": "finish", "id": "M1"})
        assert house.ledger.read(past_maintenance, house.clock())[0].ended_by == "bob"

    def test_one_of_the_file_is_ended_for_this_time(self, house: House, client: TestClient) -> None:
        send(house, client, {"do": "finish this time", "id": "nightly"})
        assert [row.window for row in house.desk.rows(MaintenanceCutRow)] == ["nightly"]

    def test_somebody_who_has_left_silences_nothing(self, house: House, client: TestClient) -> None:
        gone = house.links.rota("zoe", house.clock()).partition("?as=")[2]
        assert client.post(f"/silences?as={gone}", data=SILENCE).status_code == 404
        assert house.desk.rows(SilenceRow) == []


class TestFromAnIncident:
    """GET and POST /incidents/{key}/silence."""

    PATH = "/incidents/INC-1/silence"

    def test_the_incident_leads_there_and_its_labels_are_proposed(
        self, house: House, client: TestClient
    ) -> None:
        house.clock.forward(hours=1)
        house.desk.open(house.clock(), labels={"host": "db1", "env": "prod"})
        personal = house.links.act("bob", "INC-1", house.clock()).partition("?as=")[2]
        assert f"{self.PATH}?as={personal}" in client.get(f"/incidents/INC-1?as={personal}").text
        page = client.get(f"{self.PATH}?as={personal}")
        assert "Only the paging of INC-1" in words(page)
        assert "host=&#34;db1&#34;" in page.text

    def test_only_its_paging_is_held_back(self, house: House, client: TestClient) -> None:
        house.clock.forward(hours=1)
        house.desk.open(house.clock())
        done = send(house, client, SILENCE | {"about": "incident"}, self.PATH)
        assert done.status_code == 303
        (row,) = house.desk.rows(SilenceRow)
        assert (row.incident_id, row.matchers) == (1, ())

    def test_or_all_alerts_with_these_labels(self, house: House, client: TestClient) -> None:
        house.clock.forward(hours=1)
        house.desk.open(house.clock())
        send(house, client, SILENCE | {"about": "matchers"}, self.PATH)
        (row,) = house.desk.rows(SilenceRow)
        assert (row.incident_id, [str(each) for each in row.matchers]) == (None, ['service="checkout"'])

    def test_one_that_is_not_there_is_not_found(self, house: House, client: TestClient) -> None:
        assert client.get(f"/incidents/INC-9/silence?as={token(house)}").status_code == 404


class TestTheApi:
    """/api/silences and /api/maintenance."""

    def post(self, house: House, client: TestClient, path: str, body: Any = None) -> httpx.Response:
        return client.post(
            f"/api/{path}", json=body or {}, headers={"Authorization": f"Bearer {token(house)}"}
        )

    def test_a_silence_is_made_extended_and_ended(self, house: House, client: TestClient) -> None:
        body = {"matchers": ["env in (prod, eu)"], "for": "2h", "comment": "disks", "key": KEY}
        made = self.post(house, client, "silences", body)
        assert made.status_code == 201, made.text
        assert (made.json()["key"], made.json()["by"], made.json()["state"]) == (KEY, "bob", "active")
        end = (house.clock() + 5 * HOUR).isoformat()
        moved = self.post(house, client, "silences/1/extend", {"end": end}).json()
        assert datetime.fromisoformat(moved["end"]) == house.clock() + 5 * HOUR
        assert self.post(house, client, "silences/1/end").json()["ended_by"] == "bob"
        assert client.get("/api/silences").json() == []
        assert len(client.get("/api/silences?all=true").json()) == 1

    def test_a_maintenance_is_planned_and_ended(self, house: House, client: TestClient) -> None:
        window = {
            "comment": "x",
            "services": ["checkout"],
            "start": START.isoformat(),
            "for": "2h",
            "repeat": "daily",
        }
        made = self.post(house, client, "maintenance", {"window": window})
        assert made.status_code == 201, made.text
        assert (made.json()["name"], made.json()["state"]) == ("M1", "active")
        assert [each["name"] for each in client.get("/api/maintenance").json()] == ["nightly", "M1"]
        ended = self.post(house, client, "maintenance/M1/end?this_time=true").json()
        assert (ended["state"], ended["ended_at"]) == ("coming", None)
        assert self.post(house, client, "maintenance/M1/end").json()["ended_by"] == "bob"

    def test_what_one_would_be_about_is_told(self, house: House, client: TestClient) -> None:
        house.desk.take(house.clock())
        told = client.get("/api/silences/preview", params={"matcher": ['service="checkout"']}).json()
        assert (told["alerts"], told["conditions"][0]["title"]) == (1, "Error rate")

    @pytest.mark.parametrize(
        ("path", "body", "status", "says"),
        [
            pytest.param("silences", {"matchers": ["x"]}, 422, "is no matcher", id="no matcher"),
            pytest.param("silences", {"colour": "red"}, 422, "no such field", id="an unknown field"),
            pytest.param("silences", ["x"], 422, "must be a JSON object", id="no object"),
            pytest.param("silences/1/extend", {}, 422, "end: is missing", id="no end"),
            pytest.param("silences/1/end", {}, 404, "there is no silence 1", id="no silence"),
            pytest.param("maintenance", {"window": {}}, 422, "comment: is missing", id="an empty window"),
            pytest.param("maintenance/M9/end", {}, 404, "no maintenance 'M9'", id="no maintenance"),
        ],
    )
    def test_what_cannot_be_kept_says_what_to_write(
        self, house: House, client: TestClient, path: str, body: Any, status: int, says: str
    ) -> None:
        answer = self.post(house, client, path, body)
        assert answer.status_code == status
        assert says in answer.json()["error"]

    def test_without_a_personal_token_nothing_is_changed(self, house: House, client: TestClient) -> None:
        other = house.links.acknowledge(1, "bob", "INC-1", house.clock()).rpartition("/")[2]
        for given in ("", "nonsense", other):
            answer = client.post("/api/silences", json={}, headers={"Authorization": f"Bearer {given}"})
            assert answer.status_code in (401, 403)
        assert May.ACKNOWLEDGE


class TestTheWatchdog:
    """What happens by itself."""

    async def look(self, house: House) -> None:
        await Watchdog(None, Prefect()).look()

    async def test_what_still_fires_when_a_silence_ends_opens_an_incident_by_itself(
        self, at_home: House, client: TestClient
    ) -> None:
        house = at_home
        house.clock.forward(hours=1)
        send(house, client, SILENCE)
        assert house.desk.take(house.clock()) is None
        house.clock.forward(hours=1, minutes=59)
        await self.look(house)
        assert [row.end_state for row in house.desk.rows(AlertRow)] == ["silenced"]
        house.clock.forward(minutes=1)
        await self.look(house)
        assert [row.end_state for row in house.desk.rows(AlertRow)] == ["opened"]

    async def test_what_waits_for_a_window_that_has_left_the_file_is_looked_at_at_once(
        self, at_home: House, client: TestClient
    ) -> None:
        house = at_home
        assert client
        assert house.desk.take(house.clock()) is None
        house.ledger.write(accept_configuration, organisation(), house.clock())
        await self.look(house)
        assert [row.end_state for row in house.desk.rows(AlertRow)] == ["opened"]

    async def test_an_escalation_that_is_held_goes_on_at_once_when_somebody_ends_the_silence(
        self, at_home: House, client: TestClient
    ) -> None:
        house = at_home
        house.clock.forward(hours=1)
        house.desk.open(house.clock())
        send(house, client, SILENCE | {"about": "incident"}, "/incidents/INC-1/silence")
        house.clock.forward(minutes=1)
        await self.look(house)
        assert house.desk.pages() == []
        send(house, client, {"do": "end", "id": "1"})
        await self.look(house)
        house.clock.forward(seconds=11)
        await self.look(house)
        assert [person for person, _ in house.desk.pages()] == ["alice"]
