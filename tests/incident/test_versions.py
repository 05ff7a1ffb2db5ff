"""Does every version of a schedule hold in its own time, whatever is edited later?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.oncall import final_schedule, handoffs, next_on_call, on_call
from incident.schedule import Schedule
from incident.succession import carried_on
from incident.versions import Version, begins, joined, within

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
"""09:00 in Rome."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EDIT = MONDAY + 10 * DAY + 3 * HOUR
"""In the middle of ben's turn."""


def schedule(*users: str, **changes: Any) -> Schedule:
    layer = {"users": users, "start": "2027-03-01T09:00", "handoff": {"unit": "day"}}
    return Schedule.model_validate(
        {"timezone": "Europe/Rome", "layers": [layer | changes.pop("layer", {})]} | changes
    )


BEFORE = schedule("ada", "ben", "cleo")


def edited(after: Schedule, at: datetime = EDIT, before: Schedule = BEFORE) -> Schedule:
    versions = [Version(before, None, at), Version(carried_on(before, after, at), at, None)]
    return joined(versions, MONDAY - 90 * DAY)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(schedule("dan", "eve"), id="other people"),
        pytest.param(schedule("ben", "cleo"), id="somebody leaves"),
        pytest.param(schedule("dan", layer={"handoff": {"unit": "week"}}), id="other handoffs"),
        pytest.param(schedule("ada", "ben", timezone="America/New_York"), id="another zone"),
        pytest.param(
            schedule("ada", "ben", semantics={"hour_step": "elapsed"}), id="another reading of hours"
        ),
        pytest.param(schedule("ada", overrides=[]), id="nobody but one"),
    ],
)
def test_an_edit_leaves_what_was_and_decides_what_comes(after: Schedule) -> None:
    both = edited(after)
    assert final_schedule(both, MONDAY, EDIT) == final_schedule(BEFORE, MONDAY, EDIT)
    new = carried_on(BEFORE, after, EDIT)
    assert final_schedule(both, EDIT, EDIT + 60 * DAY) == final_schedule(new, EDIT, EDIT + 60 * DAY)


def test_an_override_of_the_file_holds_only_while_its_version_does() -> None:
    cover = {"kind": "cover", "users": ["zoe"], "start": EDIT - DAY, "end": EDIT + DAY}
    both = edited(schedule("ada", "ben", "cleo"), before=BEFORE.model_copy(update=_overrides(cover)))
    assert on_call(both, EDIT - HOUR) == ("zoe",)
    assert on_call(both, EDIT + HOUR) == ("ben",)


def test_an_override_over_another_zone_is_kept_on_top_of_the_plan() -> None:
    cover = {"kind": "cover", "users": ["zoe"], "start": EDIT - DAY, "end": EDIT - HOUR}
    fixed = {
        "kind": "fixed",
        "shifts": [{"users": ["finn"], "start": MONDAY, "end": MONDAY + 2 * DAY}],
        "start": MONDAY,
        "end": MONDAY + 2 * DAY,
    }
    before = BEFORE.model_copy(update=_overrides(cover, fixed))
    both = edited(schedule("ada", timezone="Asia/Tokyo"), before=before)
    assert final_schedule(both, MONDAY, EDIT) == final_schedule(before, MONDAY, EDIT)


def _overrides(*written: dict[str, Any]) -> dict[str, Any]:
    return {"overrides": schedule("ada", overrides=list(written)).overrides}


def test_the_layers_of_the_version_in_force_stand_first() -> None:
    both = edited(schedule("ada", "ben", layer={"handoff": {"unit": "week"}}))
    assert [f"{each:%m-%d}" for each in handoffs(both, EDIT, EDIT + 8 * DAY)] == ["03-08", "03-15", "03-22"]


def test_versions_that_ended_long_ago_are_left_out() -> None:
    versions = [Version(BEFORE, None, EDIT), Version(schedule("dan"), EDIT)]
    assert joined(versions, EDIT) == schedule("dan")


def test_who_is_next_is_seen_over_an_edit_that_is_still_to_come() -> None:
    following = next_on_call(edited(schedule("dan", layer={"handoff": None})), EDIT - HOUR)
    assert following is not None
    assert (following.start, following.on_call) == (EDIT, ("dan",))


@pytest.mark.parametrize(
    ("takes_effect", "expected"),
    [
        pytest.param("now", EDIT, id="now"),
        pytest.param("after_shift", MONDAY + 11 * DAY, id="when ben hands over"),
        pytest.param("2027-03-20T09:00", MONDAY + 19 * DAY, id="at a local time of the schedule"),
        pytest.param("2027-03-20T09:00+02:00", MONDAY + 19 * DAY - HOUR, id="at an instant"),
        pytest.param("2027-03-05T09:00", EDIT, id="at a date that has passed: now"),
    ],
)
def test_an_edit_says_when_it_takes_effect(takes_effect: str, expected: datetime) -> None:
    assert begins(schedule("dan", takes_effect=takes_effect), BEFORE, EDIT) == expected


@pytest.mark.parametrize(
    "current",
    [
        pytest.param(schedule("ada", layer={"handoff": None}), id="a shift without an end"),
        pytest.param(schedule(), id="nobody's shift"),
    ],
)
def test_after_a_shift_that_does_not_end_means_now(current: Schedule) -> None:
    assert begins(schedule("dan", takes_effect="after_shift"), current, EDIT) == EDIT


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param("tomorrow", "write now or after_shift, or a date and time", id="no word that is known"),
        pytest.param(20270301, "write now or after_shift, or a date and time", id="a number"),
        pytest.param(["now"], "write now or after_shift, or a date and time", id="a list"),
        pytest.param("2027-03-28T02:30", "does not exist in Europe/Rome: write", id="a time in the gap"),
        pytest.param("2027-10-31T02:30", "happens twice in Europe/Rome: write", id="a repeated time"),
    ],
)
def test_a_time_that_means_nothing_is_refused_with_what_to_write(written: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        schedule("ada", takes_effect=written)


@pytest.mark.parametrize(
    ("after", "then"),
    [
        pytest.param(schedule("ada", "ben", "cleo", "dan"), "ben cleo dan ada", id="somebody joins"),
        pytest.param(schedule("ada", "cleo"), "cleo ada cleo ada", id="the person on call leaves"),
        pytest.param(schedule("cleo", "ben", "ada"), "ben ada cleo ben", id="another order"),
        pytest.param(schedule("ben", "cleo", "ada"), "ben cleo ada ben", id="the same order, turned"),
        pytest.param(
            schedule("ada", "ben", "cleo", layer={"start": "2027-03-02T09:00"}),
            "ada ben cleo ada",
            id="another start: as it is written",
        ),
        pytest.param(schedule("dan", layer={"handoff": None}), "dan dan dan dan", id="no rotation any more"),
        pytest.param(schedule(), "   ", id="nobody any more"),
    ],
)
def test_whoever_has_the_turn_keeps_it_over_an_edit(after: Schedule, then: str) -> None:
    both = edited(after)
    assert " ".join("".join(on_call(both, EDIT + day * DAY)) for day in range(4)) == then


def test_somebody_with_several_turns_keeps_the_right_one() -> None:
    before = schedule("ada", "ben", "ada", "cleo")
    both = edited(before.model_copy(), before=before)
    assert final_schedule(both, MONDAY, EDIT + 20 * DAY) == final_schedule(before, MONDAY, EDIT + 20 * DAY)


def test_a_layer_that_was_moved_to_another_place_goes_on() -> None:
    (layer,) = schedule("ada", "cleo").layers
    other = layer.model_copy(update={"handoff": None, "users": (("zoe",),), "priority": -1, "start": None})
    assert on_call(edited(BEFORE.model_copy(update={"layers": (other, layer)})), EDIT) == ("cleo",)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        pytest.param(None, None, (0, 4), id="no limit"),
        pytest.param(1, 3, (1, 3), id="cut at both ends"),
        pytest.param(-1, 9, (0, 4), id="wholly inside"),
        pytest.param(4, 9, None, id="over before"),
        pytest.param(None, 0, None, id="begins after"),
    ],
)
def test_an_override_is_cut_to_the_time_in_which_it_holds(
    since: int | None, until: int | None, expected: tuple[int, int] | None
) -> None:
    (made,) = _overrides({"kind": "add", "user": "zoe", "start": MONDAY, "end": MONDAY + 4 * DAY})[
        "overrides"
    ]
    limits = [None if day is None else MONDAY + day * DAY for day in (since, until)]
    cut = within(made, *limits)
    assert (cut and (cut.start, cut.end)) == (expected and tuple(MONDAY + day * DAY for day in expected))
