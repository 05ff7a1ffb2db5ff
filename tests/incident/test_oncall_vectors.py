"""Do we answer as the engines do whose tests nobody here wrote?"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from incident.history import as_recorded
from incident.neutral import answer, read_schedule, write_schedule
from incident.oncall import Shift, final_schedule, handoffs, next_on_call, on_call
from incident.override import conflict
from incident.schedule import Override, Schedule
from incident.wall_clock import WallClock

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "oncall.json").read_text())["vectors"]
SCHEDULES = [each for each in VECTORS if each["kind"] == "schedule"]
COMPUTED = [each for each in SCHEDULES if "intervals" in each and "history" not in each]
A_MONTH = timedelta(days=31)

at = datetime.fromisoformat


def those_with(key: str) -> Any:
    """The schedule vectors that expect something of this kind."""
    chosen = [each for each in SCHEDULES if key in each]
    return pytest.mark.parametrize("vector", chosen, ids=lambda vector: vector["id"])


def schedule_of(vector: dict[str, Any]) -> Schedule:
    return read_schedule({**vector["schedule"], "semantics": vector.get("semantics")})


def read_instants(interval: dict[str, Any]) -> dict[str, Any]:
    return {**interval, "start": at(interval["start"]), "end": at(interval["end"])}


def staffed(shifts: tuple[Shift, ...]) -> list[tuple[datetime, datetime, list[str]]]:
    return [(shift.start, shift.end, list(shift.on_call)) for shift in shifts if not shift.is_gap]


def test_every_schedule_vector_has_an_expectation_that_is_tried() -> None:
    tried = {"queries", "intervals", "handoffs", "windows", "next_on_call"}
    assert [each["id"] for each in SCHEDULES if not tried & each.keys()] == []


@those_with("queries")
def test_the_right_people_are_on_call(vector: dict[str, Any]) -> None:
    schedule = schedule_of(vector)
    answers = [
        {"at": query["at"], "on_call": list(on_call(schedule, at(query["at"])))}
        for query in vector["queries"]
    ]
    assert answers == vector["queries"]


@those_with("intervals")
def test_the_final_schedule_has_exactly_these_intervals(vector: dict[str, Any]) -> None:
    window = vector["window"]
    shifts = final_schedule(schedule_of(vector), at(window["from"]), at(window["to"]))
    if "history" in vector:
        recorded = [Shift(at(each["start"]), at(each["end"]), (each["user"],)) for each in vector["history"]]
        shifts = as_recorded(shifts, recorded, now=at(vector["now"]))
    expected = [(at(each["start"]), at(each["end"]), each["on_call"]) for each in vector["intervals"]]
    assert staffed(shifts) == expected


@those_with("handoffs")
def test_turns_change_at_these_instants(vector: dict[str, Any]) -> None:
    asked = vector["handoffs"]
    changes = handoffs(schedule_of(vector), at(asked["from"]), at(asked["to"]))
    assert list(changes) == [at(each) for each in asked["expected"]]


@those_with("windows")
def test_the_window_at_an_instant_or_the_next_one_is_found(vector: dict[str, Any]) -> None:
    schedule = schedule_of(vector)
    for window in vector["windows"]:
        moment = at(window["at"])
        shifts = final_schedule(schedule, moment - A_MONTH, moment + A_MONTH)
        found = next(shift for shift in shifts if not shift.is_gap and shift.end > moment)
        expected = {side: at(window[side]) for side in ("start", "end") if side in window}
        assert {side: getattr(found, side) for side in expected} == expected, window


@those_with("next_on_call")
def test_the_next_people_on_call_are_found(vector: dict[str, Any]) -> None:
    schedule = schedule_of(vector)
    for query in vector["next_on_call"]:
        found = next_on_call(schedule, at(query["at"]))
        assert found is not None
        assert list(found.on_call) == query["on_call"]
        assert found.start == at(query.get("start", found.start.isoformat()))


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if each["kind"] == "resolve"], ids=lambda vector: vector["id"]
)
def test_a_time_on_the_wall_means_this_instant(vector: dict[str, Any]) -> None:
    clock = WallClock(vector["timezone"])
    resolve = {"first": clock.first, "last": clock.last}[vector["which"]]
    answers = [resolve(at(f"{case['date']}T{case['time']}")) for case in vector["cases"]]
    assert answers == [at(case["expected"]) for case in vector["cases"]]


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if each["kind"] == "write"], ids=lambda vector: vector["id"]
)
def test_an_override_that_conflicts_is_refused(vector: dict[str, Any]) -> None:
    stored: list[Override] = []
    for step in vector["steps"]:
        override = TypeAdapter(Override).validate_python(step["create"])
        reason = conflict(stored, override)
        assert (reason is None) == (step["result"] == "ok"), reason
        stored += [override] if reason is None else []


@those_with("queries")
def test_a_batch_answers_as_single_questions_do(vector: dict[str, Any]) -> None:
    written = {**vector["schedule"], "semantics": vector.get("semantics")}
    assert [answer({"schedule": written, "at": each["at"]}) for each in vector["queries"]] == [
        each["on_call"] for each in vector["queries"]
    ]


@pytest.mark.parametrize("vector", COMPUTED, ids=lambda vector: vector["id"])
def test_intervals_are_written_in_the_neutral_format(vector: dict[str, Any]) -> None:
    window = vector["window"]
    written = {**vector["schedule"], "semantics": vector.get("semantics")}
    answers = answer({"schedule": written, **window})
    assert all(each[side].endswith("Z") for each in answers for side in ("start", "end"))
    assert [read_instants(each) for each in answers] == [read_instants(each) for each in vector["intervals"]]


@pytest.mark.parametrize("vector", SCHEDULES, ids=lambda vector: vector["id"])
def test_a_schedule_that_is_written_down_is_read_as_the_same(vector: dict[str, Any]) -> None:
    schedule = schedule_of(vector)
    assert read_schedule(write_schedule(schedule)) == schedule
