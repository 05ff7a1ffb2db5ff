"""Can people change schedules and swap shifts on the command line, and does `incident oncall` know it?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.configurations import accept_configuration
from tasks.links import Links, May
from tests.incident.organisations import SMALL, organisation
from tests.service.cli.terminal import ConnectedTerminal

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START, END = NOW + DAY, NOW + 2 * DAY
SPAN = ["--from", START.isoformat(), "--to", END.isoformat()]
TOLD_SPAN = f"{START:%a %d %b %Y %H:%M} to {END:%a %d %b %Y %H:%M} UTC"
PEOPLE = SMALL["people"] | {name: {"name": name, "email": f"{name}@example.org"} for name in ("carla", "dan")}
SCHEDULES = {
    "primary": {"timezone": "Europe/Rome", "layers": [{"users": ["alice"]}]},
    "holidays": {"timezone": "UTC", "layers": [{"users": ["dan"]}]},
}


@pytest.fixture(autouse=True)
def _alice_is_always_on_call(terminal: ConnectedTerminal) -> None:
    terminal.ledger.write(accept_configuration, organisation(people=PEOPLE, schedules=SCHEDULES), NOW - DAY)


def change(*arguments: str) -> tuple[str, ...]:
    return ("oncall", "override", "add", "primary", *arguments, *SPAN, "--as", "bob")


def who(terminal: ConnectedTerminal, at: datetime = START) -> list[str]:
    (duty,) = terminal.json("oncall", "--schedule", "primary", "--at", at.isoformat(), "--json")
    found: list[str] = duty["on_call"]
    return found


@pytest.mark.parametrize(
    ("arguments", "told", "expected"),
    [
        pytest.param(
            ["cover", "--user", "carla", "--user", "dan"], "cover carla+dan", ["carla", "dan"], id="cover"
        ),
        pytest.param(["cover"], "cover nobody", [], id="cover by nobody"),
        pytest.param(
            ["replace", "--user", "alice", "--with", "carla"],
            "replace alice with carla",
            ["carla"],
            id="replace",
        ),
        pytest.param(["add", "--user", "carla"], "add carla", ["alice", "carla"], id="add"),
        pytest.param(["remove", "--user", "alice"], "remove alice", [], id="remove"),
        pytest.param(
            ["like", "--schedule", "holidays"], "a plan of 1 shifts", ["dan"], id="another schedule"
        ),
    ],
)
def test_an_override_is_stored_and_everybody_who_asks_sees_it(
    terminal: ConnectedTerminal, arguments: list[str], told: str, expected: list[str]
) -> None:
    done = terminal.run(*change(*arguments, "--reason", "dentist"))
    assert (done.exit_code, done.stdout) == (
        0,
        f"1  primary  {told}  {TOLD_SPAN}  planned  by bob: dentist\n",
    )
    assert (who(terminal), who(terminal, END)) == (expected, ["alice"])


def test_a_plan_by_hand_comes_from_a_file(terminal: ConnectedTerminal, nowhere: Path) -> None:
    shifts = [{"users": ["carla"], "start": START.isoformat(), "end": END.isoformat()}]
    (nowhere / "plan.json").write_text(json.dumps(shifts))
    assert terminal.json(*change("fixed", "--plan", "plan.json", "--json"))["override"]["kind"] == "fixed"
    assert who(terminal) == ["carla"]


def test_whoever_leaves_nobody_on_call_hears_it(terminal: ConnectedTerminal) -> None:
    done = terminal.run(*change("remove", "--user", "alice"))
    assert done.stderr == (f"nobody is on call from {START:%a %d %b %H:%M} to {END:%a %d %b %H:%M} UTC\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(
            ["replace", "--user", "alice", "--with", "zoe"], "'zoe' is not under people:", id="a stranger"
        ),
        pytest.param(["replace", "--user", "alice"], "override.with: is missing; write it", id="half of it"),
        pytest.param(["add"], "override.user: is missing; write it", id="nobody"),
        pytest.param(
            ["add", "--user", "bob", "--priority", "1"],
            "override.priority: there is no such key",
            id="too much",
        ),
        pytest.param(
            ["like", "--schedule", "gone"], "schedule: 'gone' is not under schedules:", id="no schedule"
        ),
    ],
)
def test_what_cannot_be_stored_is_one_sentence(
    terminal: ConnectedTerminal, arguments: list[str], sentence: str
) -> None:
    assert terminal.fails(*change(*arguments)).startswith(sentence)
    assert terminal.run("oncall", "override", "list").stdout == "nothing is changed\n"


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        pytest.param(
            "2031-03-30T02:30", "start: 2031-03-30 02:30 does not exist in Europe/Rome: write", id="gap"
        ),
        pytest.param("noon", "override.start: write a date and time such as", id="no time"),
        pytest.param("2031-03-31T23:00", "override: ends at ", id="after the end"),
    ],
)
def test_a_time_that_means_nothing_is_refused_with_what_to_write(
    terminal: ConnectedTerminal, start: str, sentence: str
) -> None:
    command = ["oncall", "override", "add", "primary", "add", "--user", "bob", "--as", "bob", "--from", start]
    assert terminal.fails(*command, "--to", "2031-03-31T22:00").startswith(sentence)


def test_somebody_has_one_override_at_a_time(terminal: ConnectedTerminal) -> None:
    terminal.run(*change("replace", "--user", "alice", "--with", "carla"))
    sentence = terminal.fails(*change("add", "--user", "carla"))
    assert sentence.startswith("carla already has an override (replace) from ")


def test_an_override_about_several_people_is_a_wrong_command(terminal: ConnectedTerminal) -> None:
    assert terminal.run(*change("add", "--user", "bob", "--user", "carla")).exit_code == 2


def test_overrides_are_listed_for_people_and_for_programs(terminal: ConnectedTerminal) -> None:
    terminal.run(*change("add", "--user", "carla", "--reason", "dentist"))
    (told,) = terminal.json("oncall", "override", "list", "--json")
    expected = {
        "id": 1,
        "schedule": "primary",
        "state": "planned",
        "by": "bob",
        "via": "cli",
        "reason": "dentist",
    }
    assert told.items() >= expected.items()
    assert told["override"]["user"] == "carla"
    line = terminal.run("oncall", "override", "list", "--schedule", "primary").stdout
    assert line == f"1  primary  add carla  {TOLD_SPAN}  planned  by bob: dentist\n"
    assert terminal.run("oncall", "override", "list", "--schedule", "other").stdout == "nothing is changed\n"


def test_an_override_is_withdrawn_and_stays_known(terminal: ConnectedTerminal) -> None:
    terminal.run(*change("add", "--user", "carla"))
    withdraw = ["oncall", "override", "withdraw", "1", "--reason", "not needed"]
    done = terminal.run(*withdraw, "--as", "alice")
    assert done.stdout.endswith("  withdrawn  by bob; withdrawn by alice: not needed\n")
    assert who(terminal) == ["alice"]
    assert terminal.json("oncall", "override", "list", "--json") == []
    (told,) = terminal.json("oncall", "override", "list", "--all", "--json")
    assert (told["state"], told["withdrawn_by"]) == ("withdrawn", "alice")
    assert terminal.fails(*withdraw, "--as", "bob").startswith("alice withdrew it at ")


def swap(*arguments: str, by: str) -> tuple[str, ...]:
    return ("oncall", "swap", *arguments, "--as", by)


def offered(terminal: ConnectedTerminal, *more: str) -> Any:
    return terminal.json(*swap("offer", "primary", *SPAN, *more, "--json", by="alice"))


def test_a_shift_is_offered_and_taken(terminal: ConnectedTerminal) -> None:
    told = offered(terminal, "--reason", "a wedding")
    expected = {
        "id": 1,
        "state": "offered",
        "person": "alice",
        "to": None,
        "reason": "a wedding",
        "via": "cli",
    }
    assert told.items() >= expected.items()
    line = f"1  primary  alice to anybody  {TOLD_SPAN}"
    assert terminal.run("oncall", "swap", "list").stdout == f"{line}  offered: a wedding\n"
    done = terminal.run(*swap("take", "1", "--say", "gladly", by="carla"))
    assert (done.exit_code, done.stdout) == (0, f"{line}  taken by carla (gladly): a wedding\n")
    assert who(terminal) == ["carla"]
    assert terminal.fails(*swap("take", "1", by="dan")).startswith("swap 1: carla took it at ")
    assert terminal.run("oncall", "swap", "list").stdout == "no shift is offered\n"
    (kept,) = terminal.json("oncall", "swap", "list", "--all", "--json")
    assert (kept["state"], kept["answered_by"], kept["override"]) == ("taken", "carla", 1)


def test_who_is_asked_declines(terminal: ConnectedTerminal) -> None:
    offered(terminal, "--ask", "carla")
    assert terminal.fails(*swap("decline", "1", by="dan")) == "swap 1: it is offered to carla, not to you"
    done = terminal.run(*swap("decline", "1", "--say", "away", by="carla"))
    assert done.stdout == f"1  primary  alice to carla  {TOLD_SPAN}  declined by carla (away)\n"


def test_whoever_offered_withdraws(terminal: ConnectedTerminal) -> None:
    offered(terminal)
    done = terminal.run(*swap("withdraw", "1", by="alice"))
    assert done.stdout == f"1  primary  alice to anybody  {TOLD_SPAN}  withdrawn by alice\n"


def test_an_offer_has_a_time_in_one_way(terminal: ConnectedTerminal) -> None:
    sentence = "write either shift: any time in it, or both start: and end:"
    assert terminal.fails(*swap("offer", "primary", by="alice")) == sentence


def test_without_an_end_a_shift_is_offered_from_when_to_when(terminal: ConnectedTerminal) -> None:
    sentence = "that shift does not end within 30 days; say from when to when"
    assert terminal.fails(*swap("offer", "primary", "--shift", START.isoformat(), by="alice")) == sentence


def test_a_stranger_changes_nothing(terminal: ConnectedTerminal) -> None:
    for command in (
        swap("offer", "primary", *SPAN, by="zoe"),
        swap("take", "1", by="zoe"),
        ("oncall", "override", "withdraw", "1", "--as", "zoe"),
    ):
        assert terminal.fails(*command).startswith("'zoe' is not under people:")


def test_a_personal_link_is_shown_for_people_and_for_programs(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_SIGNING_KEY", "a-key")
    url = terminal.run("oncall", "link", "--as", "bob").stdout.strip()
    assert url.startswith("http://127.0.0.1:8080/oncall/changes?as=")
    told = terminal.json("oncall", "link", "--as", "bob", "--json")
    links = Links(base_url="http://127.0.0.1:8080", key="a-key")
    grant = links.read(told["token"], datetime.now(UTC), May.ROTA)
    assert (grant.person, told["url"].partition("?as=")[2]) == ("bob", told["token"])
    assert terminal.fails("oncall", "link", "--as", "zoe").startswith("'zoe' is not under people:")
