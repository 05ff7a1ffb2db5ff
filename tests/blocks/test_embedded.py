"""Do the built-in connections give ids and links that a re-run gives again?"""

import pytest

from blocks import BuiltInChat, BuiltInStatusPage, BuiltInTracker, JitsiVideo
from blocks.interfaces import Connection, Repeat, StatusUpdate, TicketFields
from blocks.keys import incident_of
from incident.severity import Severity
from incident.story import UpdateState

BASE = "https://incidents.example.com"
PAGE_OF_42 = f"{BASE}/incidents/INC-42"
TICKET = TicketFields(
    key="INC-42", summary="Error rate", description="", service="checkout", severity=Severity.MAJOR
)
UPDATE = StatusUpdate(
    incident="INC-42",
    title="Checkout",
    body="We are looking.",
    state=UpdateState.INVESTIGATING,
    severity=Severity.MAJOR,
    service="checkout",
)


@pytest.mark.parametrize("base_url", [BASE, f"{BASE}/"])
async def test_the_ticket_is_the_incident_itself(base_url: str) -> None:
    ticket = await BuiltInTracker(base_url=base_url).create(TICKET)
    assert (ticket.id, ticket.url) == ("INC-42", PAGE_OF_42)


async def test_the_room_is_the_incident_s_page() -> None:
    room = await BuiltInChat(base_url=BASE).create_room("INC-42/room", "inc-42-checkout", "Severity 2")
    assert (room.id, room.url) == ("INC-42", PAGE_OF_42)


async def test_every_other_wish_of_the_room_is_granted_without_a_call() -> None:
    chat = BuiltInChat(base_url=BASE)
    post = await chat.post("INC-42/post/1", "INC-42", "Somebody is on it.")
    await chat.set_topic("INC-42", "Severity 1")
    await chat.invite("INC-42", "ann@example.com")
    await chat.pin("INC-42", post.id)
    await chat.restore_status("ann@example.com", await chat.set_status("ann@example.com", "INC-42"))
    await chat.archive("INC-42")
    assert post.id == "INC-42/post/1"


async def test_the_ticket_takes_changes_and_its_end_without_a_call() -> None:
    tracker = BuiltInTracker(base_url=BASE)
    await tracker.update("INC-42", TICKET, "Severity is 1 now.")
    await tracker.close("INC-42", "Restored.")


async def test_the_status_page_is_ours() -> None:
    page = BuiltInStatusPage(base_url=BASE)
    assert await page.open("INC-42/status/1", UPDATE) == "INC-42"
    await page.update("INC-42/status/2", "INC-42", UPDATE)
    await page.resolve("INC-42/status/3", "INC-42", UPDATE)
    assert page.url == f"{BASE}/status"


async def test_a_secret_gives_every_process_the_same_room() -> None:
    one, other = [await JitsiVideo(secret="s").create_call("INC-42/call", "Checkout") for _ in range(2)]
    assert one == other


async def test_nobody_can_guess_a_room_without_the_secret() -> None:
    rooms = {(await JitsiVideo().create_call("INC-42/call", "Checkout")).url for _ in range(2)}
    rooms |= {(await JitsiVideo(secret=secret).create_call("INC-42/call", "")).url for secret in ("a", "b")}
    assert len(rooms) == 4
    for url in rooms:
        prefix, _, room = url.rpartition("/")
        assert prefix == "https://meet.jit.si"
        assert room.startswith("INC-42-")
        assert len(bytes.fromhex(room.removeprefix("INC-42-"))) == 16


async def test_a_room_can_be_on_a_server_of_one_s_own() -> None:
    call = await JitsiVideo(server="https://meet.example.com/", secret="s").create_call("INC-42/call", "")
    assert call.url == f"https://meet.example.com/{call.id}"


@pytest.mark.parametrize("block", [BuiltInTracker, BuiltInChat, BuiltInStatusPage, JitsiVideo])
def test_repeating_a_built_in_call_is_safe(block: type[Connection]) -> None:
    assert block.repeat is Repeat.SAFE


@pytest.mark.parametrize(
    ("key", "incident"),
    [
        pytest.param("INC-42", "INC-42", id="the incident's own key"),
        pytest.param("INC-42/room", "INC-42", id="an effect's key"),
        pytest.param("page:OPS2-7:ann", "OPS2-7", id="a key that has it in the middle"),
        pytest.param("INC-42/page/UTF-8", "INC-42", id="the first one counts"),
        pytest.param("nothing", "nothing", id="a key without one is given back"),
        pytest.param("xINC-42y", "xINC-42y", id="a part of a longer word is none"),
    ],
)
def test_which_incident_a_key_belongs_to(key: str, incident: str) -> None:
    assert incident_of(key) == incident
