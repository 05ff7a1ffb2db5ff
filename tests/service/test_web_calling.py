"""Does a job that calls find its door open, and everybody else find it closed?"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from incident.alert import AlertStatus, EndState
from ledger.call_tables import AwaitedCallRow
from ledger.engine import Ledger
from ledger.tables import AlertRow, IncidentRow
from service.calls import look_for_silent_callers
from service.watchdog import Watchdog
from tasks.surroundings import within
from tests.house import IMPATIENT, House, Prefect

BACKUP = {"every": "10m", "grace": "2m", "service": "checkout", "severity": "critical"}
REPORT = {"every": "1h", "token": {"env": "REPORT_TOKEN"}}


@pytest.fixture
def at_work(house: House) -> Iterator[House]:
    house.environment = {**house.environment, "REPORT_TOKEN": "s3cret"}
    house.__post_init__()
    house.employ(heartbeats={"backup": BACKUP, "report": REPORT})
    with within(house.surroundings):
        yield house


@pytest.fixture
def client(at_work: House) -> TestClient:
    return at_work.client()


def path(house: House, name: str = "backup") -> str:
    return house.links.heartbeat(name).removeprefix("http://testserver")


def called(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_a_job_calls_its_address_by_any_method(at_work: House, client: TestClient, method: str) -> None:
    answer = client.request(method, path(at_work))
    assert answer.status_code == 200
    (row,) = at_work.desk.rows(AwaitedCallRow)
    assert (row.name, row.watch.called_at) == ("backup", at_work.clock())


def test_the_answer_says_by_when_the_next_call_must_come(at_work: House, client: TestClient) -> None:
    heard = called(client.get(path(at_work)))
    assert heard == {"heartbeat": "backup", "signal": "done", "next_by": "2026-11-23T03:22:00Z"}


def test_a_token_may_stand_beside_the_address(at_work: House, client: TestClient) -> None:
    bearer = {"Authorization": "Bearer s3cret"}
    assert called(client.post("/heartbeats/report", headers=bearer))["signal"] == "done"
    assert called(client.post("/heartbeats/report/start", headers=bearer))["signal"] == "start"
    assert called(client.get("/heartbeats/report/s3cret/fail"))["signal"] == "fail"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/heartbeats/backup", 401, id="no token"),
        pytest.param("/heartbeats/backup/nonsense", 401, id="a token that is none"),
        pytest.param("/heartbeats/backup/start", 401, id="a word and no token"),
        pytest.param("/heartbeats/report/s3cre", 401, id="another token than that of the variable"),
        pytest.param("/heartbeats/gone/x", 404, id="a job that nobody awaits"),
        pytest.param("/heartbeats/report/s3cret/stop", 404, id="a word that means nothing"),
    ],
)
def test_whoever_does_not_know_the_token_changes_nothing(
    at_work: House, client: TestClient, address: str, status: int
) -> None:
    assert client.get(address).status_code == status
    assert at_work.desk.rows(AwaitedCallRow) == []


def test_the_token_of_one_job_is_not_that_of_another(at_work: House, client: TestClient) -> None:
    token = path(at_work).rpartition("/")[2]
    at_work.employ(heartbeats={"backup": BACKUP, "other": BACKUP})
    assert client.get(f"/heartbeats/other/{token}").status_code == 401


def test_a_failure_opens_an_incident_that_says_what_the_job_said(at_work: House, client: TestClient) -> None:
    heard = called(client.post(f"{path(at_work)}/fail", content="No space left\0 on \xff device".encode()))
    assert heard["next_by"] is None
    (row,) = at_work.desk.rows(AlertRow)
    assert (row.end_state, row.alert.severity) == (EndState.OPENED, "critical")
    assert "No space left\ufffd on" in row.alert.description
    called(client.get(path(at_work)))
    assert [row.status for row in at_work.desk.rows(AlertRow)] == [AlertStatus.FIRING, AlertStatus.RESOLVED]


async def test_the_watchdog_opens_an_incident_for_who_is_silent_and_the_call_resolves_it(
    at_work: House, client: TestClient
) -> None:
    dog = Watchdog(None, engine=Prefect())
    called(client.get(path(at_work)))
    for _ in range(26):
        await dog.look()
        at_work.clock.forward(seconds=29)
    (incident,) = at_work.desk.rows(IncidentRow)
    assert incident.title == "backup does not call"
    called(client.get(path(at_work)))
    assert [row.end_state for row in at_work.desk.rows(AlertRow)] == [EndState.OPENED, EndState.RESOLVED]
    assert "_silent_callers" not in dog.repairs


async def test_without_any_heartbeat_a_look_writes_nothing(house: House) -> None:
    with within(house.surroundings):
        await look_for_silent_callers(house.clock())
    assert house.desk.rows(AwaitedCallRow) == []


def test_a_call_that_cannot_be_kept_is_asked_for_again(at_work: House, client: TestClient) -> None:
    another = Ledger(at_work.ledger.url, patience=IMPATIENT)
    with another.transaction() as session:
        session.connection()
        answer = client.get(path(at_work))
    another.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_page_shows_who_is_awaited(at_work: House, client: TestClient) -> None:
    called(client.get(path(at_work)))
    called(client.get("/heartbeats/report/s3cret/fail"))
    page = client.get("/heartbeats").text
    assert "backup" in page
    assert "It says that it failed." in page
    assert "s3cret" not in page
