"""Are a person's contacts tried in their order, with the organisation's mail as the last one?"""

from typing import Any

import pytest

from incident.contacts import usable_contacts
from tests.incident.organisations import SMALL, organisation

CONNECTIONS = SMALL["connections"] | {"webhook": {"type": "webhook"}}
HOOK, MAIL = {"via": "webhook", "to": "hook"}, {"via": "mail", "to": "work@example.org"}


@pytest.mark.parametrize(
    ("person", "tried"),
    [
        pytest.param(
            {"contacts": [HOOK, {"via": "console"}]}, ["webhook: hook", "console: "], id="in their order"
        ),
        pytest.param(
            {"contacts": [HOOK], "email": "a@b"}, ["webhook: hook", "mail: a@b"], id="mail comes last"
        ),
        pytest.param({"email": "a@b"}, ["mail: a@b"], id="mail alone"),
        pytest.param(
            {"contacts": [MAIL, HOOK], "email": "a@b"},
            ["mail: work@example.org", "webhook: hook"],
            id="mail is not sent twice",
        ),
        pytest.param(
            {"contacts": [{"via": "pigeon"}, HOOK]},
            ["webhook: hook"],
            id="unknown connections are passed over",
        ),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_the_contacts_of_a_person(person: dict[str, Any], tried: list[str]) -> None:
    acme = organisation(people={"alice": {"name": "Alice"} | person}, connections=CONNECTIONS)

    contacts = usable_contacts(acme, acme.people["alice"])

    assert [f"{contact.via}: {contact.to}" for contact in contacts] == tried


@pytest.mark.parametrize(
    "use", [{}, {"mail": "gone"}], ids=["no connection for mail", "one that does not exist"]
)
def test_an_address_needs_a_connection_for_mail(use: dict[str, str]) -> None:
    acme = organisation(people={"alice": {"name": "Alice", "email": "a@b"}}, use=use)

    assert usable_contacts(acme, acme.people["alice"]) == ()
