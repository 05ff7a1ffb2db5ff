"""Does every source have to prove itself, and does what is forged, repeated or too old change anything?"""

import logging
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from blocks.guard import Guard
from blocks.sns import Certificates
from incident.sources import DIALECTS
from ledger.tables import AlertRow, DeliveryRow, IncidentRow
from ledger.trust_tables import SubscriptionRow, TakenRow
from tasks.surroundings import within
from tasks.trust import confirm_subscriptions, forget_expired
from tests.house import House, as_body, generic
from tests.incident.sources.bodies import PAYLOADS
from tests.signing import SECRET, TOPIC, Sns, pem, signed_as

BEARER = {"by": "bearer"}
ADDRESS = {"by": "address"}
GRAFANA = {"by": "signature", "timestamp_header": "X-Signed-At"}
WAYS: dict[str, dict[str, Any]] = {
    "grafana": GRAFANA,
    "pagerduty_webhook_v3": {"by": "signature"},
    "sentry": {"by": "signature"},
    "azure_monitor": ADDRESS,
    "cloudwatch_sns": {"by": "sns", "topics": [TOPIC]},
    "gcp_monitoring": {"by": "basic", "username": "gcp"},
    "librato": ADDRESS,
    "newrelic": {"by": "header", "header": "Api-Key"},
    "pingdom": ADDRESS,
    "rollbar": ADDRESS,
    "sentry_legacy_plugin": ADDRESS,
    "splunk": ADDRESS,
    "statuscake": ADDRESS,
    "statuspage_webhook": ADDRESS,
    "updown": ADDRESS,
    "uptimerobot": ADDRESS,
    "victorops": ADDRESS,
}
"""What docs/sources.md recommends; the others send a bearer token."""


class Sender:
    """A monitor that proves itself in its way, with this secret."""

    def __init__(self, house: House, dialect: str, secret: str = SECRET) -> None:
        self.house, self.dialect, self.secret = house, dialect, secret
        self.way = WAYS.get(dialect, BEARER)

    def request(self) -> tuple[str, bytes, dict[str, str]]:
        """Address, body and headers of its first sample."""
        address = f"/alerts/{self.dialect}"
        body = min((PAYLOADS / self.dialect).iterdir()).read_bytes()
        match self.way["by"]:
            case "bearer":
                return address, body, {"Authorization": f"Bearer {self.secret}"}
            case "basic":
                credentials = b64encode(f"{self.way['username']}:{self.secret}".encode()).decode()
                return address, body, {"Authorization": f"Basic {credentials}"}
            case "header":
                return address, body, {self.way["header"]: self.secret}
            case "address":
                return f"{address}?token={self.secret}", body, {}
            case "sns":
                return address, as_body(Sns().notification({"AlarmName": "disk"}, self.house.clock())), {}
            case _:
                return address, body, signed_as(self.scheme, body, self.house.clock(), self.secret)

    @property
    def scheme(self) -> str:
        """How it signs."""
        return self.dialect.partition("_")[0]


def employed(house: House, **sources: dict[str, Any]) -> TestClient:
    """A web service with these sources, whose tokens are all the same, and an Amazon of our own."""
    environment = {f"INCIDENT_TOKEN_{name.upper()}": SECRET for name in sources} | {"OLD": "the-old-one"}
    house = House(house.ledger, house.clock, environment)
    house.employ(sources=sources)
    client = house.client()
    client.app.state.certificates = amazon(pem())  # type: ignore[attr-defined]  # it is our FastAPI
    return client


def amazon(content: bytes, status: int = 200) -> Certificates:
    answers = httpx.MockTransport(lambda _request: httpx.Response(status, content=content))
    return Certificates(Guard(transport=answers, resolve=somewhere))


async def somewhere(_host: str, _port: int) -> Sequence[str]:
    return ["8.8.8.8"]


def rows(house: House) -> list[int]:
    return [len(house.desk.rows(table)) for table in (DeliveryRow, AlertRow, IncidentRow)]


def forged(address: str, body: bytes, headers: dict[str, str]) -> list[Any]:
    """The same request without its proof, with another one, and (if it is signed) with another body."""
    other = {name: value.replace(value[-6:], "forged") for name, value in headers.items()}
    tries = [
        (address.partition("?")[0], body, {}),
        (address.replace(SECRET, "another"), body, other),
        (address, body.replace(b'"Signature": "', b'"Signature": "AAAA'), {}),
    ]
    if headers or "?" in address:  # what is signed within the body may go to any address
        tries.append((address.partition("?")[0] + "/another", body, other))
    if not any(SECRET in value or "Basic" in value for value in (address, *headers.values())):
        tries.append((address, body.replace(b"a", b"b"), headers))
    return [each for each in tries if each != (address, body, headers)]


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_source_has_to_prove_itself_and_what_is_repeated_opens_nothing(house: House, dialect: str) -> None:
    client = employed(house, **{dialect: {"dialect": dialect, "verify": WAYS.get(dialect, BEARER)}})
    address, body, headers = Sender(house, dialect).request()

    for wrong_address, wrong_body, wrong_headers in forged(address, body, headers):
        refused = client.post(wrong_address, content=wrong_body, headers=wrong_headers)
        assert refused.status_code == 401
        assert SECRET not in refused.text + str(refused.headers)
    assert rows(house) == [0, 0, 0]

    first = client.post(address, content=body, headers=headers)
    deliveries, alerts, incidents = rows(house)
    again = client.post(address, content=body, headers=headers)
    assert (first.status_code, again.status_code, deliveries) == (202, 202, 1)
    assert rows(house)[2] == incidents
    if WAYS.get(dialect, BEARER)["by"] in {"signature", "sns"}:
        assert rows(house) == [deliveries, alerts, incidents]
        assert again.json()["alerts"] == first.json()["alerts"]


@pytest.mark.parametrize("dialect", [*sorted(DIALECTS)])
def test_a_proof_that_has_expired_is_refused(house: House, dialect: str) -> None:
    """A signed time passes; a token that was changed does not hold any more."""
    way = WAYS.get(dialect, BEARER)
    old = Sender(house, dialect, "the-old-one")
    changing = {"verify": way | ({"also": [{"env": "OLD"}]} if way["by"] != "sns" else {})}
    client = employed(house, **{dialect: {"dialect": dialect} | changing})
    address, body, headers = old.request()
    assert client.post(address, content=body, headers=headers).status_code == 202

    if dialect in {"grafana", "cloudwatch_sns"}:
        house.clock.forward(hours=2)
    else:
        client = employed(house, **{dialect: {"dialect": dialect, "verify": way}})
    before = rows(house)
    assert client.post(address, content=body, headers=headers).status_code == 401
    assert rows(house) == before


def test_a_pagerduty_event_of_long_ago_is_refused_although_its_signature_is_right(house: House) -> None:
    event = {"id": "01", "event_type": "incident.triggered", "occurred_at": "2026-11-19T03:10:00Z"}
    body = as_body({"event": event | {"data": {"title": "x"}}})
    client = employed(house, pd={"dialect": "pagerduty_webhook_v3", "verify": {"by": "signature"}})
    headers = signed_as("pagerduty", body, house.clock())
    assert client.post("/alerts/pd", content=body, headers=headers).status_code == 401


def test_a_plain_signature_has_no_time_and_a_repetition_is_a_duplicate_by_triage(house: House) -> None:
    client = employed(house, own={"dialect": "generic", "verify": {"by": "signature"}})
    body = as_body(generic(starts_at="2026-11-23T03:09:00Z"))
    for _ in range(2):
        headers = signed_as("plain", body, house.clock())
        answer = client.post("/alerts/own", content=body, headers=headers)
    assert answer.json()["alerts"][0]["end_state"] == "duplicate"
    assert rows(house) == [2, 2, 1]


def test_a_signed_body_that_cannot_be_read_is_kept_as_rejected(house: House) -> None:
    client = employed(house, pd={"dialect": "pagerduty_webhook_v3", "verify": {"by": "signature"}})
    headers = signed_as("pagerduty", b"no json", house.clock())
    assert client.post("/alerts/pd", content=b"no json", headers=headers).status_code == 400
    assert [bool(row.problem) for row in house.desk.rows(DeliveryRow)] == [True]


def test_the_token_may_be_the_end_of_the_path(house: House) -> None:
    client = employed(house, robot={"dialect": "generic", "verify": ADDRESS})
    assert client.post(f"/alerts/robot/{SECRET}", json=generic()).status_code == 202


def test_a_token_in_the_path_opens_nothing_where_it_is_not_asked_for(house: House) -> None:
    client = employed(house, own={"dialect": "generic"})
    assert client.post(f"/alerts/own/{SECRET}", json=generic()).status_code == 401
    assert client.post(f"/alerts/own?token={SECRET}", json=generic()).status_code == 401


def test_a_password_is_asked_for_so_that_a_sender_that_waits_for_it_sends_it(house: House) -> None:
    client = employed(house, own={"dialect": "generic", "verify": {"by": "basic"}})
    answer = client.post("/alerts/own", json=generic())
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="alerts"'


def test_no_token_in_an_address_gets_into_an_answer_a_page_or_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    client = employed(house, robot={"dialect": "generic", "verify": ADDRESS})
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.post(address, content=body, headers={"Accept": accept})
            for address in (f"/alerts/robot?token={SECRET}", f"/alerts/robot/{SECRET}")
            for body in (as_body(generic()), b"{", b"{}")
            for accept in ("*/*", "text/html")
        ]
        answers += [client.get(f"/alerts/robot/{SECRET}"), client.post(f"/alerts/robot/{SECRET}/x")]
        answers += [client.get(page) for page in ("/", "/metrics", "/incidents/INC-1")]
    clients = ("httpx", "httpx2")
    logged = [r.getMessage() for r in caplog.records if r.name.partition(".")[0] not in clients]
    assert not any(SECRET in each.text + str(each.headers) for each in answers)
    assert not any(SECRET in line for line in logged)


SNS = {"dialect": "cloudwatch_sns", "verify": {"by": "sns", "topics": [TOPIC]}}
ALARM = {"AlarmName": "disk", "NewStateValue": "ALARM", "AlarmArn": "arn:aws:cloudwatch:x:1:alarm:disk"}


def test_an_alarm_that_amazon_signed_is_taken_and_opens_an_incident(house: House) -> None:
    client = employed(house, aws=SNS)
    message = Sns().notification(ALARM, house.clock(), SignatureVersion="2")
    answer = client.post("/alerts/aws", content=as_body(message), headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["alerts"][0]["incident"]) == (202, "INC-1")


def test_while_the_certificate_cannot_be_fetched_amazon_is_asked_to_come_again(house: House) -> None:
    client = employed(house, aws=SNS)
    client.app.state.certificates = amazon(b"", 503)  # type: ignore[attr-defined]  # it is our FastAPI
    answer = client.post("/alerts/aws", content=as_body(Sns().notification(ALARM, house.clock())))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert rows(house) == [0, 0, 0]


def test_a_raw_message_is_not_signed_and_proves_itself_by_its_address_where_that_is_allowed(
    house: House,
) -> None:
    raw = {"x-amz-sns-rawdelivery": "true", "x-amz-sns-message-type": "Notification"}
    for allowed, address, status in (
        (False, f"/alerts/aws?token={SECRET}", 401),
        (True, "/alerts/aws?token=forged", 401),
        (True, "/alerts/aws", 401),
        (True, f"/alerts/aws?token={SECRET}", 202),
        (True, f"/alerts/aws/{SECRET}", 202),
    ):
        client = employed(house, aws=SNS | {"verify": SNS["verify"] | {"raw": allowed}})  # type: ignore[operator]
        assert client.post(address, content=as_body(ALARM), headers=raw).status_code == status
    assert [row.title for row in house.desk.rows(IncidentRow)] == ["disk"]


class Called:
    """An Amazon that is called to confirm, with these answers in turn."""

    def __init__(self, *statuses: int, machine: str = "8.8.8.8") -> None:
        self.statuses, self.machine, self.asked = list(statuses), machine, list[str]()

    async def confirm(self, house: House) -> int:
        async def resolve(_host: str, _port: int) -> Sequence[str]:
            return [self.machine]

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(f"{request.headers['Host']}{request.url.raw_path.decode()}")
            return httpx.Response(self.statuses.pop(0), headers={"Location": "http://127.0.0.1/"})

        with within(house.surroundings):
            return await confirm_subscriptions(Guard(transport=httpx.MockTransport(answer), resolve=resolve))


def subscribed(house: House, **changes: Any) -> dict[str, Any]:
    """A topic asks, and is answered at once; nothing was called yet."""
    client = employed(house, aws=SNS)
    message = Sns().subscription(house.clock(), **changes)
    answer = client.post("/alerts/aws", content=as_body(message))
    assert answer.status_code == (401 if changes else 202)
    return message


async def test_a_subscription_is_confirmed_after_the_request_and_once(house: House) -> None:
    message, called = subscribed(house), Called(200)
    assert [await called.confirm(house) for _ in range(2)] == [1, 0]
    assert called.asked == [message["SubscribeURL"].removeprefix("https://")]
    (row,) = house.desk.rows(SubscriptionRow)
    assert (row.confirmed_at, row.due_at) == (house.clock(), None)


async def test_a_confirmation_that_fails_is_tried_again_later(house: House) -> None:
    subscribed(house)
    called = Called(503, 200)
    assert await called.confirm(house) == 0
    assert await called.confirm(house) == 0
    house.clock.forward(seconds=2)
    assert await called.confirm(house) == 1
    assert len(called.asked) == 2


@pytest.mark.parametrize(
    ("called", "said"),
    [
        pytest.param(Called(machine="169.254.169.254"), "private network", id="in our own network"),
        pytest.param(Called(302), "redirects are not followed", id="elsewhere"),
        pytest.param(Called(404), "HTTP 404", id="nowhere"),
    ],
)
async def test_what_leads_elsewhere_is_not_followed_and_not_tried_again(
    house: House, called: Called, said: str
) -> None:
    subscribed(house)
    assert await called.confirm(house) == 0
    (row,) = house.desk.rows(SubscriptionRow)
    assert row.due_at is None
    assert said in row.problem


async def test_a_topic_that_was_taken_out_of_the_configuration_meanwhile_is_not_confirmed(
    house: House,
) -> None:
    subscribed(house)
    house.employ(sources={"aws": {"dialect": "generic"}})
    called = Called(200)
    assert (await called.confirm(house), called.asked) == (0, [])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"TopicArn": TOPIC + "2"}, id="another topic"),
        pytest.param({"SubscribeURL": "http://169.254.169.254/latest/"}, id="the address of a stranger"),
    ],
)
async def test_only_an_allowed_topic_at_an_allowed_host_is_confirmed(
    house: House, changes: dict[str, Any]
) -> None:
    subscribed(house, **changes)
    assert house.desk.rows(SubscriptionRow) == []


async def test_a_forged_subscription_is_not_confirmed(house: House) -> None:
    client = employed(house, aws=SNS)
    message = Sns().subscription(house.clock()) | {"Message": "another text"}
    assert client.post("/alerts/aws", content=as_body(message)).status_code == 401
    assert house.desk.rows(SubscriptionRow) == []


async def test_the_keys_of_signed_deliveries_are_forgotten_when_they_have_expired(house: House) -> None:
    client = employed(house, aws=SNS)
    client.post("/alerts/aws", content=as_body(Sns().notification(ALARM, house.clock())))
    for hours, left in ((0, 1), (2, 0)):
        house.clock.forward(hours=hours)
        with within(house.surroundings):
            await forget_expired()
        assert len(house.desk.rows(TakenRow)) == left
