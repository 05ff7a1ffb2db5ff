"""Is every change of hands noted once, also after an outage, and sent once?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError
from ledger.configurations import accept_configuration
from ledger.effects import LEASE
from ledger.engine import Ledger
from ledger.handoff_messages import (
    TRIES,
    Claimed,
    claim_message,
    message_failed,
    message_sent,
    messages_due,
)
from ledger.handoff_tables import DutyRow, HandoffMessageRow, RemarkRow
from ledger.handoffs import MISSED, draft, find_handoff, handoffs, keep, look
from ledger.migrating import migrate
from ledger.remarks import remark
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import START, Desk, at, together

CHANGE = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""alice hands over to bob."""
WEEK = timedelta(days=7)
MOMENT = timedelta(seconds=1)


def watch(desk: Desk, now: datetime) -> int:
    """Look, and keep what was found."""
    return desk.ledger.write(keep, desk.ledger.read(look, now), now)


def hands(desk: Desk) -> list[tuple[datetime, tuple[str, ...], tuple[str, ...]]]:
    rows = reversed(desk.ledger.read(handoffs))
    return [(row.at, row.note.outgoing, row.note.incoming) for row in rows]


def owed(desk: Desk) -> list[str]:
    return [row.person for row in desk.rows(HandoffMessageRow)]


def write(desk: Desk, text: str, now: datetime = START, by: str = "alice", to: str = "primary") -> RemarkRow:
    return desk.ledger.write(remark, to, text, by=by, via=Via.CLI, now=now)


@pytest.fixture
def watched(desk: Desk) -> Desk:
    """A desk whose schedules have been looked at."""
    watch(desk, START)
    return desk


class TestLooking:
    def test_the_first_look_only_learns_who_has_the_duty(self, watched: Desk) -> None:
        (duty,) = watched.rows(DutyRow)
        assert (duty.people, duty.since, duty.until) == (("alice",), CHANGE - WEEK, START)
        assert hands(watched) == []

    def test_before_the_first_configuration_there_is_nothing_to_learn(self, empty_url: str) -> None:
        ledger = Ledger(empty_url)
        migrate(ledger)
        assert ledger.read(look, START) == ()
        ledger.close()

    def test_a_change_is_noted_with_whoever_goes_and_comes(self, watched: Desk) -> None:
        assert watch(watched, CHANGE + MOMENT) == 1
        assert hands(watched) == [(CHANGE, ("alice",), ("bob",))]
        assert owed(watched) == ["bob", "alice"]

    def test_before_the_change_there_is_none(self, watched: Desk) -> None:
        assert watch(watched, CHANGE) == 0
        assert watch(watched, CHANGE + MOMENT) == 1

    def test_a_change_is_noted_once_however_often_one_looks(self, watched: Desk) -> None:
        assert [watch(watched, CHANGE + number * MOMENT) for number in range(1, 90, 30)] == [1, 0, 0]
        assert len(hands(watched)) == 1

    def test_of_two_who_look_at_once_one_notes(self, watched: Desk) -> None:
        found = watched.ledger.read(look, CHANGE + MOMENT)
        kept = together(*[lambda: watched.ledger.write(keep, found, CHANGE + MOMENT)] * 3)
        assert sorted(kept) == [0, 0, 1]
        assert owed(watched) == ["bob", "alice"]

    def test_after_an_outage_every_change_is_noted_and_the_newest_sent(self, watched: Desk) -> None:
        assert watch(watched, CHANGE + 2 * WEEK + timedelta(hours=5)) == 3
        assert [when for when, _, _ in hands(watched)] == [CHANGE, CHANGE + WEEK, CHANGE + 2 * WEEK]
        assert owed(watched) == ["bob", "alice"]
        assert watched.rows(HandoffMessageRow)[0].handoff_id == 3

    def test_after_a_long_outage_there_is_an_end_to_it(self, watched: Desk) -> None:
        employ(watched, handoff={"unit": "hour"})
        assert watch(watched, START + timedelta(days=60)) == MISSED

    def test_an_override_that_begins_and_ends_is_two_changes(self, watched: Desk) -> None:
        night = {"kind": "replace", "user": "bob", "with": "alice"}
        night |= {"start": CHANGE + 5 * MOMENT, "end": CHANGE + 9 * MOMENT}
        employ(watched, overrides=[night])
        watch(watched, CHANGE + MOMENT)
        watch(watched, CHANGE + 30 * MOMENT)
        assert [(out, came) for _, out, came in hands(watched)] == [
            (("alice",), ("bob",)),
            (("bob",), ("alice",)),
            (("alice",), ("bob",)),
        ]

    def test_that_nothing_has_changed_is_written_down_once_a_minute(self, watched: Desk) -> None:
        assert watched.ledger.read(look, START + timedelta(seconds=59)) == ()
        assert len(watched.ledger.read(look, START + timedelta(seconds=60))) == 1

    def test_a_schedule_that_is_new_is_looked_at_from_then_on(self, watched: Desk) -> None:
        both = SMALL["schedules"] | {"second": SMALL["schedules"]["primary"]}
        watched.ledger.write(accept_configuration, organisation(schedules=both), START)
        watch(watched, CHANGE + MOMENT)
        watch(watched, CHANGE + WEEK + MOMENT)
        assert sorted(row.schedule for row in watched.ledger.read(handoffs)) == [
            "primary",
            "primary",
            "second",
        ]


class TestNotes:
    def test_tell_what_is_open(self, watched: Desk) -> None:
        watched.open()
        watch(watched, CHANGE + MOMENT)
        (row,) = watched.ledger.read(handoffs)
        assert [(told.key, told.title) for told in row.note.open] == [("INC-1", "Error rate")]

    def test_leave_out_what_other_people_are_paged_for(self, watched: Desk) -> None:
        policies = {"checkout": {"levels": [{"targets": [{"person": "bob"}]}]}}
        watched.ledger.write(accept_configuration, organisation(policies=policies), START)
        watched.open()
        watch(watched, CHANGE + MOMENT)
        assert watched.ledger.read(handoffs)[0].note.open == ()

    def test_of_a_schedule_are_found_by_time(self, watched: Desk) -> None:
        watch(watched, CHANGE + WEEK + MOMENT)
        assert [row.at for row in watched.ledger.read(handoffs, "primary", CHANGE)] == [CHANGE]
        assert watched.ledger.read(handoffs, "other") == []

    def test_that_do_not_exist_are_not_found(self, desk: Desk) -> None:
        with pytest.raises(NotFoundError, match="no handoff note 7"):
            desk.ledger.read(find_handoff, 7)

    def test_can_be_read_before_they_are_written(self, watched: Desk) -> None:
        watched.open()
        write(watched, "Look at the cache.")
        told = watched.ledger.read(draft, "primary", at(10))
        assert (told.outgoing, told.incoming, told.since) == (("alice",), ("bob",), CHANGE - WEEK)
        assert ([each.key for each in told.open], told.remarks[0].text) == (["INC-1"], "Look at the cache.")
        assert hands(watched) == []

    def test_of_an_unknown_schedule_there_is_no_draft(self, desk: Desk) -> None:
        with pytest.raises(NotFoundError):
            desk.ledger.read(draft, "nope", START)


class TestRemarks:
    def test_go_into_the_next_note_and_no_other(self, watched: Desk) -> None:
        write(watched, "  Look at the cache.  ")
        watch(watched, CHANGE + MOMENT)
        write(watched, "It was the cache.", CHANGE + MOMENT, by="bob")
        watch(watched, CHANGE + WEEK + MOMENT)
        told = [[each.text for each in row.note.remarks] for row in watched.ledger.read(handoffs)]
        assert told == [["It was the cache."], ["Look at the cache."]]
        assert [row.handoff_id for row in watched.rows(RemarkRow)] == [1, 2]

    def test_that_come_while_the_note_is_written_wait_for_the_next(self, watched: Desk) -> None:
        found = watched.ledger.read(look, CHANGE + MOMENT)
        write(watched, "One more thing.", CHANGE - MOMENT)
        watched.ledger.write(keep, found, CHANGE + MOMENT)
        assert watched.rows(RemarkRow)[0].handoff_id is None
        assert watched.ledger.read(draft, "primary", CHANGE + MOMENT).remarks[0].text == "One more thing."

    @pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
    def test_are_neither_empty_nor_endless(self, desk: Desk, text: str) -> None:
        with pytest.raises(AnswerError, match="between 1 and 2000"):
            write(desk, text)

    @pytest.mark.parametrize("wrong", [{"by": "mallory"}, {"to": "nope"}])
    def test_come_from_people_for_schedules(self, desk: Desk, wrong: dict[str, str]) -> None:
        with pytest.raises(NotFoundError):
            write(desk, "Hello.", **wrong)


class TestMessages:
    @pytest.fixture
    def noted(self, watched: Desk) -> Desk:
        watch(watched, CHANGE + MOMENT)
        return watched

    def test_are_claimed_by_one(self, noted: Desk) -> None:
        claims = together(*[lambda: claim(noted)] * 3)
        (claimed,) = [each for each in claims if each]
        assert (claimed.person, claimed.left_open) == ("bob", False)

    def test_that_were_sent_are_settled(self, noted: Desk) -> None:
        claim(noted)
        noted.ledger.write(message_sent, 1, "id-1", CHANGE + MOMENT, uncertain=False)
        noted.ledger.write(message_sent, 1, "id-2", CHANGE + 2 * MOMENT, uncertain=False)
        row = noted.rows(HandoffMessageRow)[0]
        assert (row.sent_at, row.provider_id, row.due_at) == (CHANGE + MOMENT, "id-1", None)
        assert noted.ledger.read(messages_due, CHANGE + WEEK) == [2]

    def test_of_a_process_that_died_are_found_after_its_lease(self, noted: Desk) -> None:
        claim(noted)
        assert claim(noted, CHANGE + LEASE) is None
        again = claim(noted, CHANGE + MOMENT + LEASE)
        assert again
        assert again.left_open

    def test_that_failed_are_tried_again_after_growing_pauses_and_given_up_in_the_end(
        self, noted: Desk
    ) -> None:
        now, pauses = CHANGE + MOMENT, list[timedelta]()
        while claimed := claim(noted, now):
            assert not claimed.left_open
            noted.ledger.write(message_failed, 1, "away", now, for_good=False)
            due = noted.rows(HandoffMessageRow)[0].due_at
            pauses += [due - now] if due else []
            now = due or now
        assert len(pauses) == TRIES - 1
        assert pauses == sorted(pauses)
        assert noted.rows(HandoffMessageRow)[0].problem == "away"

    def test_that_were_refused_for_good_are_not_tried_again(self, noted: Desk) -> None:
        claim(noted)
        noted.ledger.write(message_failed, 1, "no such address", CHANGE, for_good=True)
        assert claim(noted, CHANGE + WEEK) is None


def claim(desk: Desk, now: datetime = CHANGE + MOMENT) -> Claimed | None:
    return desk.ledger.write(claim_message, 1, "watchdog", now)


def employ(desk: Desk, overrides: list[dict[str, Any]] | None = None, **layer: Any) -> None:
    """Another schedule, whose turns began when those of the small organisation did."""
    primary = SMALL["schedules"]["primary"]
    layers = [primary["layers"][0] | layer]
    schedule = primary | {"layers": layers, "overrides": overrides or []}
    desk.ledger.write(accept_configuration, organisation(schedules={"primary": schedule}), START)
