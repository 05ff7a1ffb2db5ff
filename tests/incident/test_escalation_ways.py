"""Which way does an escalation take? Turns, conditions, other policies, handoffs of shifts, and delays."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incident.actions import PageLevel
from incident.policy import Policy, Target
from incident.progress import Stage
from incident.round_robin import whose_turn
from incident.situation import Responder, Situation, Turn
from tests.incident.escalation_scenario import EscalationScenario, level, policy

TURNS = policy(level(targets=[{"round_robin": ["alice", "bob", "carol"]}]))


class TestDelay:
    def test_the_first_level_may_wait_before_it_fires(self) -> None:
        night = EscalationScenario(policy(level("alice", delay="3m"), "bob", repeat=1)).expect_silence()

        night.at(2).expect_silence().at(3).expect_page("alice").at(8).expect_page("bob")
        night.at(13).expect_page("alice")

    def test_the_delay_comes_on_top_of_the_night(self) -> None:
        night = EscalationScenario(policy(level("alice", delay="3m")), first_page_at=60)

        night.at(62).expect_silence().at(63).expect_page("alice")

    def test_an_escalation_that_begins_further_up_does_not_wait(self) -> None:
        EscalationScenario(policy(level("alice", delay="3m"), "bob"), level=1).expect_page("bob", level=2)

    def test_an_acknowledgement_before_the_first_page_keeps_everybody_asleep(self) -> None:
        night = EscalationScenario(policy(level("alice", delay="3m"))).at(1)

        night.acknowledge("bob").expect_stop("acknowledged by bob").at(100).expect_silence()


class TestRoundRobin:
    @pytest.mark.parametrize(
        ("last", "paged"),
        [
            pytest.param(None, "alice", id="the first for the first incident"),
            pytest.param("alice", "bob", id="the next one for the next"),
            pytest.param("carol", "alice", id="the first after the last"),
            pytest.param("dora", "alice", id="the first, when the last one has gone"),
        ],
    )
    def test_it_pages(self, last: str | None, paged: str) -> None:
        night = EscalationScenario(TURNS, turns={"checkout/0": Turn(last=last)})
        ((_, page),) = night.happened
        assert isinstance(page, PageLevel)
        assert page.turn == paged
        night.expect_page(paged)

    def test_whoever_cannot_be_reached_is_passed_over(self) -> None:
        night = EscalationScenario(TURNS, first_page_at=1, turns={"checkout/0": Turn(last="alice")})

        night.nobody_is("bob").at(1).expect_page("carol")

    def test_nobody_of_them_is_a_level_that_reaches_nobody(self) -> None:
        night = EscalationScenario(TURNS, first_page_at=1).nobody_is("alice", "bob", "carol")

        night.at(1).expect_skip("nobody is alice; nobody is bob; nobody is carol")

    def test_the_same_incident_stays_with_whom_it_was_assigned_to(self) -> None:
        turns = {"checkout/0": Turn(last="carol", assigned="bob")}

        EscalationScenario(TURNS, turns=turns).expect_page("bob")

    def test_it_goes_to_somebody_else_when_that_one_cannot_be_reached_any_more(self) -> None:
        turns = {"checkout/0": Turn(last="carol", assigned="bob")}
        night = EscalationScenario(TURNS, turns=turns, first_page_at=1)

        night.nobody_is("bob").at(1).expect_page("alice")

    def test_a_schedule_takes_its_turn_with_whoever_is_on_call(self) -> None:
        turns = policy(
            level(targets=[{"round_robin": ["alice", {"schedule": "primary"}]}, {"person": "dora"}])
        )
        night = EscalationScenario(turns, first_page_at=1, turns={"checkout/0": Turn(last="alice")})

        night.hand_off("schedule primary", "erin", "frank").at(1).expect_page("erin", "frank", "dora")

    def test_when_all_else_fails_every_one_of_them_is_paged(self) -> None:
        night = EscalationScenario(TURNS).expect_page("alice").at(5)

        night.expect_exhausted("nobody acknowledged in 1 round of 1 levels")
        night.expect_skip("the policy has no fallback").expect_page("alice", "bob", "carol")

    @given(
        st.lists(st.sampled_from("abcdef"), min_size=1, unique=True),
        st.sets(st.sampled_from("abcdef")),
        st.integers(1, 4),
    )
    def test_everybody_who_can_be_reached_gets_the_same_number_of_turns(
        self, names: list[str], gone: set[str], rounds: int
    ) -> None:
        members = tuple(Target(person=name) for name in names)
        there = [name for name in names if name not in gone]
        known = {name: (Responder(person=name, because=""),) for name in there}
        situation, last = Situation(responders=known), None
        taken = []
        for _ in range(rounds * len(there)):
            chosen = whose_turn(members, Turn(last=last), situation)
            last = str(chosen)
            taken.append(last)
        assert taken == there * rounds


class TestConditions:
    def test_a_level_that_is_not_meant_for_this_is_passed_over_at_once(self) -> None:
        worst = policy("alice", level("boss", when={"severity": [1]}), "bob")
        night = EscalationScenario(worst, severity=2).expect_page("alice")

        night.at(5).expect_skip("it is for severity 1, and this is 2").expect_page("bob", level=3)

    def test_the_severity_counts_as_it_is_when_the_level_is_reached(self) -> None:
        worst = policy("alice", level("boss", when={"severity": [1]}))
        night = EscalationScenario(worst, severity=2).expect_page("alice")

        night.severity = night.severity.CRITICAL
        night.at(5).expect_page("boss")

    def test_a_number_of_alerts_counts_back_from_then(self) -> None:
        many = policy("alice", level("boss", when={"alerts": {"at_least": 3, "within": "5m"}}), repeat=1)
        night = EscalationScenario(many).expect_page("alice")

        night.alerts += [1, 2]
        night.at(5).expect_skip("it is for 3 alerts in 5m, and 2 came").expect_page("alice")
        night.alerts += [6, 7, 8]
        night.at(10).expect_page("boss")

    def test_a_level_may_wait_for_its_hours(self) -> None:
        office = level("bob", when={"working_hours": "inside"}, otherwise="wait")
        night = EscalationScenario(policy("alice", office)).expect_page("alice")

        night.at(5).expect_wait(until=360)
        night.at(359).expect_silence().at(360).expect_page("bob")

    def test_an_answer_while_it_waits_counts(self) -> None:
        office = level("bob", when={"working_hours": "inside"}, otherwise="wait")
        night = EscalationScenario(policy("alice", office)).expect_page("alice")

        night.at(5).expect_wait(until=360)
        night.at(100).acknowledge("alice").expect_stop("acknowledged by alice").at(400).expect_silence()

    def test_when_no_level_is_meant_for_this_the_fallback_is_paged(self) -> None:
        night = EscalationScenario(
            policy(level("alice", when={"severity": [1]}), fallback="carol"), severity=2
        )

        night.expect_skip("it is for severity 1, and this is 2")
        night.expect_exhausted("not one level of the policy reaches anybody now").expect_page("carol")


PLATFORM = {"platform": policy("erin", "frank", fallback="boss")}


class TestHandOver:
    def test_after_the_last_round_another_policy_goes_on(self) -> None:
        first = policy("alice", "bob", repeat=1, hand_over_to="platform")
        night = EscalationScenario(first, others=PLATFORM).expect_page("alice")

        night.at(5).expect_page("bob").at(10).expect_page("alice").at(15).expect_page("bob")
        night.at(20).expect_handover("platform").expect_page("erin", level=1)
        night.at(25).expect_page("frank", level=2)
        night.at(30).expect_exhausted("nobody acknowledged in 1 round of 2 levels").expect_page("boss")

    def test_a_level_hands_over_when_its_conditions_hold(self) -> None:
        branch = level(hand_over_to="platform", when={"severity": [1]})
        night = EscalationScenario(policy(branch, "bob"), others=PLATFORM)
        night.expect_handover("platform").expect_page("erin")

        day = EscalationScenario(policy(branch, "bob"), others=PLATFORM, severity=2)
        day.expect_skip("it is for severity 1, and this is 2").expect_page("bob")

    def test_a_policy_that_reaches_nobody_hands_over_at_once(self) -> None:
        first = policy("alice", "bob", repeat=9, hand_over_to="platform")
        night = EscalationScenario(first, others=PLATFORM, first_page_at=1).nobody_is("alice", "bob")

        night.at(1).expect_skip("nobody is alice").expect_skip("nobody is bob")
        night.expect_handover("platform").expect_page("erin")

    def test_a_policy_without_a_fallback_leaves_it_to_the_one_before(self) -> None:
        others = {"platform": policy("erin")}
        night = EscalationScenario(
            policy("alice", fallback="boss", hand_over_to="platform"), others=others
        ).expect_page("alice")

        night.at(5).expect_handover("platform").expect_page("erin")
        night.at(10).expect_exhausted("nobody acknowledged in 1 round of 1 levels").expect_page("boss")

    def test_the_other_policy_may_begin_with_a_delay(self) -> None:
        others = {"platform": policy(level("erin", delay="10m"))}
        night = EscalationScenario(policy("alice", hand_over_to="platform"), others=others).expect_page(
            "alice"
        )

        night.at(5).expect_handover("platform").at(14).expect_silence().at(15).expect_page("erin")

    def test_a_circle_that_was_accepted_all_the_same_comes_to_an_end(self) -> None:
        others = {"platform": policy("erin", hand_over_to="checkout")}
        night = EscalationScenario(
            policy("alice", hand_over_to="platform"), others=others, first_page_at=1
        ).nobody_is("alice", "erin")

        night.at(1).expect_skip("nobody is alice").expect_handover("platform").expect_skip("nobody is erin")
        night.expect_exhausted("not one level of the policy reaches anybody now")

    def test_an_answer_counts_with_the_time_of_the_policy_that_paged(self) -> None:
        others = {"platform": policy("erin", unacknowledge_after="20m")}
        night = EscalationScenario(policy("alice", hand_over_to="platform"), others=others).expect_page(
            "alice"
        )

        night.at(5).expect_handover("platform").expect_page("erin")
        night.at(6).acknowledge("erin").expect_stop("acknowledged by erin")
        night.at(26).expect_reopened().expect_page("erin", level=1)

    def test_a_page_says_whose_policy_it_is(self) -> None:
        night = EscalationScenario(policy("alice", hand_over_to="platform"), others=PLATFORM).at(5)
        page = night.happened[-1][1]
        assert isinstance(page, PageLevel)
        assert (page.policy, page.reason) == (
            "platform",
            "policy platform, level 1 of 2 pages erin, 5m to answer",
        )

    def test_after_a_silence_it_begins_at_level_1_of_the_first_policy(self) -> None:
        night = EscalationScenario(policy("alice", hand_over_to="platform"), others=PLATFORM)
        night.expect_page("alice").at(5).expect_handover("platform").expect_page("erin")

        night.hold("a silence", until=20).at(10).expect_held_back("a silence")
        night.release().at(20).expect_page("alice", level=1)


class TestHandoffOfAShift:
    """E12: `page_newcomers`."""

    def night(self, *, option: bool) -> EscalationScenario:
        night = EscalationScenario(policy("primary", "bob", wait=30, page_newcomers=option), first_page_at=1)
        night.handoffs["primary"] = 11
        return night.at(1).expect_page("primary")

    def test_whoever_comes_on_call_while_a_level_waits_is_paged_too(self) -> None:
        night = self.night(option=True)

        night.hand_off("primary", "dora")
        night.at(10).expect_silence().at(11).expect_page("dora", level=1)
        night.at(30).expect_silence().at(31).expect_page("bob", level=2)

    def test_without_the_option_the_next_level_is_waited_for(self) -> None:
        night = self.night(option=False)

        night.hand_off("primary", "dora")
        night.at(30).expect_silence().at(31).expect_page("bob", level=2)

    def test_somebody_who_was_paged_and_stays_is_left_alone(self) -> None:
        night = self.night(option=True)

        night.at(30).expect_silence().at(31).expect_page("bob")

    def test_an_answer_before_the_handoff_leaves_the_newcomer_asleep(self) -> None:
        night = self.night(option=True)

        night.hand_off("primary", "dora")
        night.at(5).acknowledge("primary").expect_stop("acknowledged by primary").at(100).expect_silence()


NAMES = ("alice", "bob", "carol", "dora")
WAYS = st.builds(
    lambda levels, repeat, then, newcomers: policy(
        *levels, repeat=repeat, hand_over_to=then, page_newcomers=newcomers
    ),
    st.lists(
        st.sampled_from(
            [
                level("alice bob"),
                level("carol", if_not="resolved"),
                level("bob", when={"severity": [1]}),
                level("dora", when={"working_hours": "inside"}, otherwise="wait"),
                level("alice dora", acknowledgements="all"),
                level(targets=[{"round_robin": ["carol", "dora"]}]),
                level(hand_over_to="platform", when={"severity": [2]}),
            ]
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 2),
    st.sampled_from([None, "platform"]),
    st.booleans(),
)
OTHERS = {"platform": policy("erin", "alice", repeat=1)}


def told(night: EscalationScenario) -> list[str]:
    return [f"{minute}: {action!r}" for minute, action in night.happened]


@given(
    WAYS,
    st.integers(1, 3),
    st.sets(st.sampled_from(NAMES)),
    st.none() | st.integers(0, 500),
    st.lists(st.integers(0, 900), max_size=10).map(sorted),
)
def test_a_new_process_at_any_moment_neither_repeats_nor_forgets_whatever_the_way(
    way: Policy, severity: int, gone: set[str], answered: int | None, asked: list[int]
) -> None:
    quiet, asking = (
        EscalationScenario(way, severity=severity, first_page_at=1, others=OTHERS).nobody_is(*gone)
        for _ in range(2)
    )
    for minute in sorted({*asked, answered or 0}):
        for night in (quiet, asking):
            if minute == answered:
                night.at(minute).acknowledge("alice")
        asking.at(minute).ask().down_until(minute)

    assert told(asking.at(1000)) == told(quiet.at(1000))
    assert asking.progress == quiet.progress


@given(WAYS, st.integers(1, 3), st.sets(st.sampled_from(NAMES)), st.lists(st.integers(1, 300), max_size=5))
def test_no_page_is_named_like_another_one_and_an_outage_takes_one_step(
    way: Policy, severity: int, gone: set[str], outages: list[int]
) -> None:
    night = EscalationScenario(way, severity=severity, first_page_at=1, others=OTHERS).nobody_is(*gone)
    for minutes in outages:
        before = len(night.happened)
        night.down_until(night.minute + minutes)
        paged = [action for _, action in night.happened[before:] if isinstance(action, PageLevel)]
        assert len(paged) <= 1
    pages = [action for _, action in night.at(1000).happened if isinstance(action, PageLevel)]
    assert [page.step for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        people = [responder.person for responder in page.responders]
        assert len(people) == len(set(people))


@given(WAYS, st.integers(1, 3), st.integers(0, 500))
def test_an_answer_silences_all_but_what_asks_for_a_resolution(
    way: Policy, severity: int, minute: int
) -> None:
    night = EscalationScenario(way, severity=severity, others=OTHERS).at(minute)
    night.acknowledge("alice").acknowledge("bob").acknowledge("dora")
    assume(night.progress.stage is Stage.ACKNOWLEDGED)
    night.happened.clear()

    pages = [action for _, action in night.at(2000).happened if isinstance(action, PageLevel)]

    assert all(page.although_acknowledged for page in pages)
    assert len(pages) <= sum(each.if_not == "resolved" for each in way.levels)
