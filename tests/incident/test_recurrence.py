"""Does a rule fall on the dates of the standard? The oracle is python-dateutil, which Prefect brings."""

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it ships no types
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.recurrence import Recurrence

FIRST = date(2026, 1, 1)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

some_days = st.lists(st.sampled_from(DAYS), unique=True, min_size=1, max_size=4).map(",".join)
nth_days = st.lists(
    st.tuples(st.sampled_from(("1", "2", "3", "4", "5", "-1", "-2")), st.sampled_from(DAYS)).map("".join),
    unique=True,
    min_size=1,
    max_size=3,
).map(",".join)
month_days = st.lists(
    st.one_of(st.integers(1, 31), st.integers(-31, -1)).map(str), unique=True, min_size=1, max_size=3
).map(",".join)
months = st.lists(st.integers(1, 12).map(str), unique=True, min_size=1, max_size=6).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule of the part of the standard that is understood."""
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 5)))}
    if frequency == "YEARLY" or draw(st.booleans()):
        parts["BYMONTH"] = draw(months)
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts["BYMONTHDAY"] = draw(month_days)
    if draw(st.booleans()):
        parts["BYDAY"] = draw(
            some_days if frequency in ("DAILY", "WEEKLY") else st.one_of(some_days, nth_days)
        )
    return ";".join(f"{name}={value}" for name, value in parts.items())


@settings(max_examples=50, deadline=None)
@given(rules(), st.dates(FIRST, date(2032, 12, 31)))
def test_a_rule_falls_on_the_dates_of_the_standard(text: str, first: date) -> None:
    start = datetime.combine(first, datetime.min.time())
    last = first + timedelta(days=500)
    expected = rrulestr(text, dtstart=start).between(start, datetime.combine(last, start.time()), inc=True)
    rule = Recurrence.model_validate(text)
    assert list(rule.dates(first, first, last)) == [moment.date() for moment in expected]


@given(rules())
def test_a_rule_reads_back_from_its_text(text: str) -> None:
    rule = Recurrence.model_validate(text)
    assert Recurrence.model_validate(str(rule)) == rule
    assert Recurrence.model_validate_json(rule.model_dump_json()) == rule


def test_days_with_and_without_a_number_are_added_up() -> None:
    rule = Recurrence.model_validate("FREQ=MONTHLY;BYDAY=2TU,SU")
    days = [day.day for day in rule.dates(FIRST, FIRST, date(2026, 1, 31))]
    assert days == [4, 11, 13, 18, 25]


def test_a_span_long_after_the_beginning_has_the_same_dates_as_the_whole() -> None:
    rule = Recurrence.model_validate("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU")
    start, end = date(2031, 5, 3), date(2031, 8, 9)
    whole = [day for day in rule.dates(FIRST, FIRST, end) if day >= start]
    assert list(rule.dates(FIRST, start, end)) == whole


@pytest.mark.parametrize(
    ("written", "text"),
    [
        pytest.param("daily", "FREQ=DAILY", id="a word"),
        pytest.param("Weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", id="a word, however it is written"),
        pytest.param("RRULE:FREQ=MONTHLY;BYDAY=-1SU", "FREQ=MONTHLY;BYDAY=-1SU", id="as calendars write it"),
        pytest.param("freq=monthly;bymonthday=1,-1;", "FREQ=MONTHLY;BYMONTHDAY=1,-1", id="in small letters"),
    ],
)
def test_a_rule_is_read_as_people_write_it(written: str, text: str) -> None:
    assert str(Recurrence.model_validate(written)) == text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        pytest.param("every tuesday", "FREQ=WEEKLY;BYDAY=TU,TH", id="words that are no rule"),
        pytest.param("FREQ=HOURLY", "'DAILY', 'WEEKLY', 'MONTHLY' or 'YEARLY'", id="by the hour"),
        pytest.param("FREQ=DAILY;COUNT=3", "cannot be read at 'COUNT=3'", id="a count"),
        pytest.param("FREQ=DAILY;FREQ=DAILY", "FREQ is written twice", id="the same part twice"),
        pytest.param("BYDAY=MO", "has no FREQ", id="no frequency"),
        pytest.param("FREQ=WEEKLY;BYDAY=2TU", "needs FREQ=MONTHLY", id="the nth day of a week"),
        pytest.param("FREQ=WEEKLY;BYMONTHDAY=2", "does not go with FREQ=WEEKLY", id="the nth of a week"),
        pytest.param("FREQ=YEARLY;BYMONTHDAY=2", "needs BYMONTH", id="a year without a month"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=0", "counts from 1", id="the 0th of a month"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=40", "less than or equal to 31", id="the 40th of a month"),
        pytest.param("FREQ=MONTHLY;BYDAY=XX", "is no day", id="a day that is none"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"(?s).*") as refused:
        Recurrence.model_validate(written)
    assert says in str(refused.value)
