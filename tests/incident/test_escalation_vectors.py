"""Do we escalate as the engines do whose tests nobody here wrote?

Their facts are prose-like, so each one that applies so far is read as a scenario; the others wait for what
docs/escalation.md calls later.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incident.policy import Policy
from tests.incident.escalation_scenario import EscalationScenario, policy

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "oncall.json").read_text())["vectors"]
ESCALATIONS = {each["id"]: each for each in VECTORS if each["kind"] == "escalation"}

LATER = {
    "escalation-multi-ack": "acknowledging for oneself only",
    "escalation-personal-rules-dedup": "personal rules (E13)",
    "escalation-round-robin": "round robin (E6)",
    "escalation-if-time-in-range": "conditions on a level (E8)",
}

FOR_EVER = -1


def policy_of(vector: dict[str, Any]) -> Policy:
    """Their policy as ours; "schedule:level2 (nobody)" is written as level2."""
    steps, repeat = vector["policy"]["steps"], vector["policy"].get("repeat", 0)
    levels = [
        policy(
            " ".join(name.removeprefix("schedule:").split()[0] for name in step["targets"]),
            wait=step["delay_minutes"] or 1,
        ).levels[0]
        for step in steps
    ]
    return Policy(levels=tuple(levels), repeat=9 if repeat == FOR_EVER else repeat)


def basic(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector)).expect_page("user1")
    night.at(29).expect_silence().at(30).expect_page("user2")
    night.at(89).expect_silence()


def step_notifies_all(vector: dict[str, Any]) -> None:
    EscalationScenario(policy_of(vector)).expect_page("u1", "u2", "u3")


def deleted_user_ignored(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector), first_page_at=1).nobody_is("inactive_user")
    night.at(1).expect_page("user")


def ack_race(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy("alice", "bob")).expect_page("alice")
    night.minute = 5
    night.acknowledge("alice").expect_stop("acknowledged by alice")
    night.ask().expect_silence()


def delayed_first_step(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector), first_page_at=5).expect_silence()
    night.at(4).ask().expect_silence()
    night.at(5).expect_page("user1")


def gap_notifies_nobody(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy("primary", "bob"), first_page_at=1).nobody_is("primary")
    night.at(1).expect_skip("nobody is primary").expect_page("bob")


def nobody_on_call_skips_delay(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector)).nobody_is("level2").expect_page("level1")
    night.at(5).expect_skip("nobody is level2").expect_page("level3")


SCENARIOS: dict[str, Callable[[dict[str, Any]], None]] = {
    "escalation-basic": basic,
    "escalation-step-notifies-all": step_notifies_all,
    "escalation-deleted-user-ignored": deleted_user_ignored,
    "escalation-ack-race": ack_race,
    "escalation-delayed-first-step": delayed_first_step,
    "escalation-gap-notifies-nobody": gap_notifies_nobody,
    "escalation-nobody-on-call-skips-delay": nobody_on_call_skips_delay,
}


def test_every_fact_about_escalation_is_tried_or_named_as_later() -> None:
    assert ESCALATIONS.keys() == SCENARIOS.keys() | LATER.keys()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_fact_holds(name: str) -> None:
    SCENARIOS[name](ESCALATIONS[name])
