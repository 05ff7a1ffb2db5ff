"""Is a bad schedule refused with its line, what is wrong and what to write instead, word by word?"""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from service.configuration import examine

HEAD = dedent("""\
    people:
      alice: {name: Alice, contacts: [{via: console}]}
      bob: {name: Bob, contacts: [{via: console}]}
    policies: {night: {levels: [{targets: [{person: alice}]}]}}
    services: {checkout: {policy: night}}
    default_service: checkout
    schedules:
      primary:
        timezone: Europe/Rome
    """)
LAYERS = "layers:\n  - users: [alice, bob]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "incident.yaml"


def refused(file: Path, text: str) -> list[str]:
    file.write_text(text)
    examined = examine(file, {})
    assert (examined.configuration is None) == bool(examined.problems)
    return [str(problem).removeprefix(f"{file}:") for problem in examined.problems]


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        pytest.param(
            "layers:\n  - users:\n      - alice\n      - bobb",
            "13: schedules.primary.layers.0.users.1: 'bobb' is not under people:; did you mean bob? "
            "known: alice, bob",
            id="an unknown person in a rotation",
        ),
        pytest.param(
            "layers:\n  - users: [[alice, carl]]",
            "11: schedules.primary.layers.0.users.0.1: 'carl' is not under people:; known: alice, bob",
            id="an unknown person in a group",
        ),
        pytest.param(
            LAYERS + "overrides:\n  - kind: replace\n    user: alice\n    with: bib\n"
            "    start: 2027-03-01T09:00\n    end: 2027-03-02T09:00",
            "15: schedules.primary.overrides.0.with: 'bib' is not under people:; did you mean bob? "
            "known: alice, bob",
            id="an unknown person in an override",
        ),
        pytest.param(
            LAYERS + "overrides:\n  - kind: fixed\n    shifts:\n"
            "      - {users: [eve], start: 2027-03-01T09:00, end: 2027-03-02T09:00}\n"
            "    start: 2027-03-01T09:00\n    end: 2027-03-02T09:00",
            "15: schedules.primary.overrides.0.shifts.0.users.0: 'eve' is not under people:; "
            "known: alice, bob",
            id="an unknown person in a plan",
        ),
        pytest.param(
            "layers:\n  - priority: 1\n    users: []",
            "12: schedules.primary.layers.0.users: the rotation has no people; write names from people:, "
            "or delete the layer",
            id="a rotation without people",
        ),
        pytest.param(
            "layers:\n  - users: [[], []]",
            "11: schedules.primary.layers.0.users: the rotation has no people; write names from people:, "
            "or delete the layer",
            id="a rotation of empty turns",
        ),
        pytest.param(
            LAYERS + "    start: 2027-02-29T09:00",
            "12: schedules.primary.layers.0.start: 2027-02-29T09:00 does not exist: February 2027 "
            "has 28 days; write 2027-02-28T09:00 or 2027-03-01T09:00",
            id="the 29th of February in a year without one",
        ),
        pytest.param(
            LAYERS + "    start: 2027-03-01T25:00",
            "12: schedules.primary.layers.0.start: 2027-03-01T25:00 does not exist: hours are 00 to 23, "
            "minutes 00 to 59; write a time such as 09:00",
            id="an hour that no clock shows",
        ),
        pytest.param(
            LAYERS + '    restrictions: [{type: daily, start: "08:00", end: "25:00"}]',
            "12: schedules.primary.layers.0.restrictions.0.end: 25:00 does not exist: hours are 00 to 23, "
            "minutes 00 to 59; write a time such as 09:00",
            id="a window that closes at an hour no clock shows",
        ),
        pytest.param(
            LAYERS + "    handoff: {unit: week}\n    start: 2027-03-28T02:30",
            "13: schedules.primary.layers.0.start: 2027-03-28 02:30 does not exist in Europe/Rome: "
            "write 2027-03-28T03:00+02:00",
            id="a start that the clocks skip (S5)",
        ),
        pytest.param(
            LAYERS + "    handoff: {unit: week}\n    start: 2027-10-31T02:30",
            "13: schedules.primary.layers.0.start: 2027-10-31 02:30 happens twice in Europe/Rome: "
            "write 2027-10-31T02:30+02:00 or 2027-10-31T02:30+01:00",
            id="a start that the clocks repeat (S5)",
        ),
        pytest.param(
            LAYERS + "overrides:\n"
            "  - {kind: remove, user: alice, start: 2027-03-01T09:00, end: 2027-03-03T09:00}\n"
            "  - {kind: replace, user: bob, with: alice, start: 2027-03-02T09:00, end: 2027-03-04T09:00}",
            "14: schedules.primary.overrides.1: alice already has an override (remove) from 2027-03-01 08:00 "
            "to 2027-03-03 08:00 UTC: change that one, or choose a time that does not overlap",
            id="two overrides of one person at one time (S11)",
        ),
        pytest.param(
            "layers:\n  - {name: nights, users: [alice]}\n  - name: nights\n    users: [bob]",
            "12: schedules.primary.layers.1.name: another layer of this schedule is called 'nights'; "
            "choose a name of its own",
            id="two layers of one name",
        ),
        pytest.param(
            LAYERS + "    restrictons: []",
            "12: schedules.primary.layers.0.restrictons: there is no such key; did you mean restrictions? "
            "known: duty, effective_from, first_handoff, handoff, name, priority, restrictions, start, "
            "turns, until, users",
            id="a key that is misspelt",
        ),
    ],
)
def test_a_bad_schedule_is_refused_word_by_word(file: Path, schedule: str, problem: str) -> None:
    assert refused(file, HEAD + indent(schedule, "    ") + "\n") == [problem]


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        pytest.param("Rome", "did you mean Europe/Rome? ", id="a city alone"),
        pytest.param("New York", "did you mean America/New_York? ", id="a city with a space"),
        pytest.param("Europe/Rom", "did you mean Europe/Rome? ", id="a letter is missing"),
        pytest.param("+01:00", "", id="an offset is no zone"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_names(file: Path, zone: str, hint: str) -> None:
    text = HEAD.replace("Europe/Rome", zone) + "    layers: [{users: [alice]}]\n"
    (problem,) = refused(file, text)
    assert problem == (
        f"9: schedules.primary.timezone: unknown time zone {zone!r}: {hint}"
        "write an IANA name such as Europe/Rome, or UTC"
    )


def test_versions_of_one_layer_may_have_one_name(file: Path) -> None:
    layers = (
        "    layers:\n      - {name: nights, users: [alice], until: 2027-03-01T09:00}\n"
        "      - {name: nights, users: [bob], effective_from: 2027-03-01T09:00}\n"
    )
    assert refused(file, HEAD + layers) == []


def test_overrides_that_meet_or_touch_different_people_are_stored(file: Path) -> None:
    overrides = (
        "    layers: [{users: [alice]}]\n    overrides:\n"
        "      - {kind: remove, user: alice, start: 2027-03-01T09:00, end: 2027-03-02T09:00}\n"
        "      - {kind: add, user: alice, start: 2027-03-02T09:00, end: 2027-03-03T09:00}\n"
        "      - {kind: add, user: bob, start: 2027-03-01T09:00, end: 2027-03-03T09:00}\n"
    )
    assert refused(file, HEAD + overrides) == []
