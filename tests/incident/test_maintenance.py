"""When is a maintenance in force? By tables, on the nights on which the clocks change, and as a property."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from incident.alert import EndState
from incident.maintenance import Cut, Maintenance, maintaining
from incident.quiet import Quiet
from incident.window import Window, problem_of

ALWAYS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)


def window(**changes: Any) -> Window:
    plain = {
        "comment": "backup",
        "timezone": "Europe/Rome",
        "services": ["database"],
        "start": "2026-01-05T02:30",
        "for": "1h",
    }
    return Window.model_validate(plain | changes)


def maintenance(**changes: Any) -> Maintenance:
    return Maintenance(name="nightly", window=window(**changes))


def nightly(**ends: str) -> Maintenance:
    plain = {"comment": "backup", "timezone": "Europe/Rome", "services": ["database"], "repeat": "daily"}
    return Maintenance(
        name="nightly", window=Window.model_validate(plain | {"start": "2026-01-05T02:30"} | ends)
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(times: list[tuple[datetime, datetime]]) -> list[tuple[str, str]]:
    return [(f"{start:%m-%d %H:%M}", f"{end:%m-%d %H:%M}") for start, end in times]


class TestOnTheNightsOnWhichTheClocksChange:
    """Rome goes from 02:00 to 03:00 on 29 March 2026 at 01:00 UTC, and from 03:00 to 02:00 on 25 October."""

    @pytest.mark.parametrize(
        ("ends", "night", "expected"),
        [
            pytest.param({"for": "1h"}, "2026-03-28", ("03-28 01:30", "03-28 02:30"), id="an usual night"),
            pytest.param(
                {"for": "1h"},
                "2026-03-29",
                ("03-29 01:00", "03-29 02:00"),
                id="02:30 is skipped: from 03:00 on for the whole hour",
            ),
            pytest.param(
                {"for": "1h"},
                "2026-10-25",
                ("10-25 00:30", "10-25 01:30"),
                id="02:30 comes twice: from the first one on for one hour",
            ),
            pytest.param(
                {"end": "2026-01-05T03:30"},
                "2026-03-29",
                ("03-29 01:00", "03-29 01:30"),
                id="until 03:30 on the wall: half an hour when 02:30 is skipped",
            ),
            pytest.param(
                {"end": "2026-01-05T03:30"},
                "2026-10-25",
                ("10-25 00:30", "10-25 02:30"),
                id="until 03:30 on the wall: two hours when 02:30 comes twice",
            ),
            pytest.param(
                {"end": "2026-01-05T02:45"},
                "2026-10-25",
                ("10-25 00:30", "10-25 01:45"),
                id="until 02:45 on the wall: the second one",
            ),
        ],
    )
    def test_a_nightly_window_is_where_the_wall_clock_says(
        self, ends: dict[str, str], night: str, expected: tuple[str, str]
    ) -> None:
        start = utc(f"{night}T00:00")
        assert shown(nightly(**ends).times(start, start + timedelta(hours=12))) == [expected]

    def test_a_window_that_the_clock_skips_wholly_is_not_there_that_night(self) -> None:
        skipped = nightly(end="2026-01-05T02:45")
        assert skipped.times(utc("2026-03-28T12:00"), utc("2026-03-29T12:00")) == []

    def test_the_night_after_is_at_the_usual_time_again(self) -> None:
        after = nightly(**{"for": "1h"}).times(utc("2026-03-29T12:00"), utc("2026-03-30T12:00"))
        assert shown(after) == [("03-30 00:30", "03-30 01:30")]

    def test_a_time_that_is_typed_in_and_comes_twice_is_asked_back(self) -> None:
        with pytest.raises(ValidationError, match=r"happens twice in Europe/Rome: write 2026-10-25T02:30"):
            window(start="2026-10-25T02:30")


class TestTimes:
    """Once, again and again, and up to an end."""

    def test_a_window_without_repeat_is_there_once(self) -> None:
        assert shown(maintenance().times(*ALWAYS)) == [("01-05 01:30", "01-05 02:30")]

    @pytest.mark.parametrize(
        ("repeat", "expected"),
        [
            pytest.param(
                "weekly", ["01-05", "01-12", "01-19", "01-26"], id="weekly: the weekday of its start"
            ),
            pytest.param("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", ["01-06", "01-20"], id="every second Tuesday"),
            pytest.param("FREQ=MONTHLY;BYDAY=-1SU", ["01-25"], id="the last Sunday of the month"),
            pytest.param("FREQ=MONTHLY;BYMONTHDAY=-1", ["01-31"], id="the last day of the month"),
        ],
    )
    def test_a_window_comes_again_as_its_rule_says(self, repeat: str, expected: list[str]) -> None:
        times = maintenance(repeat=repeat).times(utc("2026-01-01T00:00"), utc("2026-02-01T00:00"))
        assert [f"{start:%m-%d}" for start, _ in times] == expected

    def test_until_is_when_it_does_not_begin_any_more(self) -> None:
        times = maintenance(repeat="daily", until="2026-01-08").times(*ALWAYS)
        assert [f"{start:%m-%d}" for start, _ in times] == ["01-05", "01-06", "01-07"]

    def test_a_window_over_midnight_belongs_to_the_night_on_which_it_begins(self) -> None:
        late = maintenance(start="2026-01-05T23:00", repeat="FREQ=WEEKLY;BYDAY=MO", **{"for": "3h"})
        assert late.over(utc("2026-01-13T00:30"))
        assert not late.over(utc("2026-01-13T01:30"))

    def test_the_next_time_is_told_before_it_comes(self) -> None:
        next_one = maintenance(repeat="monthly").coming(utc("2026-01-06T00:00"))
        assert next_one == (utc("2026-02-05T01:30"), utc("2026-02-05T02:30"))
        assert maintenance().coming(utc("2026-01-06T00:00")) is None


class TestEndedEarly:
    """What somebody ended stays ended; the next time comes all the same."""

    def test_one_time_that_is_ended_early_ends_there(self) -> None:
        cut = Cut(starts_at=utc("2026-01-05T01:30"), ended_at=utc("2026-01-05T02:00"))
        early = maintenance(repeat="daily").model_copy(update={"cuts": (cut,)})
        assert early.over(utc("2026-01-05T01:59"))
        assert not early.over(utc("2026-01-05T02:00"))
        assert early.over(utc("2026-01-06T02:00"))

    def test_a_window_that_is_ended_does_not_come_again(self) -> None:
        ended = maintenance(repeat="daily").model_copy(update={"ended_at": utc("2026-01-06T02:00")})
        assert shown(ended.times(*ALWAYS)) == [("01-05 01:30", "01-05 02:30"), ("01-06 01:30", "01-06 02:00")]


class TestWhom:
    """Which alerts a window is about, and what is said about them."""

    NOW = utc("2026-01-05T02:00")

    @pytest.mark.parametrize(
        ("changes", "applies"),
        [
            pytest.param({}, True, id="its service"),
            pytest.param({"services": ["checkout", "database"]}, True, id="one of its services"),
            pytest.param({"services": ["checkout"]}, False, id="another service"),
            pytest.param({"matchers": ['host="db1"']}, True, id="its service and its matcher"),
            pytest.param(
                {"matchers": ['host="db2"']}, False, id="its service, and a matcher that is not met"
            ),
            pytest.param({"services": [], "matchers": ['host=~"db.*"']}, True, id="its matcher alone"),
        ],
    )
    def test_a_window_is_about_services_and_matchers(
        self,
        changes: dict[str, Any],
        applies: bool,
    ) -> None:
        assert (self._asked(maintenance(**changes)) is not None) is applies

    def test_a_label_of_the_monitor_does_not_decide_to_which_service_an_alert_belongs(self) -> None:
        labels = {"service": "database", "@service": "checkout"}
        assert maintaining(labels, [maintenance()], self.NOW) is None

    def test_the_reason_names_the_window_its_end_and_its_comment(self) -> None:
        found = self._asked(maintenance())
        assert found is not None
        assert found.reason == "maintenance nightly lasts until Mon 05 Jan 02:30 UTC: backup"
        assert found.end_state is EndState.IN_MAINTENANCE

    def test_of_several_windows_the_one_that_ends_last_counts(self) -> None:
        longer = Maintenance(name="longer", window=window(**{"for": "2h"}), by="bob")
        found = maintaining({"@service": "database"}, [maintenance(), longer], self.NOW)
        assert found is not None
        assert found.label == "maintenance longer"

    def _asked(self, asked: Maintenance) -> Quiet | None:
        return maintaining({"@service": "database", "host": "db1"}, [asked], self.NOW)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"services": []}, "it means every alert", id="about nothing in particular"),
        pytest.param({"for": None}, "write either end: or for:", id="no end"),
        pytest.param({"end": "2026-01-05T03:30"}, "write either end: or for:", id="two ends"),
        pytest.param(
            {"for": None, "end": "2026-01-05T02:00"}, "must come after start", id="an end too early"
        ),
        pytest.param({"until": "2026-03-01"}, "write repeat: too", id="an end of what does not repeat"),
        pytest.param({"for": "40d"}, "31 days at most", id="too long"),
        pytest.param({"timezone": "Europe/Atlantis"}, "unknown time zone", id="a zone that is none"),
        pytest.param({"comment": ""}, "at least 1", id="no comment"),
    ],
)
def test_a_window_that_is_not_complete_says_what_to_write(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        window(**changes)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"repeat": "daily", "for": "24h"}, "runs into its next time", id="it never ends"),
        pytest.param(
            {"repeat": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, "not come once", id="it never comes"
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: dict[str, Any], says: str) -> None:
    assert says in str(problem_of(window(**changes)))


def test_a_window_reads_back_from_its_json() -> None:
    kept = window(repeat="weekly", until="2026-12-01", matchers=['host=~"db.*"'])
    assert Window.model_validate_json(kept.model_dump_json(by_alias=True)) == kept


@st.composite
def any_window(draw: st.DrawFn) -> Window:
    """A window that repeats, on a clock that changes, with either sort of end."""
    start = draw(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))).replace(second=0, microsecond=0)  # noqa: DTZ001  on the wall
    length = timedelta(minutes=draw(st.integers(1, 3 * 24 * 60)))
    repeat = draw(
        st.sampled_from(
            ["daily", "weekdays", "weekly", "monthly", "FREQ=WEEKLY;BYDAY=TU,SU", "FREQ=DAILY;INTERVAL=3"]
        )
    )
    ends = {"for": length} if draw(st.booleans()) else {"end": (start + length).isoformat()}
    zone = draw(st.sampled_from(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"]))
    plain = {"comment": "work", "services": ["a"], "timezone": zone, "start": start.isoformat()}
    try:
        return Window.model_validate(plain | {"repeat": repeat} | ends)
    except ValidationError:  # a time that is typed in and falls into a change of the clocks
        assume(False)
        raise


@settings(max_examples=30, deadline=None)
@given(any_window(), st.integers(0, 200 * 24 * 60))
def test_a_window_is_over_an_instant_if_one_of_its_times_holds_it(window: Window, minutes: int) -> None:
    kept = Maintenance(name="w", window=window)
    now = window.start + timedelta(minutes=minutes - 60)
    times = kept.times(window.start - timedelta(days=1), window.start + timedelta(days=202))
    assert kept.over(now) is any(start <= now < end for start, end in times)
    for start, end in times[:-1][:3]:
        assert kept.over(start)
        assert kept.over(end - timedelta.resolution)
        assert not kept.over(end)


@given(any_window())
def test_the_times_of_a_window_neither_overlap_nor_touch(window: Window) -> None:
    times = Maintenance(name="w", window=window).times(window.start, window.start + timedelta(days=200))
    assert all(start < end for start, end in times)
    assert all(before[1] < after[0] for before, after in pairwise(times))


@given(any_window())
def test_a_window_that_was_accepted_ends_each_time_as_it_says(window: Window) -> None:
    assume(problem_of(window) is None)
    for start, end in Maintenance(name="w", window=window).times(
        window.start, window.start + timedelta(days=100)
    ):
        wall = window.clock.wall(end) - window.clock.wall(start)
        said = window.for_ or (window.clock.wall(window.end or start) - window.clock.wall(window.start))
        assert said in (end - start, wall) or abs(said - wall) <= timedelta(hours=1)
