"""Can a policy be written as people mean it, and does it say what is wrong with it?"""

from typing import Any

import pytest
from pydantic import ValidationError

from incident.plan import plan_of
from incident.policy import Level, Policy, Target, hands_over_to, targets
from tests.incident.organisations import SMALL, organisation

ALICE: dict[str, Any] = {"targets": [{"person": "alice"}]}
NIGHT = {"between": {"timezone": "Europe/Rome", "start": "22:00", "end": "06:00"}}


def test_the_simplest_policy_is_a_list_of_people() -> None:
    policy = Policy.model_validate({"levels": [{"targets": [{"person": "alice"}]}]})
    assert [str(target) for target in policy.levels[0].targets] == ["alice"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"person": "alice"}, "alice"),
        ({"schedule": "primary"}, "schedule primary"),
        ({"next_on_call": "primary"}, "next on call for primary"),
        ({"previous_on_call": "primary"}, "previous on call for primary"),
        ({"team": "payments"}, "team payments"),
        ({"round_robin": ["alice", {"schedule": "primary"}]}, "one of alice, schedule primary in turn"),
    ],
)
def test_a_target_is_called(written: dict[str, Any], said: str) -> None:
    assert str(Target.model_validate(written)) == said


@pytest.mark.parametrize(
    ("level", "advice"),
    [
        pytest.param({"targets": []}, "write either targets:", id="nobody at all"),
        pytest.param(ALICE | {"hand_over_to": "night"}, "write either targets:", id="both ways"),
        pytest.param({"targets": [{}]}, "write exactly one of person:", id="a target of nothing"),
        pytest.param(
            {"targets": [{"person": "alice", "team": "payments"}]},
            "write exactly one of person:",
            id="a target of two",
        ),
        pytest.param(
            {"targets": [{"round_robin": ["alice"]}, {"round_robin": ["bob"]}]},
            "a level has one turn",
            id="two round robins",
        ),
        pytest.param(
            {"targets": [{"round_robin": [{"next_on_call": "primary"}]}]},
            "a round robin takes people",
            id="a round robin of whoever is next",
        ),
        pytest.param({"targets": [{"round_robin": []}]}, "at least 1 item", id="a round robin of nobody"),
        pytest.param(ALICE | {"else": "wait"}, "nothing else comes by waiting", id="a wait for nothing"),
        pytest.param(
            ALICE | {"when": {"severity": [1]}, "else": "wait"},
            "nothing else comes by waiting",
            id="a wait for a severity",
        ),
        pytest.param(ALICE | {"when": {}}, "write at least one of severity:", id="no condition"),
        pytest.param(ALICE | {"acknowledgements": 0}, "greater than or equal to 1", id="no answer wanted"),
    ],
)
def test_a_level_is_refused_with(level: dict[str, Any], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        Level.model_validate(level)


@pytest.mark.parametrize(
    ("policy", "advice"),
    [
        pytest.param(
            {"levels": [ALICE, ALICE | {"delay": "5m"}]}, "write wait: on the level before", id="a late delay"
        ),
        pytest.param(
            {"levels": [ALICE], "fallback": [{"round_robin": ["alice"]}]},
            "a fallback pages everybody",
            id="turns in a fallback",
        ),
        pytest.param(
            {"levels": [{"hand_over_to": "night"}, ALICE]},
            "are never reached",
            id="levels that come too late",
        ),
    ],
)
def test_a_policy_is_refused_with(policy: dict[str, Any], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        Policy.model_validate(policy)


def test_everything_that_is_written_comes_back_from_its_row() -> None:
    level = {
        "targets": [{"round_robin": ["alice", {"team": "payments"}]}, {"next_on_call": "primary"}],
        "delay": "2m",
        "acknowledgements": "all",
        "if_not": "resolved",
        "when": NIGHT | {"severity": [1, 2], "alerts": {"at_least": 3, "within": "10m"}},
        "else": "wait",
    }
    policy = Policy.model_validate(
        {"levels": [level, {"hand_over_to": "night"}], "unacknowledge_after": "30m", "page_newcomers": True}
    )
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_a_round_robin_may_page_each_of_its_members() -> None:
    policy = Policy.model_validate({"levels": [{"targets": [{"round_robin": ["alice", "bob"]}]}]})
    assert {str(target) for target in targets(policy)} == {"alice", "bob"}


def test_the_snapshot_holds_every_policy_that_may_follow_and_the_members_of_each_turn() -> None:
    turns = {"levels": [{"targets": [{"round_robin": ["alice", {"team": "payments"}]}]}]}
    policies = {
        "checkout": {"levels": [ALICE, {"hand_over_to": "night"}], "hand_over_to": "turns"},
        "night": {"levels": [ALICE], "hand_over_to": "turns"},
        "turns": turns,
        "other": {"levels": [ALICE]},
    }
    plan = plan_of(organisation(policies=policies), "checkout")
    assert set(plan.policies) == {"checkout", "night", "turns"}
    assert hands_over_to(plan.first) == ("night", "turns")
    (target,) = plan.level("turns", 0).targets
    assert [str(member) for member in target.round_robin or ()] == ["alice", "bob"]


def test_a_policy_that_is_gone_leaves_the_rest_of_the_snapshot() -> None:
    policies = {"checkout": SMALL["policies"]["checkout"] | {"hand_over_to": "gone"}}
    assert set(plan_of(organisation(policies=policies), "checkout").policies) == {"checkout"}
