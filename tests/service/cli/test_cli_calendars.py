"""What does the command line say about calendars?"""

import pytest

from incident.publication import CalendarOf
from tasks.links import Links
from tests.service.cli.terminal import ConnectedTerminal

BASE_URL = "http://127.0.0.1:8080"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("INCIDENT_SIGNING_KEY", "a key of this test")
    return "a key of this test"


def test_the_address_of_a_calendar_is_one_that_the_system_accepts(
    terminal: ConnectedTerminal, key: str
) -> None:
    url = terminal.run("oncall", "feed", "--person", "bob").stdout.strip()

    path, _, token = url.partition("?token=")
    assert path == f"{BASE_URL}/calendars/person/bob.ics"
    Links(BASE_URL, key).check_feed(token, CalendarOf.PERSON, "bob")


def test_programs_get_the_address_with_what_it_is_for(terminal: ConnectedTerminal, key: str) -> None:
    assert terminal.json("oncall", "feed", "--schedule", "primary", "--json") == {
        "schedule": "primary",
        "person": None,
        "url": Links(BASE_URL, key).feed(CalendarOf.SCHEDULE, "primary"),
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--person", "eve"), "'eve' is not under people:; known: alice, bob"),
        (("--schedule", "bob"), "'bob' is not under schedules:; known: primary"),
    ],
)
def test_there_is_no_address_for_nobody(
    terminal: ConnectedTerminal, key: str, options: tuple[str, str], sentence: str
) -> None:
    assert terminal.fails("oncall", "feed", *options) == sentence


def test_without_the_key_nothing_is_signed(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INCIDENT_SIGNING_KEY", raising=False)

    assert terminal.fails("oncall", "feed", "--person", "bob") == (
        "INCIDENT_SIGNING_KEY is not set, and PREFECT_API_URL, where it is kept, is not known here"
    )


@pytest.mark.parametrize("options", [(), ("--person", "bob", "--schedule", "primary")], ids=["none", "both"])
def test_one_calendar_has_to_be_named(terminal: ConnectedTerminal, options: tuple[str, ...]) -> None:
    assert terminal.run("oncall", "feed", *options).exit_code == 2
