"""Can people see on the command line which contacts work, and try them out?"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from incident.contacts import Address, addresses
from ledger.configurations import accept_configuration
from ledger.notification_tables import VerificationRow
from ledger.verifications import owe_verification, verification_failed, verification_sent, verified_addresses
from service.cli.verifying import became, verify
from tests.incident.organisations import SMALL, organisation
from tests.service.cli.terminal import ConnectedTerminal

ALICE = {"name": "Alice", "contacts": [{"via": "mail", "to": "alice@example.org"}, {"via": "console"}]}
FIRM = organisation(people=SMALL["people"] | {"alice": ALICE})
NONE = timedelta()
"""Patience."""
HERS = Address("alice", "mail", "alice@example.org")


@pytest.fixture
def desk(terminal: ConnectedTerminal) -> ConnectedTerminal:
    """A terminal in a firm in which alice has two contacts."""
    terminal.ledger.write(accept_configuration, FIRM, datetime.now(UTC))
    return terminal


def asked(desk: ConnectedTerminal, code: str = "042042") -> int:
    """A test message to alice is owed."""
    contact = addresses(FIRM, "alice")[HERS]
    owe = partial(owe_verification, by="bob", now=datetime.now(UTC))
    return desk.ledger.write(owe, HERS, contact, code)


def by_person(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["person"], line["method"]) for line in found]


def test_every_contact_is_listed(desk: ConnectedTerminal) -> None:
    everybody = desk.json("contacts", "list", "--json")
    assert by_person(everybody) == [("alice", "mail"), ("alice", "console"), ("bob", "mail")]
    assert set(everybody[0]) == {"person", "method", "via", "verified_at", "tested_at", "problem"}
    assert by_person(desk.json("contacts", "list", "bob", "--json")) == [("bob", "mail")]
    assert "'zoe' is not under people:" in desk.fails("contacts", "list", "zoe")


@pytest.mark.parametrize(
    ("then", "said"),
    [
        pytest.param(None, "alice: mail: not verified", id="before it is sent"),
        pytest.param("sent", "not verified; a test message was sent at 20", id="when it was sent"),
        pytest.param("failed", "the test message could not be sent: unknown number", id="when it failed"),
        pytest.param("confirmed", "alice: mail: verified on 20", id="when somebody confirmed"),
    ],
)
def test_the_list_says_how_far_a_contact_is(desk: ConnectedTerminal, then: str | None, said: str) -> None:
    number = asked(desk)
    match then:
        case "sent":
            desk.ledger.write(verification_sent, number, datetime.now(UTC))
        case "failed":
            desk.ledger.write(verification_failed, number, "unknown number")
        case "confirmed":
            desk.run("contacts", "confirm", "alice", "042042")
    assert said in desk.run("contacts", "list", "alice").stdout.splitlines()[0]


def test_a_test_message_to_each_contact_is_owed(desk: ConnectedTerminal) -> None:
    said = list(verify("alice", None, "bob", patience=NONE))
    assert said == [
        "mail: not sent yet; the system sends it as soon as it runs",
        "console: not sent yet; the system sends it as soon as it runs",
        "confirm with `incident contacts confirm alice CODE`, or by the link in the message",
    ]
    rows = desk.desk.rows(VerificationRow)
    assert [(row.person, row.via, row.asked_by) for row in rows] == [
        ("alice", "mail", "bob"),
        ("alice", "console", "bob"),
    ]
    assert all(len(row.code) == 6 and row.code not in "".join(said) for row in rows)


def test_one_contact_can_be_chosen(desk: ConnectedTerminal) -> None:
    list(verify("alice", "mail", "bob", patience=NONE))
    assert [row.method for row in desk.desk.rows(VerificationRow)] == ["mail"]
    unknown = desk.fails("contacts", "verify", "alice", "--by", "fax", "--as", "bob")
    assert unknown == "alice has no contact 'fax'; known: mail, console"


def test_it_says_what_became_of_a_message(desk: ConnectedTerminal) -> None:
    sent, failed = asked(desk), asked(desk)
    desk.ledger.write(verification_sent, sent, datetime.now(UTC))
    desk.ledger.write(verification_failed, failed, "unknown number")
    assert became(desk.ledger, sent, 0) == "a test message was sent"
    assert became(desk.ledger, failed, 0) == "could not be sent: unknown number"


def test_a_code_confirms_its_contact(desk: ConnectedTerminal) -> None:
    asked(desk)
    assert desk.run("contacts", "confirm", "alice", "042042").stdout.strip() == "mail of alice is verified"
    assert desk.ledger.read(verified_addresses) == {HERS}
    assert "no test message of the last day to alice says '1'" in desk.fails(
        "contacts", "confirm", "alice", "1"
    )
