"""Do our calendars tell what holds, and take back what they have told?"""

from datetime import timedelta

from incident.changes import Change
from incident.decisions import Via
from incident.override import Replace
from incident.publication import CalendarOf
from ledger.calendar_tables import PublishedRow
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.feeds import is_up_to_date, publish, published
from ledger.overrides import Actor, add_override, withdraw_override
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together

DAY = 24 * 60
BOBS_WEEK = (at(290), at(290 + 7 * DAY))
"""From Monday 08:00 UTC."""

BOB = (CalendarOf.PERSON, "bob")
PRIMARY = (CalendarOf.SCHEDULE, "primary")
Told = list[tuple[str, float, float, int, bool]]


def told(ledger: Ledger, whose: CalendarOf, name: str, minutes: float = 0) -> Told:
    """Who is shown on call, in days from the handoff on Monday, for the ten days around it."""
    ledger.write(publish, whose, name, at(minutes))
    assert ledger.read(is_up_to_date, whose, name, at(minutes))
    day = timedelta(days=1)
    return [
        (
            event.shift.person,
            (event.shift.start - BOBS_WEEK[0]) / day,
            (event.shift.end - BOBS_WEEK[0]) / day,
            event.sequence,
            event.cancelled,
        )
        for event in ledger.read(published, whose, name, at(minutes))
        if event.shift.start < BOBS_WEEK[1] and BOBS_WEEK[0] - 3 * day < event.shift.end
    ]


def stand_in(ledger: Ledger, start: float, end: float) -> int:
    """Alice stands in for bob from one day of his week to another."""
    wish = Replace(
        kind="replace",
        user="bob",
        with_="alice",
        start=BOBS_WEEK[0] + timedelta(days=start),
        end=BOBS_WEEK[0] + timedelta(days=end),
    )
    change = Change(schedule="primary", override=wish, reason="a concert")
    return ledger.write(add_override, change, Actor("bob", Via.CLI), at(1)).row.id or 0


def test_a_schedule_shows_everybody_and_a_person_only_themselves(ledger: Ledger) -> None:
    assert told(ledger, *PRIMARY) == [("alice", -7, 0, 0, False), ("bob", 0, 7, 0, False)]
    assert told(ledger, *BOB) == [("bob", 0, 7, 0, False)]


def test_both_calendars_show_the_same_event(ledger: Ledger) -> None:
    told(ledger, *PRIMARY)
    uids = {event.uid for event in ledger.read(published, *PRIMARY, at(0))}
    told(ledger, *BOB)

    assert {event.uid for event in ledger.read(published, *BOB, at(0))} < uids


def test_a_shift_that_an_override_cuts_moves_and_comes_back_when_it_is_withdrawn(ledger: Ledger) -> None:
    told(ledger, *PRIMARY)
    (uid,) = (event.uid for event in ledger.read(published, *BOB, at(0)) if event.shift.start == BOBS_WEEK[0])
    number = stand_in(ledger, 1, 2)

    assert told(ledger, *BOB, 2) == [("bob", 0, 1, 0, False), ("bob", 2, 7, 1, False)]

    ledger.write(withdraw_override, number, Actor("bob", Via.CLI), at(3))

    assert told(ledger, *BOB, 4) == [("bob", 0, 7, 2, False), ("bob", 0, 1, 1, True)]
    (whole,) = (each for each in ledger.read(published, *BOB, at(4)) if each.uid == uid)
    assert (whole.shift.start, whole.shift.end) == BOBS_WEEK


def test_a_shift_that_another_takes_is_cancelled_and_on_again_under_the_same_name(ledger: Ledger) -> None:
    before = told(ledger, *BOB)
    number = stand_in(ledger, 0, 7)

    assert told(ledger, *BOB, 2) == [("bob", 0, 7, 1, True)]

    ledger.write(withdraw_override, number, Actor("bob", Via.CLI), at(3))

    assert (before, told(ledger, *BOB, 4)) == ([("bob", 0, 7, 0, False)], [("bob", 0, 7, 2, False)])


def test_a_schedule_that_is_taken_out_of_the_file_cancels_what_was_to_come(ledger: Ledger) -> None:
    told(ledger, *PRIMARY)
    without = organisation(
        schedules={}, policies={"checkout": {"levels": [{"targets": [{"person": "bob"}]}]}}
    )
    ledger.write(accept_configuration, without, at(1))

    assert told(ledger, *BOB, 2) == [("bob", 0, 7, 1, True)]
    assert [row[4] for row in told(ledger, *PRIMARY, 2)] == [True, True]


def test_what_is_over_stays_as_it_was_told(ledger: Ledger) -> None:
    told(ledger, *PRIMARY)
    later = 290 + 8 * DAY
    others = organisation(schedules={"primary": {"timezone": "Europe/Rome", "layers": [{"users": ["bob"]}]}})
    ledger.write(accept_configuration, others, at(later))

    assert ("bob", 0, 7, 0, False) in told(ledger, *PRIMARY, later + 1)


def test_time_that_passes_changes_no_event_that_was_told(ledger: Ledger) -> None:
    told(ledger, *PRIMARY)
    before = {event.uid: event for event in ledger.read(published, *PRIMARY, at(0))}
    told(ledger, *PRIMARY, 5 * DAY)
    after = {event.uid: event for event in ledger.read(published, *PRIMARY, at(5 * DAY))}

    assert [uid for uid in before.keys() & after.keys() if before[uid] != after[uid]] == []


def test_requests_that_come_together_announce_a_shift_once(ledger: Ledger, desk: Desk) -> None:
    together(*[lambda: ledger.write(publish, *PRIMARY, at(0)) for _ in range(4)])
    rows = [(row.person, row.starts_at) for row in desk.rows(PublishedRow)]

    assert len(rows) == len(set(rows)) > 10
