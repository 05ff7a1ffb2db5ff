"""Is a speaker matched to one of `people:`, and never to two?"""

from typing import Any

import pytest

from incident.configuration import Configuration
from incident.identity import check_identities, digits, who
from incident.references import check_references
from tests.incident.organisations import organisation

CONNECTIONS = {
    "ops": {"type": "slack-chat"},
    "ops-dm": {"block": "slack-pager/ops-dm"},
    "matrix": {"type": "matrix-chat"},
    "text": {"type": "twilio-sms"},
    "mail": {"type": "smtp-mail"},
}
PEOPLE: dict[str, Any] = {
    "alice": {"name": "Alice", "email": "Alice@example.org", "known_as": {"ops": "U1"}},
    "bob": {
        "name": "Bob",
        "contacts": [{"via": "ops-dm", "to": "U2"}, {"via": "text", "to": "+39 333 12345"}],
    },
    "carol": {"name": "Carol", "contacts": [{"via": "ops-dm", "to": "carol@example.org"}]},
    "dave": {"name": "Dave", "email": "team@example.org"},
    "erin": {"name": "Erin", "email": "team@example.org"},
}


def firm() -> Configuration:
    return organisation(connections=CONNECTIONS, people=PEOPLE)


WHO: dict[str, tuple[tuple[str, str], dict[str, str], str | None]] = {
    "by the id under known_as": (("ops", "U1"), {}, "alice"),
    "an id of another connection is nobody's": (("matrix", "U1"), {}, None),
    "by the mail address, in any case": (("ops", "U9"), {"email": "ALICE@example.org"}, "alice"),
    "by the address of a contact over the same vendor": (("ops", "U2"), {}, "bob"),
    "not by a contact of another vendor": (("matrix", "U2"), {}, None),
    "by a contact's mail address at the same vendor": (
        ("ops", "U9"),
        {"email": "carol@example.org"},
        "carol",
    ),
    "known_as counts more than the mail address": (("ops", "U1"), {"email": "team@example.org"}, "alice"),
    "by telephone, however it is written": (("text", "+3933312345"), {"phone": "+3933312345"}, "bob"),
    "by telephone with the international prefix": (("text", "x"), {"phone": "0039 333-12345"}, "bob"),
    "two people with one address are nobody": (("ops", "U9"), {"email": "team@example.org"}, None),
    "nobody is nobody": (("ops", ""), {}, None),
}


@pytest.mark.parametrize(("known", "more", "person"), WHO.values(), ids=WHO)
def test_a_speaker_is(known: tuple[str, str], more: dict[str, str], person: str | None) -> None:
    assert who(firm(), *known, **more) == person


NUMBERS = {
    "+39 333 1234567": "393331234567",
    "0039-333-1234567": "393331234567",
    "(+39) 333 1234567": "393331234567",
    "393331234567": "393331234567",
    "4242": "",
    "ALERTS": "",
    "": "",
}


@pytest.mark.parametrize(("written", "bare"), NUMBERS.items(), ids=NUMBERS)
def test_a_number_is_its_digits(written: str, bare: str) -> None:
    assert digits(written) == bare


def test_one_id_for_two_people_is_found_before_anybody_speaks() -> None:
    people = PEOPLE | {"frank": {"name": "Frank", "known_as": {"ops": "U1"}}}
    (finding,) = check_identities(organisation(connections=CONNECTIONS, people=people))
    assert finding.place == ("people", "frank", "known_as", "ops")
    assert finding.message == "U1 is alice already; one of the two is wrong"


def test_a_connection_that_is_not_there_is_found() -> None:
    people = PEOPLE | {"frank": {"name": "Frank", "known_as": {"slck": "U7"}}}
    messages = [
        each.message
        for each in check_references(organisation(connections=CONNECTIONS, people=people))
        if each.place == ("people", "frank", "known_as", "slck")
    ]
    assert len(messages) == 1
    assert "not under connections:" in messages[0]
