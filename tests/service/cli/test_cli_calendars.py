"""What does the command line say about calendars?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from incident.foreign_calendar import Imported
from incident.publication import CalendarOf
from ledger.calendar_tables import ForeignCalendarRow
from ledger.configurations import accept_configuration
from tasks.links import Links
from tests.incident.organisations import organisation
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


TODAY = datetime.now(UTC).replace(microsecond=0)  # seconds and all
DAY = timedelta(days=1)


def keep(session: Session, whose: CalendarOf, name: str, **known: Any) -> None:
    plain = {"settings": "", "next_at": TODAY + DAY, "read_at": TODAY}
    session.add(ForeignCalendarRow(whose=whose, name=name, **plain | known))


@pytest.fixture
def vacation(terminal: ConnectedTerminal) -> ConnectedTerminal:
    """Bob is on call for good, and away in two days."""
    layers = [{"users": ["bob"]}, {"users": ["alice"], "priority": -1}]
    rota = organisation(schedules={"primary": {"timezone": "UTC", "layers": layers}})
    terminal.ledger.write(accept_configuration, rota, datetime.now(UTC))
    beach = Imported(start=TODAY + 2 * DAY, end=TODAY + 3 * DAY, people=("bob",), summary="Beach")
    terminal.ledger.write(keep, CalendarOf.PERSON, "bob", entries=(beach,))
    return terminal


def test_a_shift_of_somebody_who_is_away_is_told_with_the_command_that_covers_it(
    vacation: ConnectedTerminal,
) -> None:
    finding, command = vacation.run("oncall", "vacations").stdout.splitlines()

    assert finding.startswith("primary: bob is on call from ")
    assert finding.endswith(
        "and away (Beach); alice could stand in: the only one who can, with 0 h on call there"
    )
    done = vacation.run(*command.split()[1:], "--as", "bob")
    assert done.exit_code == 0, done.output
    assert vacation.run("oncall", "vacations").stdout == "nobody is on call while they are away\n"


def test_programs_read_the_shifts_of_who_is_away(vacation: ConnectedTerminal) -> None:
    (found,) = vacation.json("oncall", "vacations", "--json")

    assert found.pop("reason")
    assert {key: datetime.fromisoformat(found.pop(key)) for key in ("start", "end")} == {
        "start": TODAY + 2 * DAY,
        "end": TODAY + 3 * DAY,
    }
    assert found == {"schedule": "primary", "person": "bob", "vacation": "Beach", "stand_in": "alice"}


def test_without_vacations_there_is_nothing_to_tell(terminal: ConnectedTerminal) -> None:
    assert terminal.run("oncall", "vacations").stdout == "nobody is on call while they are away\n"


def test_calendars_of_others_are_shown_with_their_troubles(terminal: ConnectedTerminal) -> None:
    remark = "'Party' names nobody under people:"
    trouble = {"read_at": None, "problem": "HTTP 404 Not Found"}
    terminal.ledger.write(keep, CalendarOf.SCHEDULE, "primary", remarks=(remark,))
    terminal.ledger.write(keep, CalendarOf.PERSON, "bob", **trouble)

    assert terminal.run("oncall", "imports").stdout.splitlines() == [
        f"schedule primary: 0 events to come, read {TODAY:%a %d %b %H:%M UTC}",
        "person bob: not read yet",
        "the calendar of person bob: it was never read: HTTP 404 Not Found",
        f"the calendar of schedule primary: {remark}",
    ]


def test_programs_read_of_calendars_of_others(terminal: ConnectedTerminal) -> None:
    terminal.ledger.write(keep, CalendarOf.SCHEDULE, "primary")
    before = datetime.now(UTC)
    (found,) = terminal.json("oncall", "imports", "--json")

    assert before - TODAY <= timedelta(seconds=found.pop("age_seconds")) <= datetime.now(UTC) - TODAY
    assert datetime.fromisoformat(found.pop("read_at")) == TODAY
    assert found == {"whose": "schedule", "name": "primary", "events": 0, "problem": "", "remarks": []}


def test_without_calendars_of_others_there_is_none_to_show(terminal: ConnectedTerminal) -> None:
    assert terminal.run("oncall", "imports").stdout == "no calendar is imported\n"
