"""Does `incident oncall resolve` answer as other engines do, and does their schedule come in as it is?"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incident.neutral import read_schedule
from incident.schedule import Schedule
from service.configuration import load
from service.reading_yaml import read_yaml
from tests.incident.organisations import SOUND
from tests.service.cli.terminal import Terminal

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "oncall.json").read_text())["vectors"]
SCHEDULES = [each for each in VECTORS if each["kind"] == "schedule"]
RECORDED = "history"
"""These vectors are about what was recorded, which no schedule holds."""

PLAIN: dict[str, Any] = {
    "timezone": "Europe/Rome",
    "layers": [{"users": ["alice", "bob"], "start": "2027-01-04T08:00:00Z", "handoff": {"unit": "week"}}],
}
A_MONTH = timedelta(days=31)
MONDAY = "2027-01-04T12:00:00Z"


@pytest.fixture
def alone(nowhere: Path) -> Terminal:
    """A terminal where no system runs and no configuration stands."""
    return Terminal()


def written(vector: dict[str, Any]) -> dict[str, Any]:
    return {**vector["schedule"], "semantics": vector.get("semantics")}


def instants(interval: dict[str, Any]) -> dict[str, Any]:
    return {**interval, **{side: datetime.fromisoformat(interval[side]) for side in ("start", "end")}}


def in_a_batch(terminal: Terminal, cases: Iterable[dict[str, Any]]) -> list[Any]:
    return terminal.json("oncall", "resolve", "--batch", "-", stdin=json.dumps({"cases": [*cases]}))


def by_turns(vector: dict[str, Any]) -> dict[str, Any]:
    """Three people in turn, so that every change of turn is the beginning of an interval."""
    (layer,) = vector["schedule"]["layers"]
    schedule = written(vector) | {"layers": [{**layer, "users": ["one", "two", "three"]}]}
    first, *_, last = vector["handoffs"]["expected"]
    return {"schedule": schedule, "from": first, "to": last}


def around(vector: dict[str, Any], at: str) -> dict[str, Any]:
    sides = {"from": -A_MONTH, "to": A_MONTH}
    window = {side: (datetime.fromisoformat(at) + distance).isoformat() for side, distance in sides.items()}
    return {"schedule": written(vector), **window}


def test_a_batch_of_all_questions_of_other_engines_is_answered_as_they_expect(alone: Terminal) -> None:
    asked = [(vector, query) for vector in SCHEDULES for query in vector.get("queries", ())]
    cases = [{"schedule": written(vector), "at": query["at"]} for vector, query in asked]
    answers = in_a_batch(alone, cases)
    assert len(answers) == len(asked) > 300
    wrong = [
        (vector["id"], query, answer)
        for (vector, query), answer in zip(asked, answers, strict=True)
        if answer != query["on_call"]
    ]
    assert wrong == []


def test_a_batch_of_all_windows_of_other_engines_is_answered_as_they_expect(alone: Terminal) -> None:
    asked = [each for each in SCHEDULES if "intervals" in each and RECORDED not in each]
    answers = in_a_batch(alone, [{"schedule": written(vector), **vector["window"]} for vector in asked])
    for vector, answer in zip(asked, answers, strict=True):
        assert [*map(instants, answer)] == [*map(instants, vector["intervals"])], vector["id"]


def test_turns_of_other_engines_change_in_a_batch_when_they_expect(alone: Terminal) -> None:
    asked = [each for each in SCHEDULES if "handoffs" in each]
    answers = in_a_batch(alone, map(by_turns, asked))
    assert len(asked) == 40
    for vector, answer in zip(asked, answers, strict=True):
        expected = [datetime.fromisoformat(each) for each in vector["handoffs"]["expected"]]
        assert [instants(each)["start"] for each in answer] == expected[:-1], vector["id"]


def test_windows_and_the_next_on_call_of_other_engines_are_found_in_a_batch(alone: Terminal) -> None:
    asked = [
        (vector, expected)
        for vector in SCHEDULES
        for expected in (*vector.get("windows", ()), *vector.get("next_on_call", ()))
    ]
    answers = in_a_batch(alone, [around(vector, expected["at"]) for vector, expected in asked])
    assert len(asked) > 10
    for (vector, expected), answer in zip(asked, answers, strict=True):
        at, shifts = datetime.fromisoformat(expected["at"]), [*map(instants, answer)]
        edge = "start" if "on_call" in expected else "end"  # the next shift begins later, a window ends later
        found = next(shift for shift in shifts if shift[edge] > at)
        known = {key: value for key, value in expected.items() if key != "at"}
        sides = {side: datetime.fromisoformat(known[side]) for side in ("start", "end") if side in known}
        assert {key: found[key] for key in known} == known | sides, vector["id"]


def test_a_batch_and_single_questions_agree(alone: Terminal, tmp_path: Path) -> None:
    chosen = [each for each in SCHEDULES if "queries" in each][::20]
    cases = [{"schedule": written(each), "at": each["queries"][0]["at"]} for each in chosen]
    single = [
        alone.json("oncall", "resolve", "-", "--at", case["at"], stdin=json.dumps(case["schedule"]))
        for case in cases
    ]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": cases}))
    assert alone.json("oncall", "resolve", "--batch", str(file)) == single


EXAMPLE = "write a time with an offset, such as 2027-03-28T02:30+01:00 or ...Z"
QUESTION = {"schedule": PLAIN, "at": MONDAY}
BAD = [
    pytest.param({"at": "tomorrow"}, f"at: 'tomorrow' is no instant; {EXAMPLE}", id="no time"),
    pytest.param({"at": 5}, f"at: 5 is no instant; {EXAMPLE}", id="a number"),
    pytest.param(
        {"at": "2027-01-04T12:00"}, f"at: '2027-01-04T12:00' is no instant; {EXAMPLE}", id="a local time"
    ),
    pytest.param(
        {"schedule": []}, "schedule: must be an object, as docs/oncall.md describes it", id="no schedule"
    ),
    pytest.param(
        {"schedule": PLAIN | {"timezone": "Europe/Rom"}},
        "timezone: unknown time zone 'Europe/Rom': did you mean Europe/Rome? write an IANA name such as "
        "Europe/Rome, or UTC",
        id="a zone that does not exist",
    ),
    pytest.param(
        {"schedule": PLAIN | {"semantics": 4}},
        "semantics: must be a mapping: keys with values, one a line and indented",
        id="no options",
    ),
    pytest.param(
        {"schedule": PLAIN | {"semantics": {"gap": "before"}}},
        "semantics.gap: write one of after or shift",
        id="an option that does not exist",
    ),
]


@pytest.mark.parametrize(("changes", "problem"), BAD)
def test_what_cannot_be_answered_stands_in_its_place_with_what_to_write(
    alone: Terminal, changes: dict[str, Any], problem: str
) -> None:
    cases = [QUESTION, QUESTION | changes, QUESTION]
    done = alone.run("oncall", "resolve", "--batch", "-", stdin=json.dumps({"cases": cases}))
    assert (done.exit_code, json.loads(done.stdout)) == (1, [["alice"], {"error": problem}, ["alice"]])


@pytest.mark.parametrize(
    ("content", "question", "sentence"),
    [
        pytest.param(
            json.dumps(PLAIN),
            ("--from", MONDAY, "--to", "2027-01-03T00:00:00Z"),
            "to: 2027-01-03T00:00:00Z comes before from; write a later time",
            id="a window that runs backwards",
        ),
        pytest.param(
            "{",
            ("--at", MONDAY),
            "theirs.json: the body is no JSON (line 1, column 2); send application/json in UTF-8",
            id="no JSON",
        ),
    ],
)
def test_a_single_question_that_has_no_answer_fails_with_one_sentence(
    alone: Terminal, nowhere: Path, content: str, question: tuple[str, ...], sentence: str
) -> None:
    (nowhere / "theirs.json").write_text(content)
    assert alone.fails("oncall", "resolve", "theirs.json", *question) == sentence


@pytest.mark.parametrize("vector", SCHEDULES, ids=lambda vector: vector["id"])
def test_a_schedule_of_another_engine_is_the_same_once_it_stands_in_the_file(
    alone: Terminal, vector: dict[str, Any]
) -> None:
    schedule = read_schedule(written(vector))
    done = alone.run("oncall", "import", "-", "--name", "theirs", stdin=json.dumps(written(vector)))
    assert done.exit_code == 0, done.output
    found = read_yaml(done.stdout).values["schedules"]["theirs"]
    assert Schedule.model_validate(found) == schedule


def test_an_imported_schedule_is_appended_and_in_force(alone: Terminal, nowhere: Path) -> None:
    done = alone.run("oncall", "import", "-", "--name", "nights", stdin=json.dumps(PLAIN))
    assert done.stderr == "names that must stand under people: alice, bob\n"
    file = nowhere / "incident.yaml"
    file.write_text(SOUND + done.stdout)
    assert load(file).schedules["nights"] == read_schedule(PLAIN)
    (duty,) = alone.json("oncall", "--at", MONDAY, "--json")
    assert (duty["schedule"], duty["on_call"]) == ("nights", ["alice"])


def test_a_name_that_cannot_stand_in_the_file_is_refused(alone: Terminal, nowhere: Path) -> None:
    (nowhere / "theirs.json").write_text(json.dumps(PLAIN))
    assert alone.fails("oncall", "import", "theirs.json", "--name", "Nights") == (
        "--name Nights: write a name in small letters, digits, dots and dashes, such as payments-eu"
    )
