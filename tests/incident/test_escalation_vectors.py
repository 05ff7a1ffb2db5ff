"""Do we escalate as the engines do whose tests nobody here wrote?

Their facts are prose-like, so each one is read as a scenario. What a fact says about personal rules is proved
where those are.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incident.policy import Policy
from incident.situation import Turn
from tests.incident.escalation_scenario import ALARM, EscalationScenario, level, policy

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "oncall.json").read_text())["vectors"]
ESCALATIONS = {each["id"]: each for each in VECTORS if each["kind"] == "escalation"}

FOR_EVER = -1


def policy_of(vector: dict[str, Any]) -> Policy:
    """Their policy as ours; "schedule:level2 (nobody)" is written as level2."""
    steps, repeat = vector["policy"]["steps"], vector["policy"].get("repeat", 0)
    levels = [
        level(
            " ".join(name.removeprefix("schedule:").split()[0] for name in step["targets"]),
            step["delay_minutes"] or 1,
            acknowledgements="all" if step.get("multi_ack") else 1,
        )
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
    delayed = policy(level("user1", delay="5m"))
    night = EscalationScenario(delayed).expect_silence()
    night.at(4).ask().expect_silence()
    night.at(5).expect_page("user1")


def gap_notifies_nobody(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy("primary", "bob"), first_page_at=1).nobody_is("primary")
    night.at(1).expect_skip("nobody is primary").expect_page("bob")


def nobody_on_call_skips_delay(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector)).nobody_is("level2").expect_page("level1")
    night.at(5).expect_skip("nobody is level2").expect_page("level3")


def multi_ack(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector)).expect_page("u1", "u2")
    night.at(1).acknowledge("u1").expect_answer("u2 must acknowledge, too")
    night.at(30).acknowledge("u2").expect_stop("acknowledged by u1, u2")


def personal_rules_restart(vector: dict[str, Any]) -> None:
    night = EscalationScenario(policy_of(vector)).expect_page("u1")
    night.at(1).escalate("u1").expect_page("u1")


def round_robin(vector: dict[str, Any]) -> None:
    ((target,),) = [step["targets"] for step in vector["policy"]["steps"]]
    members = target.removeprefix("round_robin:[").removesuffix("]").split(",")
    turns = policy(level(targets=[{"round_robin": members}]))
    last = None
    for expected in (*(each["notify"] for each in vector["expect"]), [members[0]]):
        night = EscalationScenario(turns, turns={"checkout/0": Turn(last=last)})
        night.expect_page(*expected)
        (last,) = expected


def if_time_in_range(vector: dict[str, Any]) -> None:
    for case in vector["cases"]:
        between = {"timezone": "UTC", "start": case["from"], "end": case["to"]}
        level_ = level("alice", when={"between": between}, otherwise="wait")
        now = _minute(case["now"])
        night = EscalationScenario(policy(level_), first_page_at=now)
        clock, _, day = case["continue_at"].partition(" ")
        opens = now if clock == "now" else _minute(clock) + ("next" in day) * 24 * 60
        if opens > now:
            night.at(now).expect_wait(until=opens).at(opens - 1).expect_silence()
        night.at(opens).expect_page("alice")


def _minute(clock: str) -> int:
    """A time of the day after the alarm, in minutes from it."""
    hour, minute = map(int, clock.split(":"))
    return (hour + 24 - ALARM.hour) * 60 + minute


SCENARIOS: dict[str, Callable[[dict[str, Any]], None]] = {
    "escalation-basic": basic,
    "escalation-step-notifies-all": step_notifies_all,
    "escalation-deleted-user-ignored": deleted_user_ignored,
    "escalation-multi-ack": multi_ack,
    "escalation-personal-rules-dedup": personal_rules_restart,
    "escalation-round-robin": round_robin,
    "escalation-if-time-in-range": if_time_in_range,
    "escalation-ack-race": ack_race,
    "escalation-delayed-first-step": delayed_first_step,
    "escalation-gap-notifies-nobody": gap_notifies_nobody,
    "escalation-nobody-on-call-skips-delay": nobody_on_call_skips_delay,
}


def test_every_fact_about_escalation_is_tried() -> None:
    assert ESCALATIONS.keys() == SCENARIOS.keys()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_fact_holds(name: str) -> None:
    SCENARIOS[name](ESCALATIONS[name])
