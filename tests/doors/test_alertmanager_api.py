"""Can Prometheus and amtool talk to us as to an Alertmanager?"""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from ruamel.yaml import YAML

from incident.alert import AlertStatus, EndState
from incident.lasting import HEARING, RESOLVE_TIMEOUT
from ledger.engine import Ledger
from ledger.tables import AlertRow, LastingAlertRow
from service.intake import BODY_LIMIT
from service.posting import end_silent
from service.watchdog import Watchdog
from tasks.surroundings import within
from tests.doors.conftest import ENVIRONMENT, KEY, Doors
from tests.house import Clock, Prefect

BEARER = {"Authorization": f"Bearer {KEY}"}
LABELS = {"alertname": "ErrorRate", "service": "checkout", "severity": "critical"}
DESCRIPTION = Path(__file__).parents[3] / "shared" / "specs" / "alertmanager" / "openapi.yaml"
FOUR_MINUTES = timedelta(minutes=4)


@pytest.fixture
def client(doors: Doors) -> TestClient:
    return TestClient(doors.client().app, base_url="http://testserver", headers=BEARER)


def sent(clock: Clock, *, start: float = -1, ends_in: timedelta | None = FOUR_MINUTES, **labels: str) -> Any:
    """An alert as Prometheus sends it now: its end is some minutes ahead."""
    ends = (clock() + ends_in).isoformat() if ends_in is not None else None
    return {
        "labels": LABELS | labels,
        "annotations": {"summary": f"Half of all payments fail at {clock():%H:%M}"},
        "startsAt": (clock() + timedelta(minutes=start)).isoformat(),
        "endsAt": ends,
        "generatorURL": "http://prometheus.example/graph",
    }


def test_an_alert_that_prometheus_sends_again_each_minute_is_one_alert(
    doors: Doors, client: TestClient
) -> None:
    for minute in range(60):
        answer = client.post("/api/v2/alerts", json=[sent(doors.clock, start=-1 - minute)])
        assert (answer.status_code, answer.content) == (200, b"")
        doors.clock.forward(minutes=1)
        end_silent(doors.surroundings)

    assert [status for _, status in doors.alerts] == ["firing"]
    assert doors.deliveries == [("alertmanager", False)]
    (row,) = doors.desk.rows(LastingAlertRow)
    assert row.repeats == 59
    assert "04:09" in row.alert.title


def test_an_end_in_the_past_is_its_recovery_which_is_told_once(doors: Doors, client: TestClient) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    doors.clock.forward(minutes=5)
    over = sent(doors.clock, start=-6, ends_in=timedelta(seconds=-10))
    for _ in range(15):
        client.post("/api/v2/alerts", json=[over])

    assert [status for _, status in doors.alerts] == ["firing", "resolved"]


def test_an_alert_that_is_not_sent_again_is_over_when_its_end_comes(doors: Doors, client: TestClient) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    doors.clock.forward(minutes=3, seconds=59)
    assert end_silent(doors.surroundings) == 0
    doors.clock.forward(seconds=1)
    assert end_silent(doors.surroundings) == 1
    assert end_silent(doors.surroundings) == 0

    rows = doors.desk.rows(AlertRow)
    assert [row.status for row in rows] == [AlertStatus.FIRING, AlertStatus.RESOLVED]
    assert rows[1].alert.ends_at == doors.clock()
    assert rows[0].fingerprint == rows[1].fingerprint


def test_an_alert_without_an_end_holds_for_the_timeout_of_its_source(
    doors: Doors, client: TestClient
) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock, ends_in=None)])
    own = {"alertmanager": {"dialect": "alertmanager", "resolve_timeout": "1m"}}
    doors.employ(sources=own)
    client.post("/api/v2/alerts", json=[sent(doors.clock, ends_in=None, alertname="Other")])

    until = {row.alert.labels["alertname"]: row.until for row in doors.desk.rows(LastingAlertRow)}
    assert until["ErrorRate"] - doors.clock() == RESOLVE_TIMEOUT
    assert until["Other"] - doors.clock() == timedelta(minutes=1)


def test_what_fell_silent_and_comes_back_fires_again(doors: Doors, client: TestClient) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    doors.clock.forward(minutes=10)
    end_silent(doors.surroundings)
    client.post("/api/v2/alerts", json=[sent(doors.clock, start=-11)])

    assert [status for _, status in doors.alerts] == ["firing", "resolved", "firing"]


async def test_after_a_start_everybody_is_heard_before_anything_counts_as_over(doors: Doors) -> None:
    doors.client().post("/api/v2/alerts", json=[sent(doors.clock)], headers=BEARER)
    doors.clock.forward(hours=1)
    dog = Watchdog(None, engine=Prefect())

    with within(doors.surroundings):
        await dog.look()
        doors.clock.forward(seconds=HEARING.total_seconds() - 1)
        await dog.look()
        assert [status for _, status in doors.alerts] == ["firing"]
        doors.clock.forward(seconds=1)
        await dog.look()
    assert [status for _, status in doors.alerts] == ["firing", "resolved"]


def test_a_team_that_drops_its_alertmanager_keeps_the_names_of_its_conditions(
    doors: Doors, client: TestClient
) -> None:
    captured = Path(__file__).parents[1] / "data" / "payloads" / "alertmanager" / "am025_many_firing.json"
    webhook = json.loads(captured.read_text())
    client.post("/alerts/alertmanager", json=webhook)
    directly = [{"labels": alert["labels"], "startsAt": alert["startsAt"]} for alert in webhook["alerts"]]
    client.post("/api/v2/alerts", json=directly)

    rows = doors.desk.rows(AlertRow)
    half = len(rows) // 2
    assert [row.fingerprint for row in rows[:half]] == [row.fingerprint for row in rows[half:]]
    assert {row.end_state for row in rows[half:]} == {EndState.DUPLICATE}


def test_a_post_with_news_and_repetitions_makes_alerts_of_the_news_only(
    doors: Doors, client: TestClient
) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    client.post("/api/v2/alerts", json=[sent(doors.clock), sent(doors.clock, alertname="New")])

    assert [row.alert.labels["alertname"] for row in doors.desk.rows(AlertRow)] == ["ErrorRate", "New"]


def test_an_empty_post_is_fine_and_kept_nowhere(doors: Doors, client: TestClient) -> None:
    assert client.post("/api/v2/alerts", json=[]).status_code == 200
    assert doors.deliveries == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b'{"alerts": []}', "must be a list of alerts", id="the body of the webhook"),
        pytest.param(b"[7]", "an alert is a JSON object", id="a number among alerts"),
        pytest.param(b"[", "the body is no JSON", id="no JSON"),
    ],
)
def test_what_is_no_list_of_alerts_is_refused_with_a_text_and_kept_as_rejected(
    doors: Doors, client: TestClient, body: bytes, said: str
) -> None:
    answer = client.post("/api/v2/alerts", content=body)

    assert answer.status_code == 400
    assert isinstance(answer.json(), str)
    assert said in answer.json()
    assert doors.deliveries == [("alertmanager", True)]


@pytest.mark.parametrize("path", ["alerts", "alerts/groups", "receivers", "status"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"Authorization": "Bearer wrong"}, id="a wrong token"),
        pytest.param({"Authorization": "Bearer another one"}, id="that of another kind of source"),
        pytest.param({"Authorization": "Basic YTpi"}, id="a wrong password"),
        pytest.param({"Authorization": "Basic !"}, id="no base64"),
    ],
)
def test_a_stranger_is_refused(doors: Doors, path: str, headers: dict[str, str]) -> None:
    answer = doors.client().get(f"/api/v2/{path}", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert isinstance(answer.json(), str)


def test_the_token_may_be_the_password_of_anybody(doors: Doors) -> None:
    answer = doors.client().get("/api/v2/status", auth=("prometheus", KEY))

    assert answer.status_code == 200


def test_what_is_too_large_is_refused_with_a_text(client: TestClient) -> None:
    answer = client.post("/api/v2/alerts", content=b" " * (BODY_LIMIT + 1))

    assert (answer.status_code, type(answer.json())) == (413, str)


def test_without_a_ledger_prometheus_is_asked_to_come_again_and_told_that_we_are_not_ready(
    tmp_path: Path,
) -> None:
    away = Doors(Ledger(f"sqlite:///{tmp_path / 'gone' / 'ledger.db'}"), environment=ENVIRONMENT).client()

    answer = away.post("/api/v2/alerts", json=[], headers=BEARER)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert away.get("/-/ready").status_code == 503


@pytest.mark.parametrize("path", ["/-/ready", "/-/healthy"])
def test_whoever_asks_learns_that_we_are_ready(doors: Doors, path: str) -> None:
    assert doors.client().get(path).status_code == 200


FILTERS: list[Any] = [
    pytest.param('alertname="ErrorRate"', ["ErrorRate"], id="equal"),
    pytest.param('alertname=~"Err.*|Lag"', ["ErrorRate", "Lag"], id="a regular expression"),
    pytest.param('severity!="critical"', [], id="unequal"),
    pytest.param("alertname=Lag", ["Lag"], id="without quotes"),
]


@pytest.mark.parametrize(("expression", "expected"), FILTERS)
def test_alerts_are_found_by_matchers(
    doors: Doors, client: TestClient, expression: str, expected: list[str]
) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock), sent(doors.clock, alertname="Lag")])
    answer = client.get("/api/v2/alerts", params={"filter": expression})

    assert sorted(alert["labels"]["alertname"] for alert in answer.json()) == expected


def test_what_is_no_matcher_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v2/alerts", params={"filter": "what?"})

    assert (answer.status_code, type(answer.json())) == (400, str)


def test_what_is_over_is_told_no_more(doors: Doors, client: TestClient) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    assert len(client.get("/api/v2/alerts").json()) == 1
    doors.clock.forward(minutes=4)
    assert client.get("/api/v2/alerts").json() == []


STATES: list[Any] = [
    pytest.param(EndState.OPENED, "active", "active", id="an alert that opened an incident"),
    pytest.param(EndState.SILENCED, "suppressed", "silenced", id="one that is silenced"),
    pytest.param(EndState.IN_MAINTENANCE, "suppressed", "silenced", id="one in maintenance"),
    pytest.param(EndState.INHIBITED, "suppressed", "inhibited", id="one that is inhibited"),
    pytest.param(None, "unprocessed", "unprocessed", id="one that is not triaged yet"),
]


@pytest.mark.parametrize(("end_state", "state", "filtered"), STATES)
def test_the_state_of_an_alert_is_what_became_of_it(
    doors: Doors, client: TestClient, end_state: EndState | None, state: str, filtered: str
) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    with doors.ledger.transaction() as session:
        session.connection().exec_driver_sql("update alert set end_state = ?", (end_state,))

    (told,) = client.get("/api/v2/alerts").json()
    assert told["status"]["state"] == state
    assert client.get("/api/v2/alerts", params={filtered: "false"}).json() == []


def test_our_answers_have_what_the_description_of_the_vendor_requires(
    doors: Doors, client: TestClient
) -> None:
    client.post("/api/v2/alerts", json=[sent(doors.clock)])
    described = YAML(typ="safe").load(DESCRIPTION.read_text())["definitions"] if DESCRIPTION.exists() else {}
    for path, (name, fields) in ANSWERS.items():
        answer = client.get(f"/api/v2{path}").json()
        (one,) = answer if isinstance(answer, list) else [answer]
        required = _required(described, name) if described else fields.split()
        assert set(required) <= set(one), path


ANSWERS = {
    "/alerts": (
        "gettableAlert",
        "labels annotations startsAt endsAt updatedAt fingerprint receivers status generatorURL",
    ),
    "/alerts/groups": ("alertGroup", "labels receiver alerts routeLabels"),
    "/receivers": ("receiver", "name"),
    "/status": ("alertmanagerStatus", "cluster versionInfo config uptime"),
}
"""For each path the definition of the vendor, and what it requires, for when that is not at hand."""


def _required(definitions: Any, name: str) -> list[str]:
    described = definitions[name]
    parts = [described, *described.get("allOf", [])]
    own = [field for part in parts for field in part.get("required", [])]
    others = [part["$ref"].rpartition("/")[2] for part in parts if "$ref" in part]
    return own + [field for other in others for field in _required(definitions, other)]


@pytest.fixture
def amtool(served: Doors) -> Any:
    program = shutil.which("amtool")
    if program is None:
        pytest.skip("amtool is missing: apt-get install prometheus-alertmanager")
    served.clock.time = datetime.now(UTC)  # amtool writes times of its own
    address = served.url.replace("://", f"://amtool:{KEY}@")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        own = any(argument.startswith("--alertmanager.url") for argument in arguments)
        command = [program, *([] if own else [f"--alertmanager.url={address}"]), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)

    return run


def test_amtool_adds_and_finds_alerts(served: Doors, amtool: Any) -> None:
    added = amtool("alert", "add", "alertname=Lag", "service=checkout", "--annotation=summary=slow")
    assert added.returncode == 0, added.stderr

    found = amtool("alert", "query", "alertname=Lag", "--output=json")
    assert found.returncode == 0, found.stderr
    (told,) = json.loads(found.stdout)
    assert (told["labels"]["alertname"], told["status"]["state"]) == ("Lag", "active")
    assert served.incidents == ["INC-1"]


def test_amtool_reads_status_and_configuration(amtool: Any) -> None:
    status, configuration = amtool("cluster", "show"), amtool("config", "show")

    assert (status.returncode, "disabled" in status.stdout) == (0, True), status.stderr
    assert (configuration.returncode, "incident.yaml" in configuration.stdout) == (0, True)


def test_amtool_hears_that_its_token_is_wrong(served: Doors, amtool: Any) -> None:
    wrong = served.url.replace("://", "://amtool:wrong@")
    refused = amtool(f"--alertmanager.url={wrong}", "alert", "query", "alertname=Lag")

    assert (refused.returncode, "401" in refused.stderr) == (1, True), refused.stderr
