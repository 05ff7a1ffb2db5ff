"""Is what will hurt within 30 days told in a sentence, at the key that has to be changed?"""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from incident.contacts import Address
from service.configuration import examine
from service.outlook import outlook
from tests.incident.organisations import SOUND

NOW = datetime(2027, 3, 1, tzinfo=UTC)
PLAIN = SOUND.replace(
    "policies: {night: {levels: [{targets: [{person: alice}]}], fallback: [{person: bob}]}}\n", ""
)
ALWAYS = "for all of the next 30 days"
MORE = "add a second person to a level or to fallback:"
TWICE = "on 2 occasions in the next 30 days, first from Mon 08 Mar 00:00 to Mon 15 Mar 00:00 UTC"
INSTEAD = "so this turn wakes nobody; put somebody else in this place of the order"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "incident.yaml"


def foreseen(file: Path, text: str, verified: Collection[Address] | None = None) -> list[str]:
    file.write_text(text)
    configuration = examine(file, {}).accepted()
    return [
        f"{'.'.join(map(str, each.place))}: {each.message}" for each in outlook(configuration, NOW, verified)
    ]


def rota(*users: str, handoff: str = "week", **more: str) -> str:
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return dedent(f"""\
        schedules:
          primary:
            timezone: UTC
            layers:
              - {{users: [{", ".join(users)}], start: 2027-03-01T00:00Z, handoff: {{unit: {handoff}}}{keys}}}
        """)


def test_there_is_nothing_to_say_about_a_sound_file(file: Path) -> None:
    assert foreseen(file, SOUND) == []


@pytest.mark.parametrize(
    ("levels", "schedules", "expected"),
    [
        pytest.param(
            "[{targets: [{person: alice}]}]",
            "",
            [f"policies.night: a severity 1 of checkout wakes only alice {ALWAYS}; {MORE}"],
            id="one person",
        ),
        pytest.param(
            "[{targets: [{schedule: primary}]}, {targets: [{person: bob}]}]",
            rota("alice", "bob"),
            [
                f"policies.night: a severity 1 of checkout wakes only bob {TWICE}; {MORE}",
                f"policies.night.levels.1: bob stands on levels 1 and 2 {TWICE}; keep them on one level",
            ],
            id="the same person twice every other week",
        ),
        pytest.param(
            "[{targets: [{schedule: primary}, {person: bob}, {person: alice}]}]",
            rota("alice", until="2027-03-10T12:00Z"),
            [
                (
                    "schedules.primary: nobody is on call from Wed 10 Mar 12:00 to Wed 31 Mar 00:00 UTC: "
                    "layer 1 ended on 2027-03-10 12:00 UTC"
                )
            ],
            id="a gap",
        ),
        pytest.param(
            "[{targets: [{person: bob}, {person: alice}]}]",
            rota("alice", "[]", handoff="day"),
            [
                (
                    "schedules.primary: nobody is on call from Tue 02 Mar 00:00 to Wed 03 Mar 00:00 UTC: "
                    "layer 1 has a turn without anybody"
                ),
                (
                    "schedules.primary: nobody is on call from Thu 04 Mar 00:00 to Fri 05 Mar 00:00 UTC: "
                    "layer 1 has a turn without anybody"
                ),
                (
                    "schedules.primary: nobody is on call from Sat 06 Mar 00:00 to Sun 07 Mar 00:00 UTC: "
                    "layer 1 has a turn without anybody"
                ),
                "schedules.primary: 12 more gaps follow within 30 days",
            ],
            id="many gaps are counted",
        ),
        pytest.param(
            "[{targets: [{person: bob}, {person: alice}]}]",
            rota("alice", "eve").replace("schedules:", "  eve: {name: Eve}\nschedules:"),
            [f"schedules.primary.layers.0.users.1: eve has no contact that can be used, {INSTEAD}"],
            id="somebody in a rotation who cannot be paged (S12)",
        ),
    ],
)
def test_what_will_hurt_is_told_at_its_key(
    file: Path, levels: str, schedules: str, expected: list[str]
) -> None:
    people, _, rest = schedules.partition("schedules:")
    text = PLAIN.replace("services:", f"{people}policies: {{night: {{levels: {levels}}}}}\nservices:")
    assert foreseen(file, text + (f"schedules:{rest}" if rest else "")) == expected


def test_many_weaknesses_of_one_policy_are_counted(file: Path) -> None:
    more = "".join(f"  {name}: {{name: X, contacts: [{{via: mail, to: x}}]}}\n" for name in ("carl", "dora"))
    policy = "policies: {night: {levels: [{targets: [{schedule: primary}]}]}}\n"
    text = PLAIN.replace("services:", f"{more}{policy}services:")
    found = foreseen(file, text + rota("alice", "bob", "carl", "dora", handoff="day"))
    where = "policies.night: a severity 1 of checkout"
    first = f"on 8 occasions in the next 30 days, first from Mon 01 Mar 00:00 to Tue 02 Mar 00:00 UTC; {MORE}"
    assert found[0] == f"{where} wakes only alice {first}"
    assert [each.split(" wakes ")[1].split()[1] for each in found[:3]] == ["alice", "bob", "carl"]
    assert found[3:] == [f"{where} wakes too few people on 7 more occasions in the next 30 days"]


def test_two_services_under_one_policy_are_told_once(file: Path) -> None:
    text = SOUND.replace(", fallback: [{person: bob}]", "").replace(
        "{checkout: {policy: night}}", "{checkout: {policy: night}, search: {policy: night}}"
    )
    (message,) = foreseen(file, text)
    assert message.startswith("policies.night: a severity 1 of checkout and search wakes only alice")


def test_a_contact_that_nobody_has_tried_is_told_where_that_is_known(file: Path) -> None:
    alice, bob = (
        Address("alice", "mail", "alice@example.com"),
        Address("bob", "hook", "https://example.com/bob"),
    )
    assert foreseen(file, SOUND, {alice}) == [
        (
            "people.bob.contacts.0: nobody has confirmed that a message by hook arrives; "
            "send one with `incident contacts verify bob`"
        )
    ]
    assert foreseen(file, SOUND, {alice, bob}) == []


FOREIGN = dedent("""\
    schedules:
      primary:
        timezone: UTC
        layers: []
        calendar: {url: "https://calendar.example.com/rota.ics"}
    """)


def test_nobody_guesses_who_is_on_call_by_a_calendar_that_was_not_read(file: Path) -> None:
    policy = "policies: {night: {levels: [{targets: [{schedule: primary}]}]}}\nservices:"
    assert foreseen(file, PLAIN.replace("services:", policy) + FOREIGN) == []
