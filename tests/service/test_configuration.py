"""Is every problem of a configuration told at once, with its line and what to write instead?"""

from pathlib import Path
from textwrap import dedent

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from incident.errors import ConfigurationError
from service.configuration import examine, find_file, load, schema
from service.minimum import DEFAULT

GOOD = dedent("""\
    people:
      alice: {name: Alice, contacts: [{via: console}]}
    policies:
      night:
        levels:
          - targets: [{person: alice}]
    services:
      checkout: {policy: night}
    default_service: checkout
    """)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "incident.yaml"


def problems(file: Path, text: str, **environment: str) -> list[str]:
    file.write_text(text)
    return [str(problem).removeprefix(f"{file}:") for problem in examine(file, environment).problems]


def test_a_good_file_is_a_configuration(file: Path) -> None:
    file.write_text(GOOD)
    assert load(file).people["alice"].name == "Alice"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        pytest.param(
            "team: {}",
            "10: team: there is no such key; did you mean teams? known: ",
            id="an unknown key, with the one that was meant",
        ),
        pytest.param(
            "teams:\n  a: {members: [bob]}",
            "11: teams.a.members.0: 'bob' is not under people:; known: alice",
            id="a name that leads nowhere",
        ),
        pytest.param(
            "teams:\n  A: {members: [alice]}",
            "11: teams.A: write a name in small letters, digits, dots and dashes",
            id="a name that is no name",
        ),
        pytest.param("teams:\n  a: {}", "11: teams.a.members: is missing; write it", id="a missing key"),
        pytest.param(
            "schedules:\n  a: {timezone: UTC, layers: [], calendar: {url: {env: NOWHERE}}}",
            "11: schedules.a.calendar.url.env: the environment variable NOWHERE is not set; ",
            id="a variable that is not set",
        ),
        pytest.param(
            "people: {}",
            "10: people: stands on line 1 already; keep one of them",
            id="a key that stands twice",
        ),
        pytest.param(
            "deadlines:\n  minor: {assess: 4h, resolve: 480, next_update: 8h}",
            "11: deadlines.minor.resolve: 480 is no duration; write a number with a unit: ",
            id="a duration without a unit",
        ),
        pytest.param(
            "schedules:\n  a:\n    timezone: CET/Rome\n    layers: []",
            "12: schedules.a.timezone: unknown time zone 'CET/Rome': did you mean Europe/Rome? ",
            id="a time zone that is none",
        ),
        pytest.param(
            "schedules:\n  a:\n    timezone: Europe/Rome\n    layers:\n"
            "      - users: [alice]\n        restrictions:\n          - {type: dayly, start: '8', end: '9'}",
            "16: schedules.a.layers.0.restrictions.0: type must be one of daily, weekly",
            id="a word of a closed set",
        ),
        pytest.param(
            "schedules:\n  a:\n    timezone: Europe/Rome\n    layers:\n"
            "      - users: [alice]\n        start: 2027-03-28T02:30",
            "15: schedules.a.layers.0.start: 2027-03-28 02:30 does not exist in Europe/Rome: write ",
            id="a time that the clocks skip",
        ),
        pytest.param(
            "sources:\n  am:\n    dialect: alertmanager\n    token: {env: TOKEN}",
            "13: sources.am.token.env: the environment variable TOKEN is not set; ",
            id="a variable that is not set",
        ),
        pytest.param(
            "sources:\n  am:\n    dialect: alertmanager\n    token: {env: hunter-2}",
            "13: sources.am.token.env: write the name of a variable, such as SMTP_PASSWORD",
            id="a secret where a variable's name belongs",
        ),
        pytest.param(
            "connections:\n  hook:\n    type: signed-webhook\n    secret: hunter-2",
            "13: connections.hook.secret: is a secret; write {env: NAME} instead",
            id="a secret in clear",
        ),
        pytest.param(
            "connections:\n  hook: {type: smtp}",
            "11: connections.hook: 'smtp' is no block type of ours; did you mean smtp-mail?",
            id="a connection of an unknown type",
        ),
        pytest.param(
            "connections:\n  hook: {}",
            "11: connections.hook: write either block: ",
            id="a connection that says nothing",
        ),
        pytest.param(
            "connections:\n  con: {type: console-pager}\nuse:\n  chat: con",
            "13: use.chat: con is a console-pager, which cannot do this; these can: ",
            id="a connection that cannot do it",
        ),
        pytest.param(
            "use: {chat: slack}",
            "10: use.chat: 'slack' is not under connections:; known: none",
            id="a purpose served by nothing",
        ),
        pytest.param(
            "audience: {internal: everybody@example.com}",
            "10: audience.internal: must be a list: write [a, b], or one entry a line after a dash",
            id="one where a list belongs",
        ),
        pytest.param(
            "routes:\n  - {labels: {a: 1}, service: checkout}",
            "11: routes.0.labels.a: must be text; put it in quotes",
            id="a number where text belongs",
        ),
        pytest.param("a: [1,", "11: is no YAML: ", id="no YAML"),
    ],
)
def test_a_problem_names_line_and_key_and_what_to_write(file: Path, more: str, problem: str) -> None:
    (found,) = problems(file, f"{GOOD}{more}\n")
    assert found.startswith(problem)


def test_all_problems_are_told_at_once_in_the_order_of_the_lines(file: Path) -> None:
    found = problems(file, "people: {a: {}}\npolicies: {p: {levels: []}}\nservices: 3\npeople: {}\n")
    assert [each.partition(": ")[2].partition(":")[0] for each in found] == [
        "people.a.name",
        "default_service",
        "policies.p.levels",
        "services",
        "people",
    ]


def test_an_entry_that_is_wrong_itself_is_not_missed_as_well(file: Path) -> None:
    text = GOOD.replace("{person: alice}", "{persn: alice}")
    assert [each.partition(": ")[2].partition(":")[0] for each in problems(file, text)] == [
        "policies.night.levels.0.targets.0.persn"
    ]


@pytest.mark.parametrize(
    "more",
    [
        "connections:\n  mail: {type: smtp-mail, password: hunter-2}",
        "connections:\n  mail: {type: smtp-mail, host: a, from_address: a@example.com, port: hunter-2}",
        "connections: [hunter-2]",
        "sources: {am: {dialect: generic, token: hunter-2}}",
    ],
)
def test_no_message_repeats_a_value_that_may_be_a_secret(file: Path, more: str) -> None:
    found = problems(file, f"{GOOD}{more}\n")
    assert found
    assert "hunter-2" not in "".join(found)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "No such file or directory; incident.example.yaml is a start", id="no file"),
        pytest.param(b"\xff\xfe", "is no text in UTF-8", id="not UTF-8"),
        pytest.param(b"- 1\n", "must be a mapping", id="a list"),
    ],
)
def test_a_file_that_is_no_configuration_at_all_is_refused(
    file: Path, content: bytes | None, problem: str
) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=problem):
        load(file, {})


def test_a_warning_does_not_refuse_the_file(file: Path) -> None:
    file.write_text(GOOD.replace("policies:", "  bob: {name: Bob}\npolicies:"))
    examined = examine(file, {})
    assert examined.configuration is not None
    assert [(warning.line, warning.key) for warning in examined.warnings] == [(3, "people.bob")]


def test_without_a_file_the_built_in_minimum_pages_whoever_started_it(tmp_path: Path) -> None:
    minimum = load(find_file(None, tmp_path), {})
    (person,) = minimum.people.values()
    assert [contact.via for contact in person.contacts] == ["console"]
    assert (list(minimum.services), len(minimum.policies)) == (["default"], 1)


@pytest.mark.parametrize("user", ["Zoë O'Neil", "DOMAIN\\user", "-", "null", "a: b", "$x"])
def test_the_minimum_works_for_users_of_every_name(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", user)
    (person,) = load(DEFAULT, {}).people.values()
    assert person.name == user


def test_a_given_file_comes_before_the_one_here_and_that_before_the_minimum(tmp_path: Path) -> None:
    given, here = tmp_path / "given.yaml", tmp_path / "incident.yaml"
    assert find_file(None, tmp_path) == DEFAULT
    here.touch()
    assert find_file(None, tmp_path) == here
    assert find_file(given, tmp_path) == given


def test_the_schema_accepts_the_minimum_and_knows_a_wrong_key() -> None:
    validator = Draft202012Validator(schema())
    written = YAML(typ="safe").load(GOOD)
    assert validator.is_valid(written)
    assert not validator.is_valid({**written, "person": {}})
