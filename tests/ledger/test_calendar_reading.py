"""Who reads a calendar of others, and what is written down?"""

from datetime import timedelta
from typing import Any

from incident.foreign_calendar import Imported
from ledger.calendar_reading import (
    Due,
    Reading,
    anything_due,
    claim_due,
    record_failure,
    record_reading,
)
from ledger.calendar_tables import ForeignCalendarRow
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.imported import imported_overrides, standings
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together

READING = Reading(
    "the text",
    '"tag"',
    "",
    (Imported(start=at(0), end=at(600), people=("alice",), summary="Alice"),),
    ("a remark",),
)


def employ(ledger: Ledger, minute: float = 0, **calendar: Any) -> None:
    """Put a schedule in force whose shifts come from a calendar; without settings, from nowhere."""
    settings = {"url": "https://calendar.example/"} | calendar if calendar else None
    schedule = {"timezone": "UTC", "layers": [], "calendar": settings}
    policies = {"checkout": {"levels": [{"targets": [{"schedule": "team"}]}]}}
    changed = organisation(schedules={"team": schedule}, policies=policies)
    ledger.write(accept_configuration, changed, at(minute))


def claimed(ledger: Ledger, minute: float = 0) -> Due:
    (due,) = ledger.write(claim_due, at(minute))
    return due


def test_of_several_services_one_reads_a_calendar(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    taken = together(*[lambda: ledger.write(claim_due, at(0)) for _ in range(4)])

    assert sorted(map(len, taken)) == [0, 0, 0, 1]


def test_a_service_that_dies_in_the_middle_costs_one_turn(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    claimed(ledger)

    assert not ledger.read(anything_due, at(14))
    assert ledger.read(anything_due, at(15))


def test_what_it_says_is_kept(ledger: Ledger, desk: Desk) -> None:
    employ(ledger, every="15m")
    ledger.write(record_reading, claimed(ledger), READING, at(0))

    (row,) = desk.rows(ForeignCalendarRow)
    assert (row.text, row.etag, row.remarks, row.read_at) == ("the text", '"tag"', ("a remark",), at(0))
    assert len(ledger.read(imported_overrides, at(0))["team"]) == 1
    assert ledger.read(imported_overrides, at(601)) == {"team": []}


def test_a_failure_leaves_what_was_known(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    ledger.write(record_reading, claimed(ledger), READING, at(0))
    ledger.write(record_failure, claimed(ledger, 15), "HTTP 503", at(15))

    (standing,) = ledger.read(standings, at(20))
    assert (standing.problem, standing.entries, standing.age(at(20))) == (
        "HTTP 503",
        1,
        timedelta(minutes=20),
    )


def test_what_was_read_by_settings_that_have_been_changed_meanwhile_is_not_used(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    old = claimed(ledger)
    employ(ledger, 1, every="15m", who="summary")
    claimed(ledger, 1)
    ledger.write(record_reading, old, READING, at(2))

    (standing,) = ledger.read(standings, at(2))
    assert (standing.read_at, standing.entries) == (None, 0)


def test_a_calendar_that_is_wanted_no_more_is_given_up_once(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    due = claimed(ledger)
    ledger.write(record_reading, due, READING, at(0))
    employ(ledger, 60)

    assert ledger.read(anything_due, at(60))
    assert ledger.write(claim_due, at(60)) == []
    assert not ledger.read(anything_due, at(61))
    (shift,) = ledger.read(imported_overrides, at(0))["team"]
    assert (shift.start, shift.end) == (at(0), at(60))


def test_what_comes_in_after_it_was_given_up_is_not_used(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    due = claimed(ledger)
    employ(ledger, 1)
    ledger.write(claim_due, at(1))
    ledger.write(record_reading, due, READING, at(2))

    assert ledger.read(imported_overrides, at(0)) == {}


def test_a_calendar_that_is_wanted_again_is_read_at_once(ledger: Ledger) -> None:
    employ(ledger, every="15m")
    claimed(ledger)
    employ(ledger, 1)
    ledger.write(claim_due, at(1))
    employ(ledger, 2, every="15m")

    assert claimed(ledger, 2).wanted.name == "team"
