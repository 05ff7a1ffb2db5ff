"""Are times and texts of foreign messages read, whatever they look like?"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.sources.reading import (
    LONGEST_FINGERPRINT,
    fingerprint,
    inside,
    key,
    link,
    mapping,
    moment,
    text,
    texts,
)
from incident.sources.reading import address as place_of

MOMENT = datetime(2026, 11, 23, 3, 39, 30, tzinfo=UTC)
HALF = MOMENT.replace(microsecond=500_000)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("2026-11-23T03:39:30Z", MOMENT, id="RFC 3339"),
        pytest.param("2026-11-23t03:39:30z", MOMENT, id="in small letters"),
        pytest.param("2026-11-23 03:39:30Z", MOMENT, id="with a space"),
        pytest.param("2026-11-23T03:39:30.500000000Z", HALF, id="nine fraction digits"),
        pytest.param("2026-11-23T03:39:30.5000000Z", HALF, id="seven fraction digits"),
        pytest.param("2026-11-23T05:39:30+02:00", MOMENT, id="an offset"),
        pytest.param("2026-11-23T03:39:30+0000", MOMENT, id="an offset without colon"),
        pytest.param("2026-11-23 03:39:30", MOMENT, id="no zone is UTC"),
        pytest.param("2026-11-23 03:39:30 UTC", MOMENT, id="the word UTC"),
        pytest.param("2026-11-23 04:39:30 +0100 CET", MOMENT, id="Go's text"),
        pytest.param("2026-11-23 03:39:30.5 +0000 UTC m=+8560.28", HALF, id="Go's text with its clock"),
        pytest.param(" 2026-11-23T03:39:30Z\n", MOMENT, id="blanks around it"),
        pytest.param(1795405170, MOMENT, id="seconds"),
        pytest.param(1795405170.5, HALF, id="seconds with a fraction"),
        pytest.param(1795405170500, HALF, id="milliseconds"),
        pytest.param("1795405170500", HALF, id="milliseconds as text"),
        pytest.param("1795405170.5", HALF, id="seconds with a fraction as text"),
        pytest.param(1795405170500000, HALF, id="microseconds"),
        pytest.param(1795405170500000000, HALF, id="nanoseconds"),
    ],
)
def test_a_time_is_read_in_every_spelling_that_is_met(written: Any, meant: datetime) -> None:
    read = moment(written)

    assert read == meant
    assert read is not None
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "soon",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-13-45T00:00:00Z",
        0,
        -1,
        True,
        "9" * 5000,
        10**400,
        float("nan"),
        float("inf"),
        [],
        {"seconds": 1},
    ],
    ids=lambda written: str(written)[:30],
)
def test_what_is_no_time_is_none(written: Any) -> None:
    assert moment(written) is None


@given(
    st.integers(min_value=365 * 86_400, max_value=7_258_118_400),
    st.integers(min_value=-14, max_value=14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_an_instant_is_the_same_in_seconds_and_in_writing_with_any_offset(
    second: int, zone: timezone
) -> None:
    instant = datetime.fromtimestamp(second, zone)

    assert moment(second) == moment(instant.isoformat()) == instant


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (" a ", "a"),
        (None, ""),
        (1.5, "1.5"),
        (True, "true"),
        (["ü", 1], '["ü", 1]'),
        ("<b>&</b> 🔥", "<b>&</b> 🔥"),
        ("a\0b", "a\ufffdb"),
        ("half \ud83d", "half ?"),
    ],
    ids=["blanks", "null", "number", "truth", "structure", "markup is kept", "NUL", "half a character"],
)
def test_a_text_is_what_was_written_as_far_as_it_can_be_kept(value: Any, read: str) -> None:
    assert text(value) == read


def test_labels_are_texts_and_null_is_no_label() -> None:
    assert texts({"a": 1, "b": None, "c": {"d": []}}) == {"a": "1", "c": '{"d": []}'}
    assert texts(["a"]) == {}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//example.org", "example.org", "", None, 7])
def test_only_web_addresses_become_links(address: Any) -> None:
    assert link(address, "https://example.org/") == "https://example.org/"


def test_a_key_that_is_too_long_for_an_index_is_hashed() -> None:
    longest = "k" * LONGEST_FINGERPRINT

    assert fingerprint(longest) == longest
    assert len(fingerprint(longest + "k")) < LONGEST_FINGERPRINT
    assert fingerprint(longest + "k") != fingerprint(longest + "l")


@pytest.mark.parametrize("host", ["db1.example", "127.0.0.1:9703", "postgres:5432", "db1.example:5432/shop"])
def test_a_host_says_where_something_is(host: str) -> None:
    assert place_of(host) == host
    assert place_of(host, "https://a.example") == "https://a.example"


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,a.b",
        "localhost",
        "two words.example",
        "",
        None,
        [1.5],
    ],
    ids=str,
)
def test_what_is_neither_address_nor_host_is_left_out(value: Any) -> None:
    assert place_of(value) is None


def test_a_field_within_others_is_found_or_nothing() -> None:
    assert inside({"a": {"b": 1}}, "a", "b") == 1
    assert inside({"a": [1]}, "a", "b") is None
    assert inside(None, "a") is None
    assert (mapping({"a": 1}), mapping([1])) == ({"a": 1}, {})


def test_a_key_is_kept_apart_from_those_of_other_monitors_and_empty_without_a_name() -> None:
    assert key("pingdom", None, 7) == "pingdom-7"
    assert key("pingdom", None, "") == ""


def test_a_nanosecond_is_never_rounded_up() -> None:
    assert moment(1795405170_499_999_999) == MOMENT.replace(microsecond=499_999)
