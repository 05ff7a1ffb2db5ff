"""Is what no calendar and no clock shows refused, and nothing else?"""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.impossible import why_impossible


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param("2028-02-29", None, id="the 29th of February of a leap year"),
        pytest.param(
            "2027-02-29",
            "2027-02-29 does not exist: February 2027 has 28 days; write 2027-02-28 or 2027-03-01",
            id="the 29th of February of another year",
        ),
        pytest.param(
            "2027-04-31 09:00",
            "2027-04-31 09:00 does not exist: April 2027 has 30 days; "
            "write 2027-04-30 09:00 or 2027-05-01 09:00",
            id="the 31st of April",
        ),
        pytest.param(
            "2027-13-01T09:00",
            "2027-13-01T09:00 does not exist: months are 01 to 12; write a date such as 2027-03-01",
            id="a thirteenth month",
        ),
        pytest.param(
            "0001-01-01T00:00+14:00",
            "0001-01-01T00:00+14:00 is too far away to be calculated with; write a date such as 2027-03-01",
            id="a time that is before all years in UTC",
        ),
        pytest.param(
            "2027-03-31T24:00",
            "2027-03-31T24:00 does not exist: a day ends where the next begins; write 2027-04-01T00:00",
            id="the end of a day",
        ),
        pytest.param(
            "12:60",
            "12:60 does not exist: hours are 00 to 23, minutes 00 to 59; write a time such as 09:00",
            id="a sixtieth minute",
        ),
        pytest.param("23:59", None, id="the last minute"),
        pytest.param("tomorrow", None, id="something else is for others to judge"),
        pytest.param("2027-03-01T09:00+01:00", None, id="a time with an offset"),
    ],
)
def test_a_reason_says_what_to_write_instead(written: str, reason: str | None) -> None:
    assert why_impossible(written) == reason


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)))  # noqa: DTZ001  a wall clock has no zone
def test_whatever_a_clock_shows_is_possible(moment: datetime) -> None:
    assert why_impossible(moment.isoformat()) is None
    assert why_impossible(moment.time().isoformat()) is None
