"""Which connections can stand in for each other?"""

from typing import Any

import pytest

from blocks.catalogue import TYPES, problems_of
from blocks.interfaces import Channel
from blocks.second_providers import TELEPHONES, check_second_providers
from incident.limits import OF_VENDORS
from tests.incident.organisations import organisation


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"type": "twilio-text"}, {"type": "kannel-text"}, id="two ways to a telephone"),
        pytest.param({"block": "twilio-call/a"}, {"type": "twilio-text"}, id="a call and a text message"),
        pytest.param({"type": "smtp-mail"}, {"block": "smtp-mail/other"}, id="two of one type"),
    ],
)
def test_these_can(first: dict[str, Any], second: dict[str, Any]) -> None:
    firm = organisation(connections={"first": first | {"instead": "second"}, "second": second}, use={})
    assert [*check_second_providers(firm)] == []


def test_another_sort_of_address_is_told() -> None:
    connections = {"first": {"type": "smtp-mail", "instead": "second"}, "second": {"type": "twilio-text"}}
    (problem,) = check_second_providers(organisation(connections=connections, use={}))
    assert problem.startswith("connections.first.instead: second is a twilio-text, where the address of a ")


def test_what_pages_nobody_needs_no_second_provider() -> None:
    rooms = {name: {"block": f"slack-chat/{name}", "instead": "b" if name == "a" else None} for name in "ab"}
    (problem,) = problems_of(organisation(connections=rooms, use={}), {}, "http://localhost")
    assert problem.startswith("connections.a.instead: a is a slack-chat, which cannot do this")


def test_every_type_with_a_limit_or_a_telephone_is_a_channel() -> None:
    assert all(issubclass(TYPES[slug], Channel) for slug in (*OF_VENDORS, *TELEPHONES))
