"""Are durations read as people write them, and written so that they can be read?"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from incident.duration import Duration, PositiveDuration, read_duration, write_duration

DURATION: TypeAdapter[timedelta] = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("written", "meant", "again"),
    [
        ("90s", timedelta(seconds=90), "1m30s"),
        ("5m", timedelta(minutes=5), "5m"),
        ("1h30m", timedelta(minutes=90), "1h30m"),
        ("1h 30m", timedelta(minutes=90), "1h30m"),
        ("1.5h", timedelta(minutes=90), "1h30m"),
        ("2d", timedelta(days=2), "2d"),
        ("250ms", timedelta(milliseconds=250), "250ms"),
        ("0s", timedelta(0), "0s"),
        ("PT5M", timedelta(minutes=5), "5m"),
        (timedelta(hours=1), timedelta(hours=1), "1h"),
    ],
    ids=str,
)
def test_a_duration_is_read_and_written_in_its_shortest_form(
    written: Any, meant: timedelta, again: str
) -> None:
    read = DURATION.validate_python(written)

    assert read == meant
    assert DURATION.dump_json(read).decode() == f'"{again}"'


@pytest.mark.parametrize(
    "written", ["", " ", "5", "5 minutes", "-5m", "m", "5x", "m5", 5, 5.0, True, None, []]
)
def test_what_has_no_unit_is_refused_with_what_to_write(written: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        DURATION.validate_python(written)

    wanted = f"{written!r} is no duration; write a number with a unit: 30s, 5m, 1h30m or 2d"
    assert wanted in str(caught.value)


def test_what_is_longer_than_anything_is_refused() -> None:
    with pytest.raises(ValidationError, match="is longer than anything can wait"):
        DURATION.validate_python("9999999999d")


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        pytest.param(Duration, timedelta(-1), "greater than or equal to 0 seconds", id="less than nothing"),
        pytest.param(PositiveDuration, "0s", "greater than 0 seconds", id="nothing, where time has to pass"),
    ],
)
def test_too_little_is_refused_in_words(kind: Any, written: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        TypeAdapter(kind).validate_python(written)


@given(st.integers(0, timedelta.max // timedelta(milliseconds=1)).map(lambda ms: timedelta(milliseconds=ms)))
def test_what_is_written_is_read_as_the_same(duration: timedelta) -> None:
    assert read_duration(write_duration(duration)) == duration
