"""Does the proposal even things out, without asking for anything impossible?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.fairness import Load, OffHours, loads, spread
from incident.oncall import final_schedule
from incident.override import conflict
from incident.rebalancing import Proposal, even_out
from incident.restriction import Interval
from incident.schedule import Schedule
from tests.incident.rotas import PEOPLE, ZONES, rotations

START = datetime(2027, 3, 1, tzinfo=UTC)
END = datetime(2027, 3, 29, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

DAILY = {"start": "2027-03-01T00:00Z", "handoff": {"unit": "day"}}


def weights(people: Sequence[str], zone: str = "UTC", end: datetime = END) -> dict[str, OffHours]:
    return dict.fromkeys(people, OffHours.of(zone, [date(2027, 3, 19)], START, end))


def rota(*layers: dict[str, Any], overrides: Sequence[dict[str, Any]] = ()) -> Schedule:
    return Schedule.model_validate({"timezone": "UTC", "layers": layers, "overrides": overrides})


def proposed(
    schedule: Schedule, *, since: datetime = START, busy: dict[str, list[Interval]] | None = None
) -> Proposal:
    people = sorted(schedule.people())
    return even_out(schedule, (START, END), weights(people), since=since, busy=busy)


def hours(carried: dict[str, Load]) -> dict[str, float]:
    return {person: load.hours / HOUR for person, load in carried.items()}


def covers(proposal: Proposal) -> list[tuple[str, str, str]]:
    return [
        (each.override.user, each.override.with_, f"{each.override.start:%d}") for each in proposal.covers
    ]


UNEVEN = rota({"users": ["ada", "ada", "ada", "ben"], **DAILY})


def test_whoever_carries_too_much_gives_shifts_to_whoever_carries_little() -> None:
    proposal = proposed(UNEVEN)
    assert hours(dict(proposal.before)) == {"ada": 504, "ben": 168}
    assert {(giver, taker) for giver, taker, _ in covers(proposal)} == {("ada", "ben")}
    assert hours(dict(proposal.after))["ada"] < 400


def test_the_reason_of_a_cover_names_the_measure_and_what_becomes_of_it() -> None:
    (first, *_) = proposed(UNEVEN).covers
    assert first.reason == "hours of ada and ben: 504 h and 168 h now, 480 h and 192 h after it"


def test_two_exchange_shifts_when_one_has_all_the_weekends() -> None:
    schedule = rota({"users": ["ben", "ben", "ada", "ben", "ada", "ada", "ada"], "name": "x", **DAILY})
    proposal = proposed(schedule)
    before, after = spread(proposal.before), spread(proposal.after)
    assert after.weekends < before.weekends
    assert any("in exchange for" in cover.reason for cover in proposal.covers)


def test_an_even_rotation_is_left_alone() -> None:
    week = {"start": "2027-03-01T00:00Z", "handoff": {"unit": "week"}}
    assert proposed(rota({"users": ["ada", "ben", "cleo", "dan"], **week})).covers == ()


def test_the_same_question_has_the_same_answer() -> None:
    assert proposed(UNEVEN) == proposed(UNEVEN)


def test_a_shift_that_has_begun_stays_where_it_is() -> None:
    later = START + 14 * DAY + HOUR
    starts = [cover.override.start for cover in proposed(UNEVEN, since=later).covers]
    assert starts
    assert min(starts) >= later


def test_nobody_on_vacation_is_given_a_shift() -> None:
    away = (START, START + 20 * DAY)
    starts = [cover.override.start for cover in proposed(UNEVEN, busy={"ben": [away]}).covers]
    assert starts
    assert min(starts) >= away[1]


def test_a_shift_that_is_cut_by_the_window_stays_whole() -> None:
    weekly = {"start": "2027-02-25T00:00Z", "handoff": {"unit": "week"}}
    proposal = proposed(rota({"users": ["ada", "ada", "ada", "ben"], **weekly}))
    assert all(cover.override.end < END for cover in proposal.covers)
    assert all(cover.override.start > START for cover in proposal.covers)


def test_two_turns_in_a_row_are_two_shifts() -> None:
    proposal = proposed(UNEVEN)
    assert {cover.override.end - cover.override.start for cover in proposal.covers} == {DAY}


def test_a_shift_that_ends_with_the_window_by_a_handoff_is_whole() -> None:
    week = {"start": "2027-03-01T00:00Z", "handoff": {"unit": "week"}}
    proposal = proposed(rota({"users": ["ada", "ben", "ada", "ada"], **week}))
    assert len(proposal.covers) == 1


def test_people_of_different_layers_do_not_take_over_from_each_other() -> None:
    day = {"type": "daily", "start": "08:00", "end": "10:00"}
    rest = {"type": "daily", "start": "10:00", "end": "08:00"}
    schedule = rota({"users": ["ada"], "restrictions": [day]}, {"users": ["ben"], "restrictions": [rest]})
    assert proposed(schedule).covers == ()


@pytest.mark.parametrize(
    "override",
    [
        pytest.param({"kind": "replace", "user": "ada", "with": "ben"}, id="somebody stands in already"),
        pytest.param({"kind": "remove", "user": "ben"}, id="the taker is taken off"),
        pytest.param({"kind": "add", "user": "ben"}, id="the taker is on call as well"),
    ],
)
def test_nothing_is_proposed_that_could_not_be_stored(override: dict[str, Any]) -> None:
    spans = {"start": "2027-03-01T00:00Z", "end": "2027-03-20T00:00Z"}
    proposal = proposed(rota({"users": ["ada", "ada", "ada", "ben"], **DAILY}, overrides=[override | spans]))
    assert all(cover.override.start >= datetime(2027, 3, 20, tzinfo=UTC) for cover in proposal.covers)


vacations = st.dictionaries(
    st.sampled_from(PEOPLE),
    st.lists(
        st.builds(
            lambda start, days: (START + start * HOUR, START + start * HOUR + days * DAY),
            st.integers(0, 600),
            st.integers(1, 10),
        ),
        max_size=2,
    ),
)


@settings(max_examples=40, deadline=None)
@given(layers=st.lists(rotations, min_size=1, max_size=2), zone=st.sampled_from(ZONES), busy=vacations)
def test_a_proposal_keeps_its_promise_and_spreads_nothing_wider(
    layers: list[dict[str, Any]], zone: str, busy: dict[str, list[Interval]]
) -> None:
    schedule = Schedule.model_validate({"timezone": zone, "layers": layers})
    off_hours = weights(PEOPLE, zone)
    proposal = even_out(schedule, (START, END), off_hours, since=START, busy=busy)
    before, after = spread(proposal.before), spread(proposal.after)
    assert all(now <= was for was, now in zip(before.measures(), after.measures(), strict=True))

    overrides = schedule.overrides
    for cover in proposal.covers:
        assert conflict(overrides, cover.override) is None
        away = busy.get(cover.override.with_, [])
        assert not any(start < cover.override.end and cover.override.start < end for start, end in away)
        overrides = (*overrides, cover.override)
    changed = schedule.model_copy(update={"overrides": overrides})
    assert loads(final_schedule(changed, START, END), off_hours) == proposal.after
    # Whoever got a second shift at the same time would be one person where there were two.
    crowd = sum((load.hours for load in proposal.before.values()), timedelta())
    assert sum((load.hours for load in proposal.after.values()), timedelta()) == crowd
