"""Are a person's contacts tried in their order, and is it known which of them nobody has tried out?"""

from typing import Any

import pytest

from incident.contacts import Address, check_rules, check_verified, usable_contacts
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


WAYS = {"contacts": [HOOK, MAIL, {"via": "console"}], "email": "work@example.org"}


@pytest.mark.parametrize(
    ("verified", "reported"),
    [
        pytest.param([], ["people.alice.contacts.0", "people.alice.contacts.1"], id="all but the terminal"),
        pytest.param(
            [Address("alice", "webhook", "hook")],
            ["people.alice.contacts.1"],
            id="those that are not verified",
        ),
        pytest.param(
            [Address("alice", "webhook", "old hook"), Address("alice", "mail", "work@example.org")],
            ["people.alice.contacts.0"],
            id="those whose address changed since",
        ),
        pytest.param(
            [Address("bob", "webhook", "hook"), Address("alice", "mail", "work@example.org")],
            ["people.alice.contacts.0"],
            id="those that only somebody else has verified",
        ),
    ],
)
def test_unverified_contacts_are_reported(verified: list[Address], reported: list[str]) -> None:
    acme = organisation(people={"alice": {"name": "Alice"} | WAYS}, connections=CONNECTIONS)

    found = list(check_verified(acme, verified))

    assert [".".join(map(str, finding.place)) for finding in found] == reported
    assert not any(finding.fatal for finding in found)
    assert "`incident contacts verify alice`" in found[0].message


def test_the_mail_that_comes_last_is_reported_where_it_stands() -> None:
    acme = organisation(people={"alice": {"name": "Alice", "email": "a@b"}})

    assert [finding.place for finding in check_verified(acme, ())] == [("people", "alice", "email")]


@pytest.mark.parametrize(
    ("person", "place", "message"),
    [
        pytest.param(
            {"contacts": [HOOK], "rules": {"high": [{"by": "webhook"}, {"by": "webhok", "after": "2m"}]}},
            "people.alice.rules.high.1.by",
            "'webhok' is not under contacts:; did you mean webhook? known: webhook",
            id="a rule by a contact that is not there",
        ),
        pytest.param(
            {"contacts": [HOOK], "rules": {"low": [{"by": "webhook", "after": "2m"}]}},
            "people.alice.rules.low.0",
            "nothing is sent at once: webhook after 2m; by then the level may be over, so give one no after:",
            id="rules of which none is at once",
        ),
        pytest.param(
            {"contacts": [HOOK, {"via": "webhook", "to": "other"}]},
            "people.alice.contacts.1",
            "is another contact called webhook; give it a name: of its own to use it",
            id="two contacts of one name",
        ),
    ],
)
def test_rules_that_cannot_work_are_reported(person: dict[str, Any], place: str, message: str) -> None:
    acme = organisation(people={"alice": {"name": "Alice"} | person}, connections=CONNECTIONS)

    (finding,) = check_rules(acme)

    assert (".".join(map(str, finding.place)), finding.message) == (place, message)


def test_rules_may_name_a_contact_by_its_own_name_and_the_mail_that_comes_last() -> None:
    contacts = [HOOK, {"via": "webhook", "to": "other", "name": "second"}]
    rules = {"low": [{"by": "second"}, {"by": "mail", "after": "1h"}]}
    alice = {"name": "Alice", "email": "a@b", "contacts": contacts, "rules": rules}

    assert list(check_rules(organisation(people={"alice": alice}, connections=CONNECTIONS))) == []
