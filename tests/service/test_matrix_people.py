"""Is whoever speaks in Matrix who an invitation would have reached, and nobody else?"""

from typing import Any

import pytest

from blocks import MatrixChat
from service.matrix_listening import Listener
from service.matrix_people import person_of, with_people
from tests.incident.organisations import organisation

CONNECTIONS = {
    "mail": {"type": "smtp-mail"},
    "ops": {"type": "matrix-chat"},
    "dm": {"type": "matrix-pager"},
}
MEMBERS = {"dora@example.org": "@theodora:other.example"}


def person(**fields: Any) -> dict[str, Any]:
    return {"name": "Somebody", **fields}


PEOPLE = {
    "alice": person(contacts=[{"via": "dm", "to": "@al:example.org"}]),
    "bob": person(email="bob@example.org"),
    "carol": person(email="carol@example.org", known_as={"ops": "@c.jones:example.org"}),
    "dora": person(email="dora@example.org"),
    "erin": person(),
    "sam": person(email="sam@example.org"),
    "sammy": person(email="sam@example.com"),
}
KNOWN = {
    "by the contact that their pages go to": ("@al:example.org", "alice"),
    "by the name in their mail address": ("@bob:example.org", "bob"),
    "by what stands under known_as": ("@c.jones:example.org", "carol"),
    "by the members of the connection": ("@theodora:other.example", "dora"),
    "by their name here": ("@erin:example.org", "erin"),
}
UNKNOWN = {
    "of the same name on another server": "@bob:other.example",
    "who has the name of somebody that is known by another one": "@carol:example.org",
    "whose name here belongs to a member elsewhere": "@dora:example.org",
    "who could be two people": "@sam:example.org",
    "whom nobody has written down": "@eve:example.org",
}


@pytest.fixture(scope="module")
def listener() -> Listener:
    chat = MatrixChat(homeserver="https://matrix.example.org", token="t", members=MEMBERS)
    return Listener("ops", chat, frozenset({"@incidents:example.org"}))


def ours() -> Any:
    return organisation(people=PEOPLE, connections=CONNECTIONS, teams={}, schedules={}, policies=POLICIES)


POLICIES = {"checkout": {"levels": [{"targets": [{"person": "alice"}]}]}}


@pytest.mark.parametrize(("user", "key"), KNOWN.values(), ids=KNOWN)
def test_somebody_is_known(listener: Listener, user: str, key: str) -> None:
    assert person_of(listener, ours(), user) == key


@pytest.mark.parametrize("user", UNKNOWN.values(), ids=UNKNOWN)
def test_nobody_is_taken_for_somebody_else(listener: Listener, user: str) -> None:
    assert person_of(listener, ours(), user) is None


def test_people_who_are_named_by_their_id_are_named_by_their_key(listener: Listener) -> None:
    said = "role tech-lead @bob:example.org, not @eve:example.org or bob@example.org"
    assert with_people(listener, ours(), said) == (
        "role tech-lead @bob, not @eve:example.org or bob@example.org"
    )
