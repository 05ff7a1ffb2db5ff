"""Does every minute have two people whom a severity 1 wakes, over two providers?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident.reachability import providers_of, weaknesses
from tests.incident.organisations import organisation

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
SUNDAY = datetime(2027, 3, 7, tzinfo=UTC)

CONNECTIONS = {
    "mail": {"type": "smtp-mail"},
    "other-mail": {"type": "smtp-mail"},
    "hook": {"type": "signed-webhook"},
    "saved-hook": {"block": "signed-webhook/europe"},
    "terminal": {"type": "console-pager"},
}


def person(*via: str) -> dict[str, Any]:
    return {"name": "x", "contacts": [{"via": each, "to": "x"} for each in via]}


PEOPLE = {
    "ada": person("mail"),
    "ben": person("hook"),
    "cleo": person("other-mail"),
    "dan": person("console", "terminal"),
    "erin": person("mail", "saved-hook"),
}
DAILY = {"start": "2027-03-01T00:00Z", "handoff": {"unit": "day"}}
HALVES = {
    "timezone": "UTC",
    "layers": [{"users": ["ada"], "until": "2027-03-04T12:00Z"}, {"users": ["dan"], "priority": -1}],
}


def level(*targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"targets": list(targets), **more}


def person_(name: str) -> dict[str, str]:
    return {"person": name}


def weak(*levels: dict[str, Any], **changes: Any) -> list[tuple[str, str, str, str]]:
    policy = {"levels": levels, "fallback": changes.pop("fallback", [])}
    small = organisation(
        **{
            "people": PEOPLE,
            "teams": {"web": {"members": ["ada", "ben"]}},
            "schedules": {"halves": HALVES},
            "policies": {"checkout": policy, **changes.pop("policies", {})},
            "connections": CONNECTIONS,
            "use": {},
            **changes,
        }
    )
    found = weaknesses(small, "checkout", MONDAY, SUNDAY)
    return [(f"{each.start:%d %H}", f"{each.end:%d %H}", each.reason, each.instead) for each in found]


MORE = "add a second person to a level or to fallback:"
OTHER = "give one of them a contact over another provider"
SOMEBODY = "add people who can be woken to a level or to fallback:"


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param([level(person_("ada")), level(person_("ben"))], None, id="two people, two providers"),
        pytest.param([level(person_("ada"), person_("ben"))], None, id="both on one level"),
        pytest.param([level({"team": "web"})], None, id="a team of two"),
        pytest.param([level(person_("ada"), person_("erin"))], None, id="one has a second provider"),
        pytest.param([level(person_("ada"))], ("wakes only ada", MORE), id="one person"),
        pytest.param([level(person_("erin"))], ("wakes only erin", MORE), id="one person, two providers"),
        pytest.param(
            [level(person_("ada"), person_("cleo"))],
            ("wakes people over smtp-mail alone", OTHER),
            id="two connections of one type are one provider",
        ),
        pytest.param(
            [level(person_("ada")), level(person_("dan"))],
            ("wakes only ada", MORE),
            id="a terminal wakes nobody",
        ),
        pytest.param(
            [level(person_("dan"))],
            ("wakes nobody (no contact of dan can wake)", SOMEBODY),
            id="only a terminal",
        ),
        pytest.param(
            [level(person_("ada")), level(person_("ben"), when={"severity": [3]})],
            ("wakes only ada", MORE),
            id="a level for another severity is left out",
        ),
        pytest.param(
            [level(person_("ada")), level(person_("ben"), when={"severity": [1]})],
            None,
            id="a level for severity 1 stands",
        ),
        pytest.param(
            [level(person_("ada")), level(person_("ben"), when={"alerts": {"at_least": 5, "within": "5m"}})],
            ("wakes only ada", MORE),
            id="a level for a number of alerts is left out",
        ),
        pytest.param(
            [level({"round_robin": ["ada", "ben"]})],
            ("wakes only ada", MORE),
            id="a round robin is one of its people",
        ),
        pytest.param(
            [level(person_("ada"), {"round_robin": ["ben", "erin"]})],
            None,
            id="whoever has the turn helps",
        ),
        pytest.param(
            [level(person_("ada"), {"round_robin": ["ben", "cleo"]})],
            ("wakes people over smtp-mail alone", OTHER),
            id="the least helpful turn counts",
        ),
        pytest.param(
            [level(person_("ada"), {"round_robin": ["ben", "dan"]})],
            None,
            id="a turn of somebody who cannot be woken is passed over (E6)",
        ),
    ],
)
def test_a_policy_of_people_is_judged_for_the_whole_window(
    levels: list[dict[str, Any]], expected: tuple[str, str] | None
) -> None:
    assert weak(*levels) == ([("01 00", "07 00", *expected)] if expected else [])


def test_the_fallback_counts() -> None:
    assert weak(level(person_("ada")), fallback=[person_("ben")]) == []


def test_a_policy_that_it_hands_over_to_counts() -> None:
    after = {"managers": {"levels": [level(person_("ben"))]}}
    assert weak(level(person_("ada")), {"hand_over_to": "managers"}, policies=after) == []


def test_each_stretch_of_a_schedule_is_judged_by_itself() -> None:
    assert weak(level({"schedule": "halves"}), level(person_("ben"))) == [
        ("04 12", "07 00", "wakes only ben", MORE)
    ]


def test_a_gap_wakes_nobody() -> None:
    gap = {"halves": {"timezone": "UTC", "layers": [{"users": ["ada"], "until": "2027-03-04T12:00Z"}]}}
    assert weak(level({"schedule": "halves"}), schedules=gap) == [
        ("01 00", "04 12", "wakes only ada", MORE),
        ("04 12", "07 00", "wakes nobody (nobody is on call)", SOMEBODY),
    ]


def test_two_schedules_are_walked_together() -> None:
    schedules = {
        "first": {"timezone": "UTC", "layers": [{"users": ["ada", "ben"], **DAILY}]},
        "second": {"timezone": "UTC", "layers": [{"users": ["ben", "ben", "ada"], **DAILY}]},
    }
    found = weak(level({"schedule": "first"}), level({"schedule": "second"}), schedules=schedules)
    assert found == [
        ("02 00", "03 00", "wakes only ben", MORE),
        ("03 00", "04 00", "wakes only ada", MORE),
        ("04 00", "05 00", "wakes only ben", MORE),
    ]


@pytest.mark.parametrize(
    ("target", "hours"),
    [
        pytest.param("next_on_call", ["04 12", "07 00"], id="nobody comes after the last one"),
        pytest.param("previous_on_call", ["01 00", "04 12"], id="nobody was before the first one"),
    ],
)
def test_who_is_on_call_next_or_was_before_is_looked_up_at_each_instant(
    target: str, hours: list[str]
) -> None:
    schedules = {
        "one": {
            "timezone": "UTC",
            "layers": [
                {"users": ["ada"], "until": "2027-03-04T12:00Z"},
                {"users": ["ben"], "effective_from": "2027-03-04T12:00Z", "until": "2027-04-30T00:00Z"},
            ],
        }
    }
    found = weak(level({"schedule": "one"}), level({target: "one"}), schedules=schedules)
    assert [list(each[:2]) for each in found] == [hours]


def test_a_level_that_keeps_hours_stands_only_while_they_are_open() -> None:
    hours = {"between": {"start": "08:00", "end": "20:00", "timezone": "UTC", "days": ["wed"]}}
    assert weak(level(person_("ada")), level(person_("ben"), when=hours)) == [
        ("01 00", "03 08", "wakes only ada", MORE),
        ("03 20", "07 00", "wakes only ada", MORE),
    ]


@pytest.mark.parametrize(
    ("name", "providers"),
    [
        pytest.param("ada", {"smtp-mail"}, id="a connection of a type"),
        pytest.param("erin", {"smtp-mail", "signed-webhook"}, id="a saved block"),
        pytest.param("dan", set(), id="the terminal"),
    ],
)
def test_a_provider_is_the_sort_of_block_behind_a_contact(name: str, providers: set[str]) -> None:
    small = organisation(people=PEOPLE, teams={}, schedules={}, connections=CONNECTIONS, use={})
    assert providers_of(small, name) == providers


def test_the_mail_of_the_organisation_is_a_last_provider() -> None:
    people = {"ada": {"name": "Ada", "email": "ada@example.com"}}
    small = organisation(people=people, connections=CONNECTIONS, use={"mail": "mail"})
    assert providers_of(small, "ada") == {"smtp-mail"}
