"""Does `incident oncall fairness` show who carries how much, and what to change?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from incident.foreign_calendar import Imported
from incident.publication import CalendarOf
from ledger.calendar_tables import ForeignCalendarRow
from ledger.configurations import accept_configuration
from tests.incident.organisations import SOUND, organisation
from tests.service.cli.terminal import ConnectedTerminal, Terminal

UNEVEN = """\
schedules:
  primary:
    timezone: UTC
    layers: [{users: [alice, alice, alice, bob], start: 2100-03-01T00:00Z, handoff: {unit: day}}]
organisation: {working_hours: {timezone: UTC, holidays: [2100-03-04]}}
"""
PERIOD = ("--from", "2100-03-01T00:00Z", "--to", "2100-03-09T00:00Z")


@pytest.fixture
def file(nowhere: Path) -> Path:
    file = nowhere / "incident.yaml"
    file.write_text(SOUND + UNEVEN)
    return file


@pytest.fixture
def alone(file: Path) -> Terminal:
    return Terminal()


def report(terminal: Terminal, *more: str) -> dict[str, Any]:
    (found,) = terminal.json("oncall", "fairness", *PERIOD, "--json", *more)
    return dict(found)


def test_programs_read_seconds_by_person_and_the_proposal(alone: Terminal) -> None:
    found = report(alone)
    assert (found["schedule"], found["from"], found["to"], found["gaps"]) == (
        "primary",
        "2100-03-01T00:00:00Z",
        "2100-03-09T00:00:00Z",
        0.0,
    )
    hour = 3600.0
    assert found["people"] == {
        "alice": {"total": 144 * hour, "nights": 54 * hour, "weekends": 48 * hour, "holidays": 0.0},
        "bob": {"total": 48 * hour, "nights": 18 * hour, "weekends": 0.0, "holidays": 24 * hour},
    }
    assert found["spread"]["total"] == 96 * hour
    (cover, *_) = found["proposal"]
    assert set(cover) == {"user", "with", "start", "end", "reason"}
    assert (cover["user"], cover["with"]) == ("alice", "bob")
    assert found["spread_after"]["total"] == 0.0


def test_people_read_a_table_in_hours_and_sentences(alone: Terminal) -> None:
    done = alone.run("oncall", "fairness", *PERIOD)
    assert done.stdout.splitlines()[:7] == [
        "primary, Mon 01 Mar 2100 00:00 to Tue 09 Mar 2100 00:00 UTC",
        "                    hours   nights weekends holidays",
        "alice                 144       54       48        0",
        "bob                    48       18        0       24",
        "difference             96       36       48       24",
        "difference after        0        0        0       24",
        "proposal:",
    ]
    assert done.stdout.splitlines()[7].startswith("  bob for alice, ")


def test_an_even_schedule_needs_no_proposal(alone: Terminal, file: Path) -> None:
    file.write_text(SOUND + UNEVEN.replace("alice, alice, alice, bob", "alice, bob"))
    last = alone.run("oncall", "fairness", *PERIOD).stdout.splitlines()[-1]
    assert last == "no exchange of shifts would make it more even"


def test_a_gap_is_counted(alone: Terminal, file: Path) -> None:
    file.write_text(SOUND + UNEVEN.replace("bob]", "[]]"))
    assert report(alone)["gaps"] == 48 * 3600.0
    assert "nobody is on call for 48 hours" in alone.run("oncall", "fairness", *PERIOD).stdout


def test_nights_are_those_where_people_live(alone: Terminal, file: Path) -> None:
    working_day = "{type: daily, start: '22:00', end: '07:00'}"
    rota = UNEVEN.replace("{unit: day}", "{unit: day}, restrictions: [" + working_day + "]")
    abroad = SOUND.replace("bob: {name: Bob,", "bob: {name: Bob, timezone: Asia/Tokyo,")
    file.write_text(abroad + rota)
    people = report(alone)["people"]
    assert people["alice"]["nights"] == people["alice"]["total"]
    assert people["bob"]["nights"] == 0.0


def test_holidays_are_those_where_people_live(alone: Terminal, file: Path) -> None:
    abroad = SOUND.replace("bob: {name: Bob,", "bob: {name: Bob, timezone: Africa/Abidjan,")
    file.write_text(
        abroad + UNEVEN.replace("organisation: {", "organisation: {holidays: {Africa/Abidjan: []}, ")
    )
    assert report(alone)["people"]["bob"]["holidays"] == 0.0


def test_nobody_gets_a_shift_while_on_call_elsewhere(alone: Terminal, file: Path) -> None:
    other = "  secondary: {timezone: UTC, layers: [{users: [bob]}]}\norganisation:"
    file.write_text(SOUND + UNEVEN.replace("organisation:", other))
    assert report(alone, "--schedule", "primary")["proposal"] == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param(
            ["--schedule", "night"], "'night' is not under schedules:; known: primary", id="no schedule"
        ),
        pytest.param(["--to", "soon"], "'soon' is no instant; write a time with an offset", id="no time"),
        pytest.param(
            ["--from", "2100-03-02T00:00Z", "--to", "2100-03-01T00:00Z"],
            "--to 2100-03-01T00:00Z does not come after the beginning; write a later time",
            id="backwards",
        ),
    ],
)
def test_a_question_that_has_no_answer_is_one_sentence(
    alone: Terminal, options: list[str], sentence: str
) -> None:
    assert alone.fails("oncall", "fairness", *options).startswith(sentence)


def test_the_system_answers_with_what_people_have_changed(terminal: ConnectedTerminal) -> None:
    month = ("--from", "2100-01-04T09:00Z", "--to", "2100-02-01T09:00Z")
    (planned,) = terminal.json("oncall", "fairness", *month, "--json")
    change = ("--from", "2100-01-01T00:00", "--to", "2100-03-01T00:00", "--user", "bob", "--as", "bob")
    done = terminal.run("oncall", "override", "add", "primary", "cover", *change)
    assert done.exit_code == 0, done.output
    (changed,) = terminal.json("oncall", "fairness", *month, "--json")
    assert planned["people"]["alice"]["total"] == 2 * 7 * 24 * 3600.0
    assert changed["people"]["alice"]["total"] == 0.0


def test_nobody_gets_a_shift_while_away(terminal: ConnectedTerminal) -> None:
    uneven = {
        "users": ["alice", "alice", "alice", "bob"],
        "start": "2100-03-01T00:00Z",
        "handoff": {"unit": "day"},
    }
    rota = {"primary": {"timezone": "UTC", "layers": [uneven]}}
    terminal.ledger.write(accept_configuration, organisation(schedules=rota), datetime.now(UTC))
    assert report(terminal)["proposal"]

    terminal.ledger.write(
        on_vacation, "bob", datetime(2100, 2, 28, tzinfo=UTC), datetime(2100, 4, 1, tzinfo=UTC)
    )
    assert report(terminal)["proposal"] == []


def on_vacation(session: Session, person: str, start: datetime, end: datetime) -> None:
    """The calendar of a person, as it was read."""
    away = Imported(start=start, end=end, people=(person,), summary="the sea")
    session.add(ForeignCalendarRow(whose=CalendarOf.PERSON, name=person, settings="", entries=(away,)))
