"""What do subscribers hear when shifts come, move and go?"""

from collections.abc import Iterable
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.publication import (
    AHEAD,
    BACK,
    Announced,
    Event,
    Moved,
    OwnShift,
    Revision,
    Withdrawn,
    revise,
    shifts_shown,
)
from incident.schedule import Schedule

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def shift(start: float, end: float, person: str = "ada") -> OwnShift:
    """A shift from so many days after now to so many."""
    return OwnShift("payments", person, NOW + start * DAY, NOW + end * DAY)


def event(uid: str, start: float, end: float, person: str = "ada", **more: Any) -> Event:
    return Event(uid, shift(start, end, person), NOW - 9 * DAY, **more)


OFF = event("off", 5, 12, cancelled=True, sequence=1)

CASES = [
    pytest.param([], [shift(5, 12)], [Announced(shift(5, 12))], id="a new shift is announced"),
    pytest.param([event("a", 5, 12)], [shift(5, 12)], [], id="the same shift is told once"),
    pytest.param(
        [event("a", 5, 12)], [], [Withdrawn(event("a", 5, 12))], id="a shift that is off is withdrawn"
    ),
    pytest.param([OFF], [], [], id="a cancelled shift is cancelled once"),
    pytest.param(
        [OFF], [shift(5, 12)], [Moved(OFF, shift(5, 12))], id="a shift that is on again has its event back"
    ),
    pytest.param(
        [event("a", 5, 12)],
        [shift(5, 6), shift(7, 12)],
        [Moved(event("a", 5, 12), shift(7, 12)), Announced(shift(5, 6))],
        id="a shift cut in two keeps its event for the longer part",
    ),
    pytest.param(
        [event("a", 5, 6), event("b", 7, 12)],
        [shift(5, 12)],
        [Moved(event("b", 7, 12), shift(5, 12)), Withdrawn(event("a", 5, 6))],
        id="two shifts that become one keep the event of the longer one",
    ),
    pytest.param(
        [event("a", 5, 12)],
        [shift(5, 12, "ben")],
        [Withdrawn(event("a", 5, 12)), Announced(shift(5, 12, "ben"))],
        id="a shift that somebody else takes is cancelled for one and new for the other",
    ),
    pytest.param(
        [event("a", 5, 12)],
        [shift(12, 19)],
        [Withdrawn(event("a", 5, 12)), Announced(shift(12, 19))],
        id="a shift at another time altogether is another event",
    ),
    pytest.param([event("a", -9, -2)], [], [], id="what is over is not withdrawn"),
    pytest.param([event("a", -9, -2)], [shift(-9, -3)], [], id="what is over is not moved"),
    pytest.param(
        [event("a", -9, -2)], [shift(-9, -7), shift(-6, -2)], [], id="what is over is not told anew"
    ),
    pytest.param(
        [], [shift(-9, -2)], [Announced(shift(-9, -2))], id="the first look shows what is over, too"
    ),
    pytest.param(
        [event("a", -2, 5)],
        [shift(-2, 0)],
        [Moved(event("a", -2, 5), shift(-2, 0))],
        id="a shift that somebody takes over now ends now",
    ),
    pytest.param(
        [event("a", -2, 5)],
        [shift(-2, 0), shift(1, 5)],
        [Moved(event("a", -2, 5), shift(1, 5)), Announced(shift(-2, 0))],
        id="a shift that is cut now keeps its event for what is to come, and what was is not lost",
    ),
    pytest.param(
        [event("a", -2, -1)],
        [shift(-2, 1)],
        [Moved(event("a", -2, -1), shift(-2, 1))],
        id="a shift that goes on longer than was told keeps its event",
    ),
]


@pytest.mark.parametrize(("told", "wanted", "revisions"), CASES)
def test_subscribers_hear_what_has_changed(
    told: list[Event], wanted: list[OwnShift], revisions: list[Revision]
) -> None:
    assert list(revise(told, wanted, NOW)) == revisions


def written_down(events: dict[str, Event], revisions: Iterable[Revision], now: datetime) -> None:
    """Keep what was told, as the ledger does."""
    for revision in revisions:
        match revision:
            case Announced(new):
                events[f"new {len(events)}"] = Event(f"new {len(events)}", new, now)
            case Moved(old, new):
                events[old.uid] = Event(old.uid, new, now, old.sequence + 1)
            case Withdrawn(old):
                events[old.uid] = Event(old.uid, old.shift, now, old.sequence + 1, cancelled=True)


@pytest.mark.parametrize(("told", "wanted", "revisions"), CASES)
def test_once_it_is_written_down_there_is_nothing_more_to_say(
    told: list[Event], wanted: list[OwnShift], revisions: list[Revision]
) -> None:
    events = {each.uid: each for each in told}
    written_down(events, revisions, NOW)

    assert revise(events.values(), wanted, NOW) == ()


def schedule(**layer: Any) -> Schedule:
    return Schedule.model_validate({"timezone": "Europe/Rome", "layers": [layer]})


WEEKLY = schedule(users=["ada", "ben"], start="2027-01-04T09:00", handoff={"unit": "week"})


def test_shifts_are_shown_whole_even_where_they_reach_beyond_the_window() -> None:
    shifts = shifts_shown("payments", WEEKLY, NOW)

    assert {each.end - each.start for each in shifts} == {
        timedelta(days=7),
        timedelta(days=7, hours=-1),
    }
    assert shifts[0].start < NOW - BACK < shifts[0].end
    assert shifts[-1].start < NOW + AHEAD < shifts[-1].end


def test_the_week_in_which_the_clocks_change_has_167_hours_and_no_gap() -> None:
    shifts = shifts_shown("payments", WEEKLY, NOW)

    assert [each.end for each in shifts[:-1]] == [each.start for each in shifts[1:]]
    (spring,) = (each for each in shifts if each.start == datetime(2027, 3, 22, 8, tzinfo=UTC))
    assert spring.end == datetime(2027, 3, 29, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "always",
    [
        pytest.param(schedule(users=["ada"]), id="one person without rotation"),
        pytest.param(
            schedule(users=["ada", "ada"], start="2027-01-04T09:00", handoff={"unit": "day"}),
            id="one person who relieves themselves",
        ),
    ],
)
def test_somebody_who_is_always_on_call_has_a_shift_a_month_whenever_one_looks(always: Schedule) -> None:
    today, tomorrow = (set(shifts_shown("payments", always, NOW + each * DAY)) for each in (0, 1))

    assert len(today & tomorrow) == 5
    assert {each.end for each in today & tomorrow} >= {datetime(2027, 3, 31, 22, tzinfo=UTC)}
    assert revise([Event(str(each), each, NOW) for each in today], tomorrow, NOW + DAY) == ()


def test_people_on_call_together_have_a_shift_each_that_others_do_not_cut() -> None:
    both = schedule(
        users=[["ada", "ben"], ["ada", "cleo"]], start="2027-03-08T09:00", handoff={"unit": "week"}
    )
    shifts = shifts_shown("payments", both, NOW)

    ben = [each for each in shifts if each.person == "ben"]
    assert (ben[0].start, ben[0].end) == (
        datetime(2027, 3, 8, 8, tzinfo=UTC),
        datetime(2027, 3, 15, 8, tzinfo=UTC),
    )
    assert next(each.start for each in shifts if each.person == "ada") == datetime(2027, 3, 8, 8, tzinfo=UTC)


PEOPLE = st.sampled_from(["ada", "ben", "cleo"])


@st.composite
def plans(draw: st.DrawFn) -> Schedule:
    """A weekly rotation with a few overrides in the days around now."""
    overrides = []
    for _ in range(draw(st.integers(0, 4))):
        start = NOW + timedelta(hours=draw(st.integers(-100, 400)))
        end = start + timedelta(hours=draw(st.integers(1, 200)))
        overrides.append({"kind": "cover", "users": [draw(PEOPLE)], "start": start, "end": end})
    users = draw(st.permutations(["ada", "ben", "cleo"]))
    return schedule(users=users, start="2027-01-04T09:00", handoff={"unit": "week"}).model_copy(
        update={
            "overrides": Schedule.model_validate({**WEEKLY.model_dump(), "overrides": overrides}).overrides
        }
    )


@given(st.lists(st.tuples(plans(), st.integers(0, 100)), min_size=1, max_size=3))
@settings(max_examples=50, deadline=None)
def test_whatever_changes_a_subscriber_who_looks_sees_what_is_to_come_and_one_event_for_each_shift(
    edits: list[tuple[Schedule, int]],
) -> None:
    events: dict[str, Event] = {}
    now = NOW
    for edited, hours in edits:
        now += timedelta(hours=hours)
        shifts = shifts_shown("payments", edited, now)
        written_down(events, revise(events.values(), shifts, now), now)

        told = sorted(
            (e.shift for e in events.values() if not e.cancelled and e.shift.end > now), key=astuple
        )
        assert told == sorted((each for each in shifts if each.end > now), key=astuple)
        assert revise(events.values(), shifts, now) == ()
