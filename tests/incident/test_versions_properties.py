"""Whatever is edited, in whatever order: is what was left alone, and does whoever has the turn keep it?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from incident.oncall import final_schedule, on_call
from incident.schedule import Schedule
from incident.succession import carried_on
from incident.versions import Version, joined

START = datetime(2027, 3, 1, 8, tzinfo=UTC)
LONG_AGO = START - timedelta(days=30)
WINDOW = timedelta(days=60)
NAMES = ("ada", "ben", "cleo", "dan")
ZONES = ("Europe/Rome", "America/New_York", "Asia/Kolkata")
ORDERS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5)


def written(users: list[str], **changes: Any) -> Schedule:
    layer = {"users": users, "start": START, "handoff": changes.pop("handoff", {"unit": "day"})}
    return Schedule.model_validate({"timezone": "Europe/Rome", "layers": [layer]} | changes)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """A rotation, sometimes with an override, in some zone."""
    start = START + timedelta(hours=draw(st.integers(-100, 1000)))
    span = {"start": start, "end": start + timedelta(hours=draw(st.integers(1, 200)))}
    kinds: list[dict[str, Any]] = [
        {"kind": "add", "user": "zoe"},
        {"kind": "cover", "users": ["zoe"]},
        {"kind": "fixed", "shifts": [{"users": ["finn"], **span}]},
    ]
    return written(
        draw(ORDERS),
        timezone=draw(st.sampled_from(ZONES)),
        handoff={"unit": draw(st.sampled_from(["hour", "day", "week"])), "every": draw(st.integers(1, 3))},
        overrides=[each | span for each in draw(st.lists(st.sampled_from(kinds), max_size=1))],
    )


Edits = list[tuple[Schedule, datetime]]


@st.composite
def edits(draw: st.DrawFn) -> Edits:
    """Several edits, one after the other, at any minute."""
    minutes = draw(st.lists(st.integers(0, 50 * 24 * 60), min_size=1, max_size=4, unique=True))
    return [(draw(schedules()), START + timedelta(minutes=each)) for each in sorted(minutes)]


def history(first: Schedule, later: Edits) -> list[Version]:
    """The versions, as the ledger makes them."""
    found = [Version(first)]
    for schedule, at in later:
        before = found.pop()
        found += [
            Version(before.schedule, before.since, at),
            Version(carried_on(before.schedule, schedule, at), at),
        ]
    return found


@settings(max_examples=60, deadline=None)
@given(schedules(), edits())
def test_an_edit_never_changes_what_was(first: Schedule, later: Edits) -> None:
    for number, (_, at) in enumerate(later):
        before = joined(history(first, later[:number]), LONG_AGO)
        after = joined(history(first, later[: number + 1]), LONG_AGO)
        assert final_schedule(after, LONG_AGO, at) == final_schedule(before, LONG_AGO, at)


@settings(max_examples=60, deadline=None)
@given(schedules(), edits())
def test_every_version_answers_in_its_own_time(first: Schedule, later: Edits) -> None:
    versions = history(first, later)
    whole = joined(versions, LONG_AGO)
    for each in versions:
        start, end = each.since or LONG_AGO, each.until or START + WINDOW
        assert final_schedule(whole, start, end) == final_schedule(each.schedule, start, end)


@settings(max_examples=200, deadline=None)
@given(ORDERS, ORDERS, st.integers(0, 60 * 24 * 60))
def test_whoever_has_the_turn_keeps_it_if_they_are_still_listed(
    old: list[str], new: list[str], minutes: int
) -> None:
    at = START + timedelta(minutes=minutes)
    before = on_call(written(old), at)
    after = on_call(carried_on(written(old), written(new), at), at)
    assert after == before or before[0] not in new
    assert after[0] in new


@settings(max_examples=200, deadline=None)
@given(ORDERS, st.integers(0, 60 * 24 * 60), st.integers(0, 5))
def test_the_same_order_goes_on_however_it_is_written(users: list[str], minutes: int, turned: int) -> None:
    at = START + timedelta(minutes=minutes)
    again = users[turned % len(users) :] + users[: turned % len(users)]
    after = carried_on(written(users), written(again), at)
    assert final_schedule(after, at, at + WINDOW) == final_schedule(written(users), at, at + WINDOW)
