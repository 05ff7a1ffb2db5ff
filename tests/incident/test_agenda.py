"""What is said about a window: who, instead of whom, and why nobody?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident.agenda import Origin, Stretch, origins_of, planned, shifts_of, stretches, within
from incident.coverage import CoverageGap, coverage_gaps
from incident.oncall import Shift, final_schedule
from incident.schedule import Schedule


def march(day: int, hour: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, tzinfo=UTC)


def shift(start: int, end: int, *people: str) -> Shift:
    return Shift(march(start), march(end), people)


def told(row: tuple[Stretch, ...]) -> list[tuple[int, int, str, str]]:
    """From day to day, who is on call, and who gave way."""
    return [(each.start.day, each.end.day, "+".join(each.on_call), "+".join(each.instead_of)) for each in row]


def weekly(*overrides: dict[str, Any], until: str | None = None) -> Schedule:
    """alice, then bob, each for a week from Monday, 1 March."""
    layer = {"users": ["alice", "bob"], "start": "2027-03-01T00:00", "handoff": {"unit": "week"}}
    return Schedule.model_validate(
        {"timezone": "UTC", "layers": [layer | {"until": until}], "overrides": overrides}
    )


def agenda(schedule: Schedule, start: int = 1, end: int = 29) -> tuple[Stretch, ...]:
    return stretches(
        final_schedule(schedule, march(start), march(end)),
        final_schedule(schedule.model_copy(update={"overrides": ()}), march(start), march(end)),
        coverage_gaps(schedule, march(start), march(end)),
    )


def override(kind: str, start: int, end: int, **of: Any) -> dict[str, Any]:
    return {"kind": kind, "start": march(start), "end": march(end), **of}


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        pytest.param([], [(1, 8, "alice", ""), (8, 15, "bob", "")], id="the plan alone changes nothing"),
        pytest.param(
            [override("replace", 2, 3, user="alice", **{"with": "carol"})],
            [(1, 2, "alice", ""), (2, 3, "carol", "alice"), (3, 8, "alice", ""), (8, 15, "bob", "")],
            id="a stand-in is named with whom they relieve",
        ),
        pytest.param(
            [override("cover", 7, 9, users=["carol"])],
            [(1, 7, "alice", ""), (7, 8, "carol", "alice"), (8, 9, "carol", "bob"), (9, 15, "bob", "")],
            id="a cover over a handoff is cut where the relieved person changes",
        ),
        pytest.param(
            [override("cover", 6, 8, users=["bob"])],
            [(1, 6, "alice", ""), (6, 8, "bob", "alice"), (8, 15, "bob", "")],
            id="a cover before the own turn stays visible as a change",
        ),
        pytest.param(
            [override("add", 2, 3, user="carol")],
            [(1, 2, "alice", ""), (2, 3, "alice+carol", ""), (3, 8, "alice", ""), (8, 15, "bob", "")],
            id="who joins relieves nobody",
        ),
        pytest.param(
            [override("cover", 2, 3, users=["alice"])],
            [(1, 8, "alice", ""), (8, 15, "bob", "")],
            id="an override that changes nobody is no change",
        ),
    ],
)
def test_a_window_is_told_with_whoever_gives_way(
    overrides: list[dict[str, Any]], expected: list[tuple[int, int, str, str]]
) -> None:
    assert told(agenda(weekly(*overrides), end=15)) == expected


def test_somebody_who_joins_is_a_change_too() -> None:
    row = agenda(weekly(override("add", 2, 3, user="carol")), end=8)
    assert [each.is_changed for each in row] == [False, True, False]


def test_a_gap_says_why() -> None:
    row = agenda(weekly(override("remove", 2, 3, user="alice"), until="2027-03-14T00:00"), end=20)
    gaps = {each.start.day: each.reason for each in row if each.is_gap}
    assert gaps == {
        2: "an override takes alice off call",
        14: "layer 1 ended on 2027-03-14 00:00 UTC",
    }
    assert [each.instead_of for each in row if each.is_gap] == [("alice",), ()]


def test_what_is_told_is_the_final_schedule_without_a_hole() -> None:
    schedule = weekly(override("cover", 7, 9, users=["carol"]), override("remove", 11, 12, user="bob"))
    row = agenda(schedule)
    final = final_schedule(schedule, march(1), march(29))
    assert [each.start for each in row[1:]] == [each.end for each in row[:-1]]
    for each in row:
        (same,) = [found for found in final if found.start <= each.start < found.end]
        assert (same.on_call, each.end <= same.end) == (each.on_call, True)


def test_without_a_plan_nothing_counts_as_changed() -> None:
    row = stretches([shift(1, 3, "alice"), shift(3, 4)], [], [CoverageGap(march(3), march(4), "no layers")])
    assert told(row) == [(1, 3, "alice", ""), (3, 4, "", "")]
    assert not any(each.is_changed for each in row)


def test_of_an_empty_window_there_is_nothing_to_tell() -> None:
    assert stretches([], [], []) == ()


def test_the_stretches_of_a_window_are_whole() -> None:
    row = agenda(weekly())
    assert told(within(row, (march(8), march(9)))) == [(8, 15, "bob", "")]


def test_a_plan_is_a_change_only_where_it_takes_somebodys_turn() -> None:
    layers = [shift(1, 3), shift(3, 8, "alice")]
    plans = [shift(1, 2, "bob"), shift(2, 5, "carol"), shift(5, 8, "alice")]
    assert planned(layers, plans) == (shift(1, 2, "bob"), shift(2, 3, "carol"), shift(3, 8, "alice"))
    assert told(stretches(plans, planned(layers, plans), [])) == [
        (1, 2, "bob", ""),
        (2, 3, "carol", ""),
        (3, 5, "carol", "alice"),
        (5, 8, "alice", ""),
    ]


@pytest.mark.parametrize(
    ("changes", "comes_from_it"),
    [
        pytest.param({}, True, id="its own change"),
        pytest.param({"schedule": "other"}, False, id="a change of another schedule"),
        pytest.param({"start": march(3), "end": march(4)}, False, id="a change at another time"),
        pytest.param({"start": march(1), "end": march(2)}, False, id="a change that ends when it begins"),
        pytest.param({"people": frozenset({"dora"})}, False, id="a change about others"),
        pytest.param({"people": frozenset({"bob"})}, False, id="a change about somebody who stays"),
    ],
)
def test_a_stretch_comes_from(changes: dict[str, Any], comes_from_it: bool) -> None:
    whole = {"schedule": "shop", "start": march(2), "end": march(3), "people": frozenset({"carol"})}
    origin = Origin(**(whole | changes), by="alice", reason="dentist")
    stretch = Stretch(march(2), march(3), ("bob", "carol"), ("alice", "bob"))
    assert (origins_of("shop", stretch, [origin]) == (origin,)) is comes_from_it


class TestShiftsOfAPerson:
    def test_are_unbroken_whoever_joins_meanwhile(self) -> None:
        rows = {"shop": agenda(weekly(override("add", 2, 3, user="carol")), end=15)}
        (own,) = shifts_of("alice", rows)
        assert (own.start, own.end, own.together, own.changed) == (march(1), march(8), ("carol",), False)

    def test_name_who_was_relieved(self) -> None:
        rows = {"shop": agenda(weekly(override("replace", 2, 3, user="alice", **{"with": "carol"})))}
        (own,) = shifts_of("carol", rows)
        assert (own.start, own.end, own.instead_of, own.changed) == (
            march(2),
            march(3),
            ("alice",),
            True,
        )

    def test_an_own_turn_that_an_override_made_longer_says_so(self) -> None:
        rows = {"shop": agenda(weekly(override("cover", 6, 8, users=["bob"])), end=15)}
        (own,) = shifts_of("bob", rows)
        assert (own.start, own.end, own.instead_of) == (march(6), march(15), ("alice",))

    def test_of_several_schedules_come_in_the_order_of_time(self) -> None:
        later = Schedule.model_validate(
            {"timezone": "UTC", "layers": [{"users": ["alice"], "start": "2027-03-05T00:00"}]}
        )
        rows = {"later": agenda(later), "shop": agenda(weekly())}
        assert [(own.schedule, own.start.day) for own in shifts_of("alice", rows)] == [
            ("shop", 1),
            ("later", 5),
            ("shop", 15),
        ]

    def test_of_somebody_unknown_are_none(self) -> None:
        assert shifts_of("dora", {"shop": agenda(weekly())}) == ()
