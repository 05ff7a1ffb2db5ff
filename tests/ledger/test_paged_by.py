"""Is a page found again by the message that brought it?"""

import pytest

from ledger.notifications import notification_sent, take_due
from ledger.paged_by import is_room_of_pages, pages_of_message
from tests.ledger.desk import START, Desk

VIA = ("console",)


@pytest.fixture
def paged(desk: Desk) -> Desk:
    """Alice was paged, in a room."""
    desk.open()
    desk.climb(0)
    desk.ledger.write(take_due, 1, START)
    desk.ledger.write(notification_sent, 1, "!room/$page", START)
    return desk


def test_by_its_connection_and_its_id(paged: Desk) -> None:
    assert paged.ledger.read(pages_of_message, VIA, "!room/$page") == (1,)
    assert paged.ledger.read(pages_of_message, ("mail",), "!room/$page") == ()
    assert paged.ledger.read(pages_of_message, (), "!room/$page") == ()
    assert paged.ledger.read(pages_of_message, VIA, "!room/$other") == ()


@pytest.mark.parametrize(
    ("room", "known"),
    [
        ("!room", True),
        ("!roo", False),
        ("!rooms", False),
        ("!room/$page", False),
        ("!r__m", False),
        ("", False),
    ],
)
def test_a_room_is_known_by_the_pages_in_it(paged: Desk, *, room: str, known: bool) -> None:
    assert paged.ledger.read(is_room_of_pages, VIA, room) is known
    assert not paged.ledger.read(is_room_of_pages, ("mail",), room)
