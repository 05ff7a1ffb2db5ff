"""What became of a page at its provider, and whom does it mean?"""

from itertools import product

import pytest

from incident.delivery import DeliveryState, acknowledged_by, is_news
from incident.following import LOOKS, next_look
from tests.incident.organisations import organisation
from tests.incident.test_notification import NIGHT

PEOPLE = {
    "alice": {"name": "Alice Rossi", "email": "alice@example.org"},
    "bob": {"name": "Bob", "contacts": [{"via": "chat", "to": "@bob:example.org"}]},
    "sam": {"name": "Sam"},
    "sam2": {"name": "Sam"},
}


@pytest.mark.parametrize(
    ("said", "who"),
    [
        pytest.param("ALICE@example.org", "alice", id="a mail address, in any case"),
        pytest.param("@bob:example.org", "bob", id="the address of a contact there"),
        pytest.param("Alice Rossi", "alice", id="the name that is shown there"),
        pytest.param("alice", "alice", id="the name here"),
        pytest.param("", "bob", id="whoever was paged, if it names nobody"),
        pytest.param("somebody else", "bob", id="whoever was paged, if nobody is known by it"),
        pytest.param("Sam", "bob", id="whoever was paged, if two are known by it"),
    ],
)
def test_a_provider_means(said: str, who: str) -> None:
    firm = organisation(people=PEOPLE, connections={"chat": {"type": "matrix-pager"}}, use={})
    assert acknowledged_by(firm, "chat", said, "bob") == who


def test_only_what_goes_further_is_news() -> None:
    news = {(known, said) for known, said in product(DeliveryState, DeliveryState) if is_news(known, said)}
    sent, delivered, failed, acknowledged = DeliveryState
    assert news == {
        (sent, delivered),
        (sent, failed),
        (sent, acknowledged),
        (delivered, failed),
        (delivered, acknowledged),
        (failed, acknowledged),
    }
    assert all(is_news(None, said) for said in DeliveryState)


def test_providers_are_asked_often_at_first_then_less_and_not_for_ever() -> None:
    looks = [next_look(NIGHT, number) for number in range(LOOKS + 1)]
    pauses = [(at - NIGHT).total_seconds() for at in looks if at]
    assert pauses[:7] == [5, 15, 30, 60, 120, 120, 120]
    assert looks[-1] is None
    assert 3600 < sum(pauses) < 2 * 3600
