"""Can amtool and dashboards silence alerts here as at an Alertmanager?"""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.quiet_tables import SilenceRow
from ledger.tables import AlertRow
from tests.doors.conftest import KEY, Doors

BEARER = {"Authorization": f"Bearer {KEY}"}
HOUR = timedelta(hours=1)
DB = {"name": "host", "value": "db.*", "isRegex": True, "isEqual": True}


@pytest.fixture
def client(doors: Doors) -> TestClient:
    return TestClient(doors.client().app, base_url="http://testserver", headers=BEARER)


def silence(doors: Doors, **changes: Any) -> dict[str, Any]:
    """A silence as amtool posts it, from now on for two hours."""
    now = doors.clock()
    plain = {
        "matchers": [DB],
        "startsAt": now.isoformat(),
        "endsAt": (now + 2 * HOUR).isoformat(),
        "createdBy": "carla@example.org",
        "comment": "new disks",
    }
    return plain | changes


def make(client: TestClient, body: dict[str, Any]) -> str:
    answer = client.post("/api/v2/silences", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["silenceID"])


def fire(doors: Doors, client: TestClient, **labels: str) -> AlertRow:
    """Prometheus sends an alert; what became of it."""
    alert = {
        "labels": {"alertname": "DiskFull", "host": "db1"} | labels,
        "startsAt": doors.clock().isoformat(),
    }
    assert client.post("/api/v2/alerts", json=[alert]).status_code == 200
    return doors.desk.rows(AlertRow)[-1]


class TestMaking:
    """POST /api/v2/silences."""

    def test_a_silence_holds_for_the_alerts_of_every_source(self, doors: Doors, client: TestClient) -> None:
        make(client, silence(doors))
        row = fire(doors, client)
        assert row.end_state == "silenced"
        assert row.reason.startswith("silence 1 of carla@example.org lasts until")

    def test_it_is_read_back_as_it_was_made(self, doors: Doors, client: TestClient) -> None:
        body = silence(doors)
        key = make(client, body)
        told = client.get(f"/api/v2/silence/{key}").json()
        assert told["id"] == key
        assert told["status"] == {"state": "active"}
        assert told["matchers"] == [DB]
        assert (told["createdBy"], told["comment"]) == ("carla@example.org", "new disks")
        assert datetime.fromisoformat(told["endsAt"]) == doors.clock() + 2 * HOUR
        assert client.get("/api/v2/silences").json() == [told]

    @pytest.mark.parametrize(
        ("matcher", "ours"),
        [
            pytest.param({"name": "a", "value": "b", "isRegex": False}, 'a="b"', id="equal, unsaid"),
            pytest.param({"name": "a", "value": "b", "isRegex": True}, 'a=~"b"', id="a pattern"),
            pytest.param(
                {"name": "a", "value": "", "isRegex": False, "isEqual": False},
                'a!=""',
                id="a label that is there",
            ),
        ],
    )
    def test_its_matchers_are_ours(
        self, doors: Doors, client: TestClient, matcher: dict[str, Any], ours: str
    ) -> None:
        make(client, silence(doors, matchers=[matcher]))
        (row,) = doors.desk.rows(SilenceRow)
        assert [str(each) for each in row.matchers] == [ours]

    def test_with_its_id_and_the_same_matchers_it_gets_another_end(
        self, doors: Doors, client: TestClient
    ) -> None:
        key = make(client, silence(doors))
        later = silence(doors, id=key, endsAt=(doors.clock() + 5 * HOUR).isoformat())
        assert make(client, later) == key
        (row,) = doors.desk.rows(SilenceRow)
        assert row.ends_at == doors.clock() + 5 * HOUR

    def test_with_its_id_and_other_matchers_it_ends_and_another_one_follows(
        self, doors: Doors, client: TestClient
    ) -> None:
        key = make(client, silence(doors))
        doors.clock.forward(minutes=1)
        other = make(client, silence(doors, id=key, matchers=[DB | {"value": "web.*"}]))
        assert other != key
        states = {each["id"]: each["status"]["state"] for each in client.get("/api/v2/silences").json()}
        assert states == {key: "expired", other: "active"}

    @pytest.mark.parametrize(
        ("changes", "status", "says"),
        [
            pytest.param({"matchers": []}, 400, "matchers", id="no matcher"),
            pytest.param({"matchers": [DB | {"value": ".*"}]}, 400, "every alert", id="about everything"),
            pytest.param(
                {"matchers": [DB | {"value": "("}]}, 400, "regular expression", id="a broken pattern"
            ),
            pytest.param({"endsAt": "2020-01-01T00:00:00Z"}, 400, "is not after its start", id="it is over"),
            pytest.param({"endsAt": "soon"}, 400, "endsAt", id="no time"),
            pytest.param({"createdBy": ""}, 400, "createdBy", id="no author"),
            pytest.param({"id": "7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10"}, 404, "no silence", id="unknown id"),
        ],
    )
    def test_what_cannot_be_kept_is_refused(
        self, doors: Doors, client: TestClient, changes: dict[str, Any], status: int, says: str
    ) -> None:
        answer = client.post("/api/v2/silences", json=silence(doors, **changes))
        assert answer.status_code == status
        assert says in answer.json()
        assert doors.desk.rows(SilenceRow) == []

    def test_without_the_token_of_a_source_nothing_is_silenced(
        self, doors: Doors, client: TestClient
    ) -> None:
        answer = client.post("/api/v2/silences", json=silence(doors), headers={"Authorization": "Bearer no"})
        assert answer.status_code == 401
        assert doors.desk.rows(SilenceRow) == []


class TestEnding:
    """DELETE /api/v2/silence/{id}."""

    def test_it_is_expired_and_still_told(self, doors: Doors, client: TestClient) -> None:
        key = make(client, silence(doors))
        assert client.delete(f"/api/v2/silence/{key}").status_code == 200
        assert client.get(f"/api/v2/silence/{key}").json()["status"] == {"state": "expired"}
        assert client.get("/api/v2/silences?expired=false").json() == []
        assert fire(doors, client).end_state == "opened"

    def test_ending_it_again_changes_nothing(self, doors: Doors, client: TestClient) -> None:
        key = make(client, silence(doors))
        for _ in range(2):
            assert client.delete(f"/api/v2/silence/{key}").status_code == 200

    @pytest.mark.parametrize("key", ["7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10"])
    def test_one_that_is_not_there_is_not_found(self, client: TestClient, key: str) -> None:
        assert client.delete(f"/api/v2/silence/{key}").status_code == 404
        assert client.get(f"/api/v2/silence/{key}").status_code == 404


def test_the_filter_asks_for_their_matchers(doors: Doors, client: TestClient) -> None:
    key = make(client, silence(doors))
    make(client, silence(doors, matchers=[{"name": "env", "value": "dev", "isRegex": False}]))
    found = client.get("/api/v2/silences", params={"filter": 'host="db.*"'}).json()
    assert [each["id"] for each in found] == [key]


def test_a_set_of_ours_is_told_as_a_pattern_that_means_the_same(doors: Doors, client: TestClient) -> None:
    personal = doors.links.rota("bob", doors.clock()).partition("?as=")[2]
    body = {"matchers": ["env not in (a.b, c)", "host=db1"], "for": "1h", "comment": "x"}
    made = client.post("/api/silences", json=body, headers={"Authorization": f"Bearer {personal}"})
    assert made.status_code == 201, made.text
    (told,) = client.get("/api/v2/silences").json()
    assert told["matchers"][0] == {"name": "env", "value": r"a\.b|c", "isRegex": True, "isEqual": False}


@pytest.fixture
def amtool(served: Doors) -> Any:
    program = shutil.which("amtool")
    if program is None:
        pytest.skip("amtool is missing: apt-get install prometheus-alertmanager")
    served.clock.time = datetime.now(UTC)  # amtool writes times of its own
    address = served.url.replace("://", f"://amtool:{KEY}@")

    def run(*arguments: str) -> str:
        command = [program, f"--alertmanager.url={address}", *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_amtool_adds_queries_updates_imports_and_expires_silences(
    served: Doors, amtool: Any, tmp_path: Any
) -> None:
    adding = ["silence", "add", "alertname=DiskFull", "host=~db.*"]
    key = amtool(*adding, "--duration=2h", "--comment=new disks", "--author=carla").strip()

    served.clock.time = datetime.now(UTC)
    (told,) = json.loads(amtool("silence", "query", "--output=json"))
    assert (told["id"], told["createdBy"], told["status"]["state"]) == (key, "carla", "active")
    assert key in amtool("silence", "query", "alertname=DiskFull")

    served.clock.time = datetime.now(UTC)
    assert key in amtool("silence", "update", "--duration=4h", key)
    (row,) = served.desk.rows(SilenceRow)
    assert row.ends_at - row.starts_at > 3 * HOUR

    served.clock.time = datetime.now(UTC)
    amtool("silence", "expire", key)
    assert key not in amtool("silence", "query")
    assert key in amtool("silence", "query", "--expired")

    file = tmp_path / "silences.json"
    file.write_text(json.dumps([told | {"endsAt": (datetime.now(UTC) + HOUR).isoformat()}]))
    amtool("silence", "import", str(file))
    assert [row.ended_by for row in served.desk.rows(SilenceRow)] == ["alertmanager", None]
