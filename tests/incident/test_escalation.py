"""Is the right person woken at the right time, and does it end well whatever happens in between?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.actions import PageLevel
from incident.policy import Policy
from incident.progress import FALLBACK, Stage
from incident.situation import Responder
from tests.incident.escalation_scenario import ALARM, EscalationScenario, policy

TWO_LEVELS = policy("alice", "bob", fallback="carol")


def test_the_levels_are_climbed_one_by_one_each_after_the_wait_of_the_one_before() -> None:
    night = EscalationScenario(TWO_LEVELS)

    night.expect_page("alice", level=1)
    night.at(4).expect_silence()
    night.at(5).expect_page("bob", level=2)


def test_all_targets_of_a_level_are_paged_together_and_each_person_once() -> None:
    night = EscalationScenario(policy("alice bob")).expect_page("alice", "bob")

    night.hand_off("bob", "alice")
    night.at(5).expect_exhausted("nobody acknowledged in 1 round of 1 levels")
    night.expect_skip("the policy has no fallback").expect_page("alice")


def test_an_acknowledgement_stops_everything_and_a_second_one_changes_nothing() -> None:
    night = EscalationScenario(TWO_LEVELS).expect_page("alice")

    night.at(3).acknowledge("alice").expect_stop("acknowledged by alice")
    night.at(4).acknowledge("bob").expect_silence()
    night.at(10_000).expect_silence()


def test_an_acknowledgement_that_comes_together_with_a_due_step_wins() -> None:
    night = EscalationScenario(TWO_LEVELS).expect_page("alice")

    night.minute = 5
    night.acknowledge("alice").expect_stop("acknowledged by alice").ask().expect_silence()


def test_an_incident_that_is_over_wakes_nobody() -> None:
    night = EscalationScenario(TWO_LEVELS).expect_page("alice")

    night.at(2).end("INC-1 is resolved").expect_stop("INC-1 is resolved")
    night.at(10_000).expect_silence()


def test_the_policy_repeats_and_then_pages_its_fallback_again_and_again() -> None:
    night = EscalationScenario(policy("alice", "bob", repeat=1, fallback="carol", remind=60))

    night.expect_page("alice", level=1)
    night.at(5).expect_page("bob", level=2)
    night.at(10).expect_page("alice", level=1)
    night.at(15).expect_page("bob", level=2)
    night.at(20).expect_exhausted("nobody acknowledged in 2 rounds of 2 levels").expect_page("carol")
    night.at(79).expect_silence()
    night.at(80).expect_page("carol", level=FALLBACK + 1)
    night.at(140).expect_page("carol")
    night.at(150).acknowledge("carol").expect_stop("acknowledged by carol")


def test_a_level_that_reaches_nobody_is_left_at_once() -> None:
    night = EscalationScenario(policy("alice", "bob", "carol")).nobody_is("bob").expect_page("alice")

    night.at(5).expect_skip("nobody is bob").expect_page("carol", level=3)


def test_a_round_that_reaches_nobody_leads_to_the_fallback_at_once() -> None:
    night = EscalationScenario(TWO_LEVELS, first_page_at=1).nobody_is("alice", "bob")

    night.at(1).expect_skip("nobody is alice").expect_skip("nobody is bob")
    night.expect_exhausted("not one level of the policy reaches anybody now").expect_page("carol")


def test_a_later_round_that_reaches_nobody_leads_to_the_fallback_at_once_too() -> None:
    night = EscalationScenario(policy("alice", "bob", repeat=9, fallback="carol")).expect_page("alice")

    night.nobody_is("alice", "bob")
    night.at(5).expect_skip("nobody is bob").expect_skip("nobody is alice")
    night.expect_exhausted("not one level of the policy reaches anybody now").expect_page("carol")


def test_an_escalation_that_begins_further_up_still_tries_the_levels_below_in_its_next_round() -> None:
    night = EscalationScenario(policy("alice", "bob", repeat=1), first_page_at=1, level=1).nobody_is("bob")

    night.at(1).expect_skip("nobody is bob").expect_page("alice", level=1)


def test_an_escalation_cannot_begin_above_the_last_level() -> None:
    EscalationScenario(TWO_LEVELS, level=7).expect_page("bob", level=2)


def test_when_the_fallback_reaches_nobody_everybody_of_the_policy_is_paged_as_soon_as_one_can_be() -> None:
    night = EscalationScenario(policy("alice", "bob", fallback="carol"), first_page_at=1)

    night.nobody_is("alice", "bob", "carol").at(1)
    night.expect_skip("nobody is alice").expect_skip("nobody is bob")
    night.expect_exhausted("not one level of the policy reaches anybody now").expect_skip("nobody is carol")
    night.hand_off("bob", "bob")
    night.at(61).expect_skip("nobody is carol").expect_page("bob", level=FALLBACK + 1)


def test_people_are_looked_up_when_their_level_fires() -> None:
    night = EscalationScenario(policy("primary", "bob", repeat=1)).expect_page("primary")

    night.hand_off("primary", "dora")
    night.at(5).expect_page("bob")
    night.at(10).expect_page("dora")


def test_a_first_page_can_wait_for_the_morning() -> None:
    night = EscalationScenario(TWO_LEVELS, first_page_at=360)

    night.at(359).expect_silence()
    night.at(360).expect_page("alice")
    night.at(365).expect_page("bob")


def test_an_outage_costs_one_step_and_the_next_wait_counts_from_its_end() -> None:
    night = EscalationScenario(policy("alice", "bob", "carol")).expect_page("alice")

    night.down_until(47).expect_page("bob")
    night.at(51).expect_silence()
    night.at(52).expect_page("carol")


def test_a_page_says_why_it_is_sent_and_how_it_is_called() -> None:
    page = PageLevel(
        policy="checkout",
        level=1,
        round=0,
        step=1,
        responders=(Responder(person="bob", because="b"), Responder(person="eve", because="e")),
        until=ALARM,
        reason="",
    )
    night = EscalationScenario(policy("alice bob", "carol", wait=90, repeat=2))
    ((_, paged),) = night.happened

    assert isinstance(paged, PageLevel)
    assert paged.reason == "round 1 of 3, level 1 of 2 pages alice, bob, 1h30m to answer"
    assert page.label == "level 2 · bob, eve"
    assert page.model_copy(update={"level": FALLBACK}).label == "fallback · bob, eve"


PEOPLE = ("alice", "bob", "carol", "dora")
GROUPS = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(" ".join)
POLICIES = st.builds(
    lambda levels, wait, repeat, fallback: policy(*levels, wait=wait, repeat=repeat, fallback=fallback),
    st.lists(GROUPS, min_size=1, max_size=4),
    st.integers(1, 30),
    st.integers(0, 3),
    GROUPS,
)
GONE = st.sets(st.sampled_from(PEOPLE))
MINUTES = st.integers(0, 600)
LONG_AFTER = 30 * 4 * 4 + 1


def pages(night: EscalationScenario) -> list[tuple[int, int, int, tuple[str, ...]]]:
    return [
        (minute, action.round, action.level, tuple(each.person for each in action.responders))
        for minute, action in night.happened
        if isinstance(action, PageLevel)
    ]


def tonight(policy: Policy, gone: set[str]) -> EscalationScenario:
    return EscalationScenario(policy, first_page_at=1).nobody_is(*gone)


@given(POLICIES, GONE, MINUTES)
def test_asking_again_before_anything_is_due_does_nothing(
    policy: Policy, gone: set[str], minute: int
) -> None:
    night = tonight(policy, gone).at(minute)
    before, progress = list(night.happened), night.progress

    night.ask().ask()

    assert (night.happened, night.progress) == (before, progress)


@given(POLICIES, GONE)
def test_a_level_is_paged_at_most_once_in_a_round(policy: Policy, gone: set[str]) -> None:
    paged = [(round_, level) for _, round_, level, _ in pages(tonight(policy, gone).at(LONG_AFTER + 180))]

    assert len(paged) == len(set(paged))


TARGETS = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4).map(" ".join)
"""Of one level; the same one may be written twice."""


@given(st.lists(TARGETS, min_size=1, max_size=4), st.integers(0, 3), GONE, st.lists(MINUTES, max_size=6))
def test_each_target_is_paged_exactly_once_in_each_round_whoever_asks_and_when(
    levels: list[str], repeat: int, gone: set[str], asked: list[int]
) -> None:
    night = tonight(policy(*levels, repeat=repeat, fallback="eve"), gone)
    for minute in sorted(asked):
        night.at(minute).ask().ask()

    paged = [
        (round_, level, name)
        for _, round_, level, names in pages(night.at(700))
        if level != FALLBACK
        for name in names
    ]

    owed = [
        (round_, number, name)
        for round_ in range(repeat + 1)
        for number, names in enumerate(levels)
        for name in dict.fromkeys(names.split())
        if name not in gone
    ]
    assert paged == owed


@given(POLICIES, GONE)
def test_everybody_who_can_be_reached_is_paged_in_every_round_before_it_is_given_up(
    policy: Policy, gone: set[str]
) -> None:
    reachable = [
        (round_, number)
        for round_ in range(policy.repeat + 1)
        for number, level in enumerate(policy.levels)
        if any(str(target) not in gone for target in level.targets)
    ]

    climbed = [(round_, level) for _, round_, level, _ in pages(tonight(policy, gone).at(LONG_AFTER))]

    assert [step for step in climbed if step[1] != FALLBACK] == reachable


@given(POLICIES, GONE, MINUTES)
def test_an_acknowledgement_silences_everything_that_was_owed(
    policy: Policy, gone: set[str], minute: int
) -> None:
    night = tonight(policy, gone).at(minute)
    night.happened.clear()

    night.acknowledge("alice").at(minute + LONG_AFTER)

    assert [type(action).__name__ for _, action in night.happened] == ["Stop"]


@given(POLICIES, GONE, st.lists(MINUTES, max_size=8))
def test_a_new_process_at_any_moment_neither_repeats_nor_forgets(
    policy: Policy, gone: set[str], restarts: list[int]
) -> None:
    undisturbed, disturbed = tonight(policy, gone), tonight(policy, gone)

    for minute in sorted(restarts):
        disturbed.at(minute).down_until(minute)

    assert pages(disturbed.at(700)) == pages(undisturbed.at(700))


@given(POLICIES, GONE)
def test_it_always_ends_unreached_with_somebody_paged_if_there_is_anybody(
    policy: Policy, gone: set[str]
) -> None:
    night = tonight(policy, gone).at(LONG_AFTER)

    assert night.progress.stage is Stage.UNREACHED
    assert sum(type(action).__name__ == "Exhausted" for _, action in night.happened) == 1
    last_resort = {name for _, _, level, names in pages(night) if level == FALLBACK for name in names}
    fallback = {str(target) for target in policy.fallback} - gone
    everybody = {str(target) for level in policy.levels for target in level.targets} - gone
    assert last_resort == (fallback or everybody)


@pytest.mark.parametrize("remind", [1, 60])
def test_the_fallback_is_reminded_for_ever(remind: int) -> None:
    night = EscalationScenario(policy("alice", fallback="bob", remind=remind)).at(5 + 100 * remind)

    assert [minute for minute, *_ in pages(night)] == [0, *range(5, 5 + 101 * remind, remind)]
