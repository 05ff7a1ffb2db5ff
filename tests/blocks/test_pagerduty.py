"""Does PagerDuty get what its API descriptions ask for, and is its answer understood?"""

import httpx
import pytest

from blocks import PagerDutyPager, PagerDutySchedules
from blocks.interfaces import Delivery, DeliveryState
from incident.severity import Severity
from tests.blocks.published import Obeying, Scripted, obeying
from tests.blocks.rig_pagerduty import PAGER, ROUTING_KEY, TOKEN
from tests.blocks.rigs import PAGE, StoppedClock

HOSTS = {"events.pagerduty.com": "pdevents", "api.pagerduty.com": "pagerduty"}


def pager(transport: httpx.AsyncBaseTransport, **settings: str) -> PagerDutyPager:
    block = PagerDutyPager(**{"routing_key": ROUTING_KEY, "api_token": TOKEN, **settings})
    block._transport, block._clock = transport, StoppedClock()
    return block


def saying(found: dict[str, object]) -> Scripted:
    return lambda _: httpx.Response(200, json=found)


@pytest.fixture
def vendor() -> Obeying:
    return obeying(HOSTS)


class TestByThePublishedDescription:
    @pytest.mark.parametrize("method", PAGER.calls)
    async def test_every_request_is_allowed(self, vendor: Obeying, method: str) -> None:
        await PAGER.calls[method](pager(vendor))
        assert vendor.requests

    async def test_the_example_of_schedules_is_understood(self, vendor: Obeying) -> None:
        block = PagerDutySchedules(api_token=TOKEN)
        block._transport = vendor
        assert await block.on_call("PI7DH85")


async def test_a_page_is_an_alert_with_the_key_of_the_page(vendor: Obeying) -> None:
    receipt = await pager(vendor).deliver("ann", PAGE)
    event = vendor.body()
    assert receipt.provider_id == event["dedup_key"] == PAGE.key
    assert (event["event_action"], event["payload"]["severity"]) == ("trigger", "critical")
    assert event["links"][0] == {"href": PAGE.acknowledge_url, "text": "Acknowledge"}


async def test_a_long_subject_is_cut_to_what_is_taken(vendor: Obeying) -> None:
    await pager(vendor).deliver("ann", PAGE.model_copy(update={"subject": "x" * 2000}))
    assert len(vendor.body()["payload"]["summary"]) == 1024


@pytest.mark.parametrize(
    ("severity", "word"),
    [(Severity.CRITICAL, "critical"), (Severity.MAJOR, "error"), (Severity.MINOR, "warning")],
)
async def test_the_severity_is_told_in_their_words(vendor: Obeying, severity: Severity, word: str) -> None:
    await pager(vendor).deliver("ann", PAGE.model_copy(update={"severity": severity}))
    assert vendor.body()["payload"]["severity"] == word


async def test_a_message_wakes_nobody(vendor: Obeying) -> None:
    await pager(vendor).send("ann", "INC-42/update/1/ann", "Update", "We are looking.")
    assert vendor.sent() == [("POST", "/v2/change/enqueue")]


async def test_an_account_in_europe_is_asked_in_europe() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return PAGER.friendly(request)

    block = pager(httpx.MockTransport(answer), region="eu")
    await block.deliver("ann", PAGE)
    await block.follow(PAGE.key)
    assert asked == ["events.eu.pagerduty.com", "api.eu.pagerduty.com"]


ANN = {"summary": "Ann", "email": "ann@example.com"}
FATES = {
    "it has made no incident yet": ([], Delivery(state=DeliveryState.SENT)),
    "nobody has answered": (
        [{"status": "triggered"}],
        Delivery(state=DeliveryState.DELIVERED, detail="triggered"),
    ),
    "somebody acknowledged there": (
        [{"status": "acknowledged", "acknowledgements": [{"acknowledger": ANN}]}],
        Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by="ann@example.com", detail="acknowledged"),
    ),
    "somebody resolved it there at once": (
        [{"status": "resolved", "last_status_change_by": {"summary": "Ann"}}],
        Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by="Ann", detail="resolved"),
    ),
}


@pytest.mark.parametrize(("incidents", "fate"), FATES.values(), ids=FATES)
async def test_what_became_of_a_page_is_read_there(incidents: list[object], fate: Delivery) -> None:
    transport = obeying(HOSTS, saying({"incidents": incidents}))
    assert await pager(transport).follow(PAGE.key) == fate
    assert transport.requests[0].url.params["incident_key"] == PAGE.key


async def test_without_a_token_it_cannot_tell() -> None:
    assert await PagerDutyPager(routing_key=ROUTING_KEY).follow(PAGE.key) is None


async def test_people_on_call_are_named_once_in_their_order() -> None:
    oncalls = [
        {"user": {"summary": "Bob"}, "escalation_level": 2},
        {"user": ANN, "escalation_level": 1},
        {"user": ANN, "escalation_level": 1},
    ]
    block = PagerDutySchedules(api_token=TOKEN)
    block._transport = obeying(HOSTS, saying({"oncalls": oncalls}))
    assert await block.on_call("PI7DH85") == ("ann@example.com", "Bob")
