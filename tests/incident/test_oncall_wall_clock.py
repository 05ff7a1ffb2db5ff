"""Does the wall clock keep its rule where the clocks change?"""

from datetime import datetime

import pytest

from incident.semantics import GapRule
from incident.wall_clock import WallClock, known_zone

ROME = WallClock("Europe/Rome")

at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("zone", "wall", "first", "last"),
    [
        pytest.param(
            "Europe/Rome", "2027-06-01T09:00", "2027-06-01T09:00+02:00", None, id="an ordinary time"
        ),
        pytest.param(
            "Europe/Rome", "2027-03-28T02:30", "2027-03-28T03:00+02:00", None, id="skipped: after the gap"
        ),
        pytest.param(
            "Europe/Rome", "2027-03-28T02:00", "2027-03-28T03:00+02:00", None, id="begin of the gap"
        ),
        pytest.param("Europe/Rome", "2027-03-28T03:00", "2027-03-28T03:00+02:00", None, id="end of the gap"),
        pytest.param(
            "Europe/Rome",
            "2027-10-31T02:30",
            "2027-10-31T02:30+02:00",
            "2027-10-31T02:30+01:00",
            id="repeated",
        ),
        pytest.param("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T00:00+14:00", None, id="a skipped day"),
        pytest.param(
            "America/St_Johns",
            "2010-11-06T23:30",
            "2010-11-06T23:30-02:30",
            "2010-11-06T23:30-03:30",
            id="repeated over midnight",
        ),
    ],
)
def test_starts_take_the_first_occurrence_and_ends_the_last(
    zone: str, wall: str, first: str, last: str | None
) -> None:
    clock = WallClock(zone)
    assert clock.first(at(wall)) == at(first)
    assert clock.last(at(wall)) == at(last or first)


def test_a_skipped_time_can_be_read_as_rfc_5545_does() -> None:
    assert WallClock("Europe/Rome", GapRule.SHIFT).first(at("2027-03-28T02:30")) == at(
        "2027-03-28T03:30+02:00"
    )


@pytest.mark.parametrize(
    ("wall", "advice"),
    [
        pytest.param(
            "2027-03-28T02:30", "does not exist in Europe/Rome: write 2027-03-28T03:00", id="skipped"
        ),
        pytest.param(
            "2027-10-31T02:30",
            "happens twice in Europe/Rome: write 2027-10-31T02:30.02:00 or 2027-10-31T02:30.01:00",
            id="repeated",
        ),
    ],
)
def test_a_typed_time_that_is_not_unique_is_refused_with_advice(wall: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        ROME.exact(at(wall))


def test_the_wall_shows_the_local_time() -> None:
    assert ROME.wall(at("2027-03-28T01:00+00:00")) == at("2027-03-28T03:00")


def test_an_unknown_zone_is_refused_with_advice() -> None:
    assert known_zone("Asia/Kathmandu") == "Asia/Kathmandu"
    with pytest.raises(
        ValueError, match="unknown time zone 'Rome': did you mean Europe/Rome\\? write an IANA"
    ):
        known_zone("Rome")
