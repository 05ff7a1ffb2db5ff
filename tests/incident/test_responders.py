"""Does a target reach the right people, and does it say why it reaches nobody?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident.policy import Target
from incident.responders import handoffs, reach
from tests.incident.organisations import SMALL, organisation

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
LAST_HOUR = datetime(2026, 11, 23, 7, tzinfo=UTC)
HANDOFF = datetime(2026, 11, 23, 8, tzinfo=UTC)

PRIMARY, ALICE, TEAM = Target(schedule="primary"), Target(person="alice"), Target(team="payments")


def rotation(**changes: Any) -> dict[str, Any]:
    return {**SMALL["schedules"]["primary"], **changes}


@pytest.mark.parametrize(
    ("target", "now", "reached"),
    [
        pytest.param(ALICE, SUNDAY, {"alice": "named in the policy"}, id="a person"),
        pytest.param(
            TEAM,
            SUNDAY,
            {"alice": "member of team payments", "bob": "member of team payments"},
            id="every member of a team",
        ),
        pytest.param(
            PRIMARY,
            SUNDAY,
            {"alice": "on call for primary until 08:00 UTC"},
            id="whoever is on call, until their turn ends today",
        ),
        pytest.param(
            PRIMARY,
            HANDOFF,
            {"bob": "on call for primary until Mon 30 Nov 08:00 UTC"},
            id="from the handoff on the next one, until a day that is named",
        ),
        pytest.param(
            Target(next_on_call="primary"),
            SUNDAY,
            {"bob": "next on call for primary"},
            id="whoever comes after the present shift",
        ),
        pytest.param(
            Target(previous_on_call="primary"),
            HANDOFF,
            {"alice": "on call for primary before"},
            id="whoever was there before the present shift",
        ),
    ],
)
def test_a_target_reaches(target: Target, now: datetime, reached: dict[str, str]) -> None:
    responders, absent = reach(organisation(), [target], now)

    assert {each.person: each.because for each in responders[str(target)]} == reached
    assert absent == {}


def test_somebody_who_is_always_on_call_has_no_end() -> None:
    always = organisation(schedules={"primary": {"timezone": "UTC", "layers": [{"users": ["bob"]}]}})

    responders, _ = reach(always, [PRIMARY], SUNDAY)

    assert responders["schedule primary"][0].because == "on call for primary"


def test_two_who_are_on_call_together_each_have_their_own_end() -> None:
    override = {"kind": "add", "user": "bob", "start": "2026-11-23T06:00:00Z", "end": "2026-11-23T07:30:00Z"}
    both = organisation(schedules={"primary": rotation(overrides=[override])})

    responders, _ = reach(both, [PRIMARY], LAST_HOUR)

    assert [each.because for each in responders["schedule primary"]] == [
        "on call for primary until 08:00 UTC",
        "on call for primary until 07:30 UTC",
    ]


@pytest.mark.parametrize(
    ("changes", "target", "reason"),
    [
        pytest.param(
            {"schedules": {"primary": rotation(layers=[])}},
            PRIMARY,
            "nobody is on call for primary",
            id="a gap in the schedule",
        ),
        pytest.param(
            {"schedules": {}}, PRIMARY, "nobody is on call for primary", id="a schedule that is gone"
        ),
        pytest.param(
            {"schedules": {"primary": rotation(layers=[{"users": ["alice"]}])}},
            Target(next_on_call="primary"),
            "nobody is next on call for primary",
            id="a schedule that never changes hands",
        ),
        pytest.param(
            {"schedules": {}},
            Target(previous_on_call="primary"),
            "nobody was on call for primary before",
            id="nobody before in a schedule that is gone",
        ),
        pytest.param({"teams": {}}, TEAM, "nobody is in team payments", id="a team that is gone"),
        pytest.param(
            {"people": {"bob": {"name": "Bob", "email": "bob@example.org"}}},
            PRIMARY,
            "alice is not under people:",
            id="somebody on call who is gone",
        ),
        pytest.param(
            {"people": {"alice": {"name": "Alice"}}},
            ALICE,
            "alice has no contact that can be used",
            id="no contact at all",
        ),
        pytest.param(
            {"people": {"alice": {"name": "Alice", "contacts": [{"via": "pigeon"}]}}},
            ALICE,
            "alice has no contact that can be used",
            id="a contact over a connection that does not exist",
        ),
        pytest.param(
            {"people": {"alice": {"name": "Alice", "email": "alice@example.org"}}, "use": {}},
            ALICE,
            "alice has no contact that can be used",
            id="an e-mail address without a connection for mail",
        ),
        pytest.param(
            {"people": {}},
            TEAM,
            "alice is not under people:; bob is not under people:",
            id="a team of which nobody is left",
        ),
    ],
)
def test_a_target_that_reaches_nobody_says_why(changes: dict[str, Any], target: Target, reason: str) -> None:
    responders, absent = reach(organisation(**changes), [target], SUNDAY)

    assert (responders[str(target)], absent) == ((), {str(target): reason})


@pytest.mark.parametrize(
    "person",
    [
        {"name": "Alice", "email": "alice@example.org"},
        {"name": "Alice", "contacts": [{"via": "console"}]},
        {"name": "Alice", "contacts": [{"via": "pigeon"}, {"via": "webhook", "to": "alice"}]},
    ],
    ids=["an e-mail address", "the built-in console", "one contact that works among others"],
)
def test_one_way_to_reach_a_person_is_enough(person: dict[str, Any]) -> None:
    alone = organisation(
        people={"alice": person}, connections=SMALL["connections"] | {"webhook": {"type": "webhook"}}
    )

    responders, _ = reach(alone, [ALICE], SUNDAY)

    assert [each.person for each in responders["alice"]] == ["alice"]


def test_a_member_who_cannot_be_reached_is_left_out_and_named() -> None:
    people = SMALL["people"] | {"bob": {"name": "Bob"}}

    responders, absent = reach(organisation(people=people), [TEAM], SUNDAY)

    assert [each.person for each in responders["team payments"]] == ["alice"]
    assert absent == {"team payments": "bob has no contact that can be used"}


def test_a_schedule_is_told_with_its_next_handoff_and_nobody_else_is() -> None:
    assert handoffs(organisation(), [PRIMARY, ALICE, TEAM], SUNDAY) == {"schedule primary": HANDOFF}


def test_a_schedule_that_never_changes_hands_has_no_handoff() -> None:
    always = organisation(schedules={"primary": {"timezone": "UTC", "layers": [{"users": ["bob"]}]}})

    assert handoffs(always, [PRIMARY], SUNDAY) == {}
