"""When does a duty change hands, and what does the note say?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.agenda import Stretch
from incident.handoff import Change, Duty, HandoffNote, Remark, changes
from incident.handoff_note import services_of, write_note
from incident.oncall import Shift
from incident.schedule import Schedule
from incident.story import PageState, Story
from tests.incident.organisations import organisation
from tests.stories import START, at, closed, fresh, page, paged, resolving

ROME = Schedule.model_validate({"timezone": "Europe/Rome", "layers": [{"users": ["bob"]}]})
CHANGE = Change(at(45), START - timedelta(days=7), ("bob",), ("alice",))


def hour(number: int) -> datetime:
    return datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=number)


def shifts(*people: str) -> list[Shift]:
    """An hour each; + joins people, - is nobody."""
    return [
        Shift(hour(number), hour(number + 1), () if each == "-" else tuple(each.split("+")))
        for number, each in enumerate(people)
    ]


@pytest.mark.parametrize(
    ("before", "row", "expected", "after"),
    [
        pytest.param("a", ["a", "a"], [], ("a", -9), id="the same person goes on"),
        pytest.param("a", ["a", "b"], [(1, -9, "a", "b")], ("b", 1), id="somebody else comes"),
        pytest.param("a", ["b"], [(0, -9, "a", "b")], ("b", 0), id="at the beginning of the window already"),
        pytest.param("a", ["-", "a"], [], ("a", -9), id="a gap alone hands nothing over"),
        pytest.param("a", ["-", "-"], [], ("a", -9), id="in a gap the duty is still whose it was"),
        pytest.param("a", ["-", "b"], [(1, -9, "a", "b")], ("b", 1), id="after a gap the next one gets it"),
        pytest.param("a", ["a+b"], [(0, -9, "a", "a+b")], ("a+b", 0), id="somebody joins"),
        pytest.param("a+b", ["b"], [(0, -9, "a+b", "b")], ("b", 0), id="somebody leaves"),
        pytest.param("", ["a", "b"], [(1, 0, "a", "b")], ("b", 1), id="from nobody nothing is taken over"),
        pytest.param(
            "a",
            ["b", "-", "a"],
            [(0, -9, "a", "b"), (2, 0, "b", "a")],
            ("a", 2),
            id="each change is told since the one before",
        ),
    ],
)
def test_a_duty_changes_hands(
    before: str, row: list[str], expected: list[tuple[int, int, str, str]], after: tuple[str, int]
) -> None:
    duty = Duty(tuple(before.split("+")) if before else (), hour(-9))
    found, left = changes(duty, shifts(*row))
    assert found == tuple(
        Change(hour(when), hour(since), tuple(out.split("+")), tuple(came.split("+")))
        for when, since, out, came in expected
    )
    assert left == Duty(tuple(after[0].split("+")), hour(after[1]))


def test_looking_in_two_steps_finds_the_same_as_looking_once() -> None:
    row = shifts("a", "-", "b", "b", "a+b", "-", "c", "a")
    once, after = changes(Duty(("a",), hour(-9)), row)
    for cut in range(len(row) + 1):
        first, duty = changes(Duty(("a",), hour(-9)), row[:cut])
        second, last = changes(duty, row[cut:])
        assert ((*first, *second), last) == (once, after)


def note(*stories: Story, change: Change = CHANGE, ahead: tuple[Stretch, ...] = ()) -> HandoffNote:
    return write_note("payments", ROME, change, stories, ahead, ())


def stretch(start: int, end: int, on_call: str, planned: str | None = None, reason: str = "") -> Stretch:
    people = tuple(on_call.split("+")) if on_call else ()
    return Stretch(hour(start), hour(end), people, (planned,) if planned else people, reason)


class TestNote:
    def test_tells_open_incidents_apart_from_those_that_are_over(self) -> None:
        told = note(resolving(), closed(key="INC-40", opened_at=START - timedelta(days=3)))
        assert [each.key for each in told.open] == ["INC-42"]
        assert told.open[0].manager == "bob"

    def test_an_incident_that_ended_in_the_shift_says_how_long_it_lasted_and_who_answered(self) -> None:
        (told,) = note(closed(), change=Change(at(600), START, ("bob",), ("alice",))).ended
        assert told.lasted == told.resolved_at - told.opened_at  # type: ignore[operator]  # it has ended
        assert (told.acknowledged_by, told.time_to_acknowledge) == ("bob", timedelta(minutes=6, seconds=30))

    def test_an_incident_from_before_the_shift_is_left_out_once_it_is_over(self) -> None:
        later = Change(at(6000), at(5000), ("bob",), ("alice",))
        assert note(closed(), change=later).ended == ()

    def test_an_incident_after_the_change_belongs_to_the_next(self) -> None:
        early = Change(START, START - timedelta(days=1), ("bob",), ("alice",))
        assert note(fresh(), change=early).open == ()

    def test_a_note_that_is_written_late_does_not_tell_what_came_afterwards(self) -> None:
        early = Change(at(1), START - timedelta(days=1), ("bob",), ("alice",))
        (told,) = note(closed(), change=early).open
        assert (told.acknowledged_by, told.acknowledged_at, told.resolved_at) == (None, None, None)

    def test_names_the_pages_of_the_shift_and_who_answered(self) -> None:
        told = note(paged()).pages
        assert told
        assert [each.at for each in told] == sorted(each.at for each in told)
        assert {each.incident for each in told} == {"INC-42"}

    def test_pages_that_were_not_sent_woke_nobody(self) -> None:
        story = paged().model_copy(update={"pages": (page(1, "bob", 1, state=PageState.FAILED),)})
        assert note(story).pages == ()

    def test_looks_ahead(self) -> None:
        told = note(
            ahead=(
                stretch(0, 4, "alice"),
                stretch(4, 5, "carol", "alice"),
                stretch(5, 8, "alice"),
                stretch(8, 9, "", None, "no layers"),
                stretch(9, 20, "bob"),
                stretch(20, 21, "", None, "no layers"),
                stretch(21, 30, "dan"),
            )
        )
        assert [each.on_call for each in told.shifts] == [("alice",), ("carol",), ("alice",)]
        assert [(each.on_call, each.instead_of) for each in told.overrides] == [(("carol",), ("alice",))]
        assert [(each.start, each.reason, each.times) for each in told.gaps] == [(hour(8), "no layers", 2)]

    def test_the_shift_that_begins_is_told_whole_although_its_plan_changes(self) -> None:
        told = note(ahead=(stretch(0, 4, "alice"), stretch(4, 6, "alice", "bob"), stretch(6, 9, "bob")))
        assert [(each.start, each.end) for each in told.shifts] == [(hour(0), hour(6)), (hour(6), hour(9))]

    @pytest.mark.parametrize(
        ("outgoing", "incoming", "told"),
        [
            pytest.param(("a",), ("b",), ("b", "a"), id="who comes and who goes"),
            pytest.param(("a", "b"), ("b", "c"), ("c", "a"), id="not who stays"),
            pytest.param(("a",), ("a", "b"), ("b",), id="who joins, alone"),
        ],
    )
    def test_goes_to(
        self, outgoing: tuple[str, ...], incoming: tuple[str, ...], told: tuple[str, ...]
    ) -> None:
        assert note(change=Change(at(45), START, outgoing, incoming)).concerned == told

    def test_survives_being_kept(self) -> None:
        told = note(resolving(), closed(), paged()).model_copy(
            update={"remarks": (Remark(at=START, by="bob", text="Look at the cache."),)}
        )
        assert HandoffNote.model_validate_json(told.model_dump_json()) == told


@pytest.mark.parametrize(
    ("service", "told"),
    [
        pytest.param({"policy": "checkout"}, True, id="is paged for by a level"),
        pytest.param({"policy": "other"}, False, id="is paged for by others"),
        pytest.param(
            {"policy": "other", "engage": [{"policy": "checkout"}]}, True, id="calls its people in later"
        ),
    ],
)
def test_a_schedule_is_told_about_a_service_that(service: dict[str, Any], told: bool) -> None:
    policies = {
        "checkout": {"levels": [{"targets": [{"schedule": "primary"}]}]},
        "other": {"levels": [{"targets": [{"person": "alice"}]}]},
    }
    configuration = organisation(policies=policies, services={"shop": service}, default_service="shop")
    assert ("shop" in services_of(configuration, "primary")) is told
