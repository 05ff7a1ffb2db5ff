"""Who is on call, next, and before? The cases that the vectors of other engines leave open."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.oncall import Shift, final_schedule, gaps, handoffs, next_on_call, on_call, previous_on_call
from incident.override import conflict
from incident.schedule import Schedule

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def daily(*users: Any, **extras: Any) -> dict[str, Any]:
    return {"users": users, "start": MONDAY, "handoff": {"unit": "day"}, **extras}


def schedule(*layers: Any, **extras: Any) -> Schedule:
    return Schedule.model_validate({"timezone": "UTC", "layers": layers, **extras})


def during(kind: str, start: float, end: float, **extras: Any) -> dict[str, Any]:
    """An override between two days, counted from Monday."""
    return {"kind": kind, "start": MONDAY + start * DAY, "end": MONDAY + end * DAY, **extras}


def people(read: Schedule, *days: float) -> list[str]:
    """Who is on call so many days after Monday, names joined."""
    return ["+".join(on_call(read, MONDAY + day * DAY)) for day in days]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        pytest.param([during("cover", 0, 1, users=["eve"])], "eve", id="cover replaces everybody"),
        pytest.param([during("cover", 0, 1, users=[])], "", id="a cover with nobody is deliberate"),
        pytest.param(
            [during("cover", 0, 1, users=["eve"]), during("cover", 0, 1, users=["finn"], priority=1)],
            "finn",
            id="the higher cover wins",
        ),
        pytest.param(
            [during("cover", 0, 1, users=["eve"]), during("cover", 0, 1, users=["finn"])],
            "eve+finn",
            id="equal covers are on call together",
        ),
        pytest.param(
            [during("cover", 0, 1, users=["eve"]), during("replace", 0, 1, user="eve", **{"with": "finn"})],
            "finn",
            id="replace acts on the cover",
        ),
        pytest.param(
            [
                during("replace", 0, 1, user="ben", **{"with": "cleo"}),
                during("replace", 0, 1, user="ada", **{"with": "ben"}),
            ],
            "ben",
            id="a stand-in is not replaced again",
        ),
        pytest.param(
            [during("replace", 0, 1, user="ben", **{"with": "eve"})], "ada", id="replace adds no coverage"
        ),
        pytest.param([during("add", 0, 1, user="eve")], "ada+eve", id="add joins"),
        pytest.param([during("remove", 0, 1, user="ada")], "", id="remove may leave nobody"),
        pytest.param([during("remove", -1, 0, user="ada")], "ada", id="an override that ends now is over"),
        pytest.param(
            [during("fixed", 0, 1, shifts=[{"users": ["eve"], "start": MONDAY - DAY, "end": MONDAY + HOUR}])],
            "eve",
            id="a fixed plan replaces the layers",
        ),
        pytest.param([during("fixed", 0, 1, shifts=[])], "", id="between fixed shifts nobody is on call"),
        pytest.param(
            [during("fixed", 0, 1, shifts=[]), during("cover", 0, 1, users=["eve"], priority=-5)],
            "eve",
            id="a cover lies above a fixed plan",
        ),
    ],
)
def test_overrides_change_who_is_on_call(overrides: list[dict[str, Any]], expected: str) -> None:
    assert people(schedule(daily("ada", "ben"), overrides=overrides), 0) == [expected]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        pytest.param(during("replace", 0, 1, user="ada", **{"with": "eve"}), "ada", id="replace"),
        pytest.param(during("cover", 0, 1, users=["eve"]), "ada", id="cover"),
        pytest.param(during("cover", 0, 1, users=["eve", "finn"]), "finn", id="cover by two"),
        pytest.param(during("add", 0, 1, user="eve"), "ada", id="add"),
    ],
)
def test_an_inactive_stand_in_relieves_nobody(override: dict[str, Any], expected: str) -> None:
    read = schedule(daily("ada", "ben"), overrides=[override])
    assert on_call(read, MONDAY, inactive={"eve"}) == (expected,)


def test_the_turn_of_an_inactive_person_falls_through_to_the_lower_layer() -> None:
    read = schedule(daily("ada", "ben", priority=1), {"users": ["boss"]})
    assert [on_call(read, MONDAY + day * DAY, inactive={"ben"}) for day in range(3)] == [
        ("ada",),
        ("boss",),
        ("ada",),
    ]


def test_groups_are_on_call_together_and_an_empty_turn_is_a_gap() -> None:
    read = schedule(daily(["ada", "ben"], [], "cleo"))
    assert people(read, 0, 1, 2, 3) == ["ada+ben", "", "cleo", "ada+ben"]
    assert gaps(read, MONDAY, MONDAY + 3 * DAY) == (Shift(MONDAY + DAY, MONDAY + 2 * DAY, ()),)


def test_the_final_schedule_covers_the_window_without_a_hole() -> None:
    shifts = final_schedule(schedule(daily("ada", [])), MONDAY - DAY, MONDAY + 2 * DAY)
    assert [(shift.on_call, shift.is_gap) for shift in shifts] == [((), True), (("ada",), False), ((), True)]


def test_five_people_share_the_working_days_equally_when_only_covered_days_count() -> None:
    working_days = {"type": "daily", "start": "09:00", "end": "17:00", "days": ["MO", "TU", "WE", "TH", "FR"]}
    seven = [f"p{number}" for number in range(7)]
    noons = [day + 0.5 for day in range(14) if day % 7 < 5]
    fair = schedule(daily(*seven, restrictions=[working_days], turns="covered_days"))
    assert people(fair, *noons) == [*seven, "p0", "p1", "p2"]
    by_calendar = schedule(daily(*seven, restrictions=[working_days]))
    assert set(people(by_calendar, *noons)) == {"p0", "p1", "p2", "p3", "p4"}


def test_covered_periods_pass_over_the_shifts_that_lie_outside_the_windows() -> None:
    mornings = {"type": "daily", "start": "08:00", "end": "16:00"}
    layer = daily("ada", "ben", handoff={"every": 8, "unit": "hour"}, restrictions=[mornings])
    assert people(schedule({**layer, "turns": "covered_periods"}), 0.5, 1.5, 2.5) == ["ada", "ben", "ada"]
    assert people(schedule(layer), 0.5, 1.5, 2.5) == ["ben", "ada", "ben"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("clamp", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("iterate", ["2027-01-31", "2027-02-28", "2027-03-28", "2027-04-28"]),
        ("overflow", ["2027-01-31", "2027-03-03", "2027-03-31", "2027-05-01"]),
    ],
)
def test_the_31st_in_short_months_follows_the_option(rule: str, expected: list[str]) -> None:
    start = datetime(2027, 1, 31, tzinfo=UTC)
    read = schedule(
        {"users": ["ada", "ben"], "start": start, "handoff": {"unit": "month"}}, semantics={"month_end": rule}
    )
    assert [f"{each:%Y-%m-%d}" for each in handoffs(read, start, start + 85 * DAY)] == expected


def test_the_turn_before_a_first_handoff_may_have_its_own_length() -> None:
    read = schedule(daily("ada", "ben", "cleo", first_handoff=MONDAY + HOUR))
    assert people(read, 0, 1 / 24, 1, 25 / 24) == ["ada", "ben", "ben", "cleo"]


def test_the_next_and_the_previous_are_others_than_now() -> None:
    read = schedule(daily("ada", "ben", "cleo"))
    now = MONDAY + 4 * DAY + HOUR
    after, before = next_on_call(read, now), previous_on_call(read, now)
    assert after == Shift(MONDAY + 5 * DAY, MONDAY + 6 * DAY, ("cleo",))
    assert before == Shift(MONDAY + 3 * DAY, MONDAY + 4 * DAY, ("ada",))


def test_the_same_person_after_a_gap_is_not_the_next() -> None:
    office = {"type": "daily", "start": "09:00", "end": "17:00"}
    alone = schedule(daily("ada", restrictions=[office]))
    assert next_on_call(alone, MONDAY + DAY / 2) is None
    assert previous_on_call(alone, MONDAY + DAY / 2) is None


def test_nobody_within_thirty_days_is_nobody() -> None:
    read = schedule({"users": ["ada"], "start": MONDAY + 31 * DAY})
    assert next_on_call(read, MONDAY) is None


def test_a_hundred_year_old_hourly_rotation_answers_at_once() -> None:
    read = schedule(daily("ada", "ben", "cleo", handoff={"unit": "hour"}))
    hours = 100 * 8766
    assert on_call(read, MONDAY + hours * HOUR) == (["ada", "ben", "cleo"][hours % 3],)


def test_a_conflict_names_the_person_and_the_stored_override() -> None:
    read = schedule(
        overrides=[
            during("replace", 0, 2, user="ada", **{"with": "ben"}),
            during("remove", 1, 3, user="ben"),
            during("remove", 2, 3, user="ada"),
            during("cover", 0, 2, users=["ada"]),
        ]
    )
    stored, overlapping, touching, cover = read.overrides
    reason = conflict([stored], overlapping)
    assert reason is not None
    assert reason.startswith(
        "ben already has an override (replace) from 2027-03-01 00:00 to 2027-03-03 00:00 UTC"
    )
    assert conflict([stored], touching) is None
    assert conflict([stored], cover) is None
