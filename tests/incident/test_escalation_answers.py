"""Does an acknowledgement last as long as it should, from as many people as it should, and no longer?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.errors import TransitionError
from incident.policy import Policy
from incident.progress import Stage
from tests.incident.escalation_scenario import EscalationScenario, level, policy

LASTING = policy("alice", "bob", "carol", unacknowledge_after="30m")


class TestItsTime:
    def test_it_runs_out_and_the_same_level_is_paged_again_and_the_next_one_follows(self) -> None:
        night = EscalationScenario(LASTING).expect_page("alice")
        night.at(5).expect_page("bob", level=2)

        night.at(7).acknowledge("bob").expect_stop("acknowledged by bob")
        night.at(36).expect_silence()
        night.at(37).expect_reopened().expect_page("bob", level=2)
        night.at(42).expect_page("carol", level=3)

    def test_acknowledging_again_begins_it_anew(self) -> None:
        night = EscalationScenario(LASTING).expect_page("alice")

        night.at(1).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(20).acknowledge("bob").at(49).expect_silence()
        night.at(50).expect_reopened().expect_page("alice")

    def test_it_runs_out_as_often_as_it_is_given(self) -> None:
        night = EscalationScenario(policy("alice", wait=60, unacknowledge_after="30m")).expect_page("alice")

        for minute in (1, 32, 63):
            night.at(minute).acknowledge("alice").expect_stop("acknowledged by alice")
            night.at(minute + 30).expect_reopened().expect_page("alice", level=1)

    def test_a_reminder_that_was_acknowledged_goes_to_the_fallback_again(self) -> None:
        night = EscalationScenario(policy("alice", fallback="carol", unacknowledge_after="30m"))
        night.expect_page("alice").at(5)
        night.expect_exhausted("nobody acknowledged in 1 round of 1 levels").expect_page("carol")

        night.at(6).acknowledge("carol").expect_stop("acknowledged by carol")
        night.at(36).expect_reopened().expect_page("carol")
        assert night.progress.stage is Stage.UNREACHED

    def test_an_incident_that_was_resolved_meanwhile_wakes_nobody(self) -> None:
        night = EscalationScenario(LASTING).expect_page("alice")

        night.at(1).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(2).end("INC-1 is resolved").at(10_000).expect_silence()
        assert night.progress.stage is Stage.ACKNOWLEDGED

    def test_before_the_first_page_it_leads_to_the_first_level(self) -> None:
        night = EscalationScenario(LASTING, first_page_at=60)

        night.at(10).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(40).expect_reopened().expect_page("alice", level=1)


class TestByHand:
    def test_the_next_level_is_paged_at_once(self) -> None:
        night = EscalationScenario(policy("alice", "bob", "carol")).expect_page("alice")

        night.at(1).escalate("alice").expect_page("bob", level=2)
        night.at(5).expect_silence().at(6).expect_page("carol", level=3)

    def test_what_was_acknowledged_is_open_again_at_the_next_level(self) -> None:
        night = EscalationScenario(policy("alice", "bob")).expect_page("alice")

        night.at(1).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(90).escalate("alice").expect_reopened().expect_page("bob", level=2)
        night.at(95).expect_exhausted("nobody acknowledged in 1 round of 2 levels")

    def test_after_the_last_level_the_fallback_is_paged(self) -> None:
        night = EscalationScenario(policy("alice", fallback="carol")).expect_page("alice")

        night.at(1).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(2).escalate("bob").expect_reopened()
        night.expect_exhausted("nobody acknowledged in 1 round of 1 levels").expect_page("carol")
        night.at(3).escalate("bob").expect_page("carol")

    def test_whoever_waits_for_the_morning_is_paged_at_once(self) -> None:
        EscalationScenario(policy("alice"), first_page_at=300).at(1).escalate("bob").expect_page("alice")

    def test_after_the_end_it_is_refused(self) -> None:
        night = EscalationScenario(policy("alice")).expect_page("alice")

        night.at(1).end("INC-1 is resolved").expect_stop("INC-1 is resolved")
        with pytest.raises(TransitionError, match="INC-1 is resolved"):
            night.escalate("bob")


class TestSeveral:
    def test_a_level_may_want_everybody(self) -> None:
        night = EscalationScenario(policy(level("alice bob", acknowledgements="all"), "carol"))
        night.expect_page("alice", "bob")

        night.at(1).acknowledge("alice").expect_answer("bob must acknowledge, too")
        night.at(2).acknowledge("bob").expect_stop("acknowledged by alice, bob")

    def test_a_level_may_want_some(self) -> None:
        night = EscalationScenario(policy(level("alice bob carol", acknowledgements=2)))
        night.expect_page("alice", "bob", "carol")

        night.at(1).acknowledge("carol").expect_answer("1 more must acknowledge")
        night.at(1).acknowledge("carol").expect_answer("1 more must acknowledge")
        night.at(2).acknowledge("alice").expect_stop("acknowledged by carol, alice")

    def test_one_is_enough_where_only_one_was_reached(self) -> None:
        night = EscalationScenario(policy(level("alice bob", acknowledgements=2)), first_page_at=1)

        night.nobody_is("bob").at(1).expect_page("alice")
        night.acknowledge("alice").expect_stop("acknowledged by alice")

    def test_when_the_time_is_up_the_next_level_is_asked_for_the_rest(self) -> None:
        night = EscalationScenario(policy(level("alice bob", acknowledgements="all"), "alice carol"))
        night.expect_page("alice", "bob")

        night.at(1).acknowledge("alice").expect_answer("bob must acknowledge, too")
        night.at(5).expect_page("carol", level=2)
        night.at(6).acknowledge("carol").expect_stop("acknowledged by alice, carol")

    def test_whoever_has_acknowledged_is_left_alone_in_the_next_round(self) -> None:
        night = EscalationScenario(policy(level("alice bob", acknowledgements="all"), "alice", repeat=1))
        night.expect_page("alice", "bob")

        night.at(1).acknowledge("alice").expect_answer("bob must acknowledge, too")
        night.at(5).expect_skip("alice acknowledged already").expect_page("bob", level=1)

    def test_a_night_that_waits_for_the_morning_needs_one(self) -> None:
        night = EscalationScenario(policy(level("alice bob", acknowledgements="all")), first_page_at=60)

        night.at(1).acknowledge("alice").expect_stop("acknowledged by alice")


class TestIfNotResolved:
    WATCHED = policy(
        "alice", "bob", level("boss", if_not="resolved"), "carol", level("ceo", if_not="resolved")
    )

    def test_such_a_level_fires_when_it_would_have_although_somebody_acknowledged(self) -> None:
        night = EscalationScenario(self.WATCHED).expect_page("alice")

        night.at(2).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(9).expect_silence().at(10).expect_page("boss", level=3)
        night.at(19).expect_silence().at(20).expect_page("ceo", level=5)
        night.at(10_000).expect_silence()
        assert night.progress.stage is Stage.ACKNOWLEDGED

    def test_unacknowledged_it_is_a_level_like_any_other(self) -> None:
        night = EscalationScenario(self.WATCHED).expect_page("alice")

        night.at(5).expect_page("bob").at(10).expect_page("boss").at(15).expect_page("carol")

    def test_once_the_incident_is_resolved_it_does_not(self) -> None:
        night = EscalationScenario(self.WATCHED).expect_page("alice")

        night.at(2).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(3).end("INC-1 is resolved").at(100).expect_silence()

    def test_when_it_reaches_nobody_the_next_one_counts_from_then(self) -> None:
        night = EscalationScenario(self.WATCHED).expect_page("alice")

        night.at(2).acknowledge("alice").expect_stop("acknowledged by alice")
        night.nobody_is("boss").at(10).expect_skip("nobody is boss")
        night.at(15).expect_page("ceo")

    def test_its_conditions_hold_as_ever(self) -> None:
        watched = policy("alice", level("boss", if_not="resolved", when={"severity": [1]}))
        night = EscalationScenario(watched, severity=2).expect_page("alice")

        night.at(2).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(5).expect_skip("it is for severity 1, and this is 2")

    def test_it_may_wait_for_its_hours(self) -> None:
        noon = {"between": {"timezone": "UTC", "start": "12:00", "end": "13:00"}}
        watched = policy("alice", level("boss", if_not="resolved", when=noon, otherwise="wait"))
        night = EscalationScenario(watched).expect_page("alice")

        night.at(2).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(5).expect_wait(until=540).at(540).expect_page("boss")

    def test_the_end_of_the_acknowledgement_comes_in_between(self) -> None:
        watched = policy("alice", "bob", level("boss", if_not="resolved"), unacknowledge_after="6m")
        night = EscalationScenario(watched).expect_page("alice")

        night.at(2).acknowledge("alice").expect_stop("acknowledged by alice")
        night.at(8).expect_reopened().expect_page("alice", level=1)
        night.at(13).expect_page("bob", level=2).at(18).expect_page("boss", level=3)


class TestHolds:
    """E14: maintenance and silences."""

    def test_no_step_is_taken_and_at_the_end_it_begins_at_level_1(self) -> None:
        night = EscalationScenario(policy("alice", "bob", "carol")).expect_page("alice")

        night.at(5).expect_page("bob", level=2)
        night.hold("a maintenance", until=60).at(10).expect_held_back("a maintenance")
        night.at(59).expect_silence()
        night.release().at(60).expect_page("alice", level=1)
        night.at(65).expect_page("bob", level=2)

    def test_one_without_a_known_end_is_looked_at_every_minute_and_told_once(self) -> None:
        night = EscalationScenario(policy("alice", "bob")).expect_page("alice")

        night.hold("a silence").at(5).expect_held_back("a silence")
        night.at(200).expect_silence()
        night.release().at(201).expect_page("alice")

    def test_one_that_is_over_before_anything_was_due_changes_nothing(self) -> None:
        night = EscalationScenario(policy("alice", "bob")).expect_page("alice")

        night.at(1).hold("a silence", until=3).at(3).release()
        night.at(5).expect_page("bob", level=2)

    def test_escalating_by_hand_is_refused(self) -> None:
        night = EscalationScenario(policy("alice", "bob")).expect_page("alice")

        with pytest.raises(TransitionError, match="nobody is paged while a maintenance lasts"):
            night.hold("a maintenance", until=60).escalate("bob")

    def test_it_can_be_acknowledged_meanwhile(self) -> None:
        night = EscalationScenario(policy("alice", "bob")).expect_page("alice")

        night.hold("a silence", until=60).at(5).expect_held_back("a silence")
        night.at(10).acknowledge("alice").expect_stop("acknowledged by alice")
        night.release().at(1000).expect_silence()

    def test_an_acknowledgement_that_runs_out_waits_for_the_end_too(self) -> None:
        night = EscalationScenario(LASTING).expect_page("alice")

        night.at(1).acknowledge("alice").expect_stop("acknowledged by alice")
        night.hold("a silence", until=60).at(31).expect_held_back("a silence")
        night.release().at(60).expect_reopened().expect_page("alice", level=1)


LASTING_OR_NOT = st.sampled_from(
    [LASTING, policy("alice", "bob", "carol", repeat=1, unacknowledge_after="7m")]
)
MINUTES = st.lists(st.integers(0, 200), max_size=6).map(sorted)


@given(LASTING_OR_NOT, MINUTES, st.lists(st.integers(0, 200), max_size=8).map(sorted))
def test_asking_at_any_minute_does_not_change_what_happens_after_answers(
    lasting: Policy, answers: list[int], asked: list[int]
) -> None:
    quiet, asking = EscalationScenario(lasting), EscalationScenario(lasting)

    for minute in sorted({*answers, *asked}):
        for night in (quiet, asking):
            if minute in answers:
                night.at(minute).acknowledge("alice")
        if minute in asked:
            asking.at(minute).ask().ask()

    assert asking.at(300).happened == quiet.at(300).happened
