"""What becomes of alerts while a silence lasts, when it ends, and when somebody moves its end?"""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from incident.alert import AlertStatus
from incident.errors import AnswerError, NotFoundError, TransitionError
from ledger.intake import triage_again
from ledger.quiet_tables import SilenceRow
from ledger.silences import silences
from ledger.tables import AlertRow, IncidentRow
from tests.ledger.desk import Desk, alert, at, together
from tests.ledger.quiet_desk import ALICE, QuietDesk


@pytest.fixture
def quiet(desk: Desk) -> QuietDesk:
    """The desk, and somebody who silences."""
    return QuietDesk(desk)


class TestWhileItLasts:
    """Nobody is woken, and the reason says why."""

    def test_an_alert_that_it_is_about_opens_nothing_and_says_why(self, quiet: QuietDesk) -> None:
        quiet.silence()
        assert quiet.desk.take(at(1)) is None
        row = quiet.alert()
        assert row.end_state == "silenced"
        assert row.reason == "silence 1 of bob lasts until Mon 23 Nov 03:40 UTC: we know"
        assert (row.look_again_at, row.suppressed_by) == (at(30), "silence 1")

    def test_another_alert_opens_its_incident(self, quiet: QuietDesk) -> None:
        quiet.silence(matchers=['host="db1"'])
        assert quiet.desk.open(at(1)).key == "INC-1"

    def test_a_silence_to_come_silences_nothing_yet(self, quiet: QuietDesk) -> None:
        quiet.silence(start=at(10), end=at(40), **{"for": None})
        assert quiet.desk.open(at(1)).key == "INC-1"

    def test_a_silence_of_another_moment_has_no_say_in_a_recovery(self, quiet: QuietDesk) -> None:
        incident = quiet.desk.open(at(0))
        quiet.silence(1)
        told = quiet.desk.take(at(2), status=AlertStatus.RESOLVED)
        assert told is not None
        assert told.key == incident.key
        assert quiet.states() == ["opened", "resolved"]

    def test_the_same_firing_again_is_silenced_too_and_no_duplicate_of_an_incident(
        self, quiet: QuietDesk
    ) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        quiet.desk.take(at(5))
        assert quiet.states() == ["silenced", "silenced"]
        assert "INC" not in quiet.alert(2).reason


class TestWhenItEnds:
    """What still fires opens an incident; what has recovered does nothing."""

    def test_nothing_is_looked_at_before_the_end(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        assert quiet.waiting(29.9) == []

    def test_what_still_fires_opens_an_incident_with_a_reason_that_names_both(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        assert quiet.look_again(30) == ["INC-1"]
        row = quiet.alert()
        assert row.end_state == "opened"
        assert row.reason.startswith("nothing is open for checkout")
        assert "before: silence 1 of bob lasts until Mon 23 Nov 03:40 UTC: we know" in row.reason
        assert row.look_again_at is None

    def test_looking_again_twice_changes_nothing(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        assert (quiet.look_again(30), quiet.look_again(31)) == (["INC-1"], [])

    def test_what_fired_twice_meanwhile_opens_one_incident(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        quiet.desk.take(at(5))
        quiet.look_again(30)
        assert len(quiet.desk.rows(IncidentRow)) == 1

    def test_what_still_fires_attaches_to_an_incident_that_is_open_by_then(self, quiet: QuietDesk) -> None:
        quiet.silence(matchers=['fingerprint="f1"'])
        quiet.desk.take(at(1))
        assert quiet.desk.open(at(2), fingerprint="f2").key == "INC-1"
        assert quiet.look_again(30) == ["INC-1"]
        assert quiet.states() == ["attached", "opened"]

    def test_what_recovered_meanwhile_does_nothing(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        quiet.desk.take(at(10), status=AlertStatus.RESOLVED)
        quiet.look_again(30)
        assert quiet.desk.rows(IncidentRow) == []
        assert quiet.states()[0] == "silenced"

    def test_what_recovered_and_fires_again_opens_one_incident(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        quiet.desk.take(at(10), status=AlertStatus.RESOLVED)
        quiet.desk.take(at(20), starts_at=at(19))
        quiet.look_again(30)
        assert len(quiet.desk.rows(IncidentRow)) == 1

    def test_it_is_suppressed_again_if_another_silence_lasts_longer_by_then(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        quiet.silence(5, **{"for": "1h"})
        assert quiet.look_again(30) == [None]
        row = quiet.alert()
        assert (row.end_state, row.look_again_at, row.suppressed_by) == ("silenced", at(65), "silence 2")
        assert quiet.look_again(65) == ["INC-1"]

    def test_a_process_that_dies_while_it_looks_again_loses_nothing(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))

        def dies(session: Session) -> None:
            triage_again(session, 1, at(30))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            quiet.desk.ledger.write(dies)
        assert quiet.desk.rows(IncidentRow) == []
        quiet.look_again(31)
        assert quiet.states() == ["opened"]


class TestWhenSomebodyMovesItsEnd:
    """Ended early: at once. Extended: then."""

    def test_ended_early_what_still_fires_is_looked_at_at_once(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        row = quiet.end(10)
        assert (row.ends_at, row.ended_at, row.ended_by) == (at(10), at(10), "bob")
        assert quiet.look_again(10) == ["INC-1"]

    def test_extended_it_waits_for_the_new_end(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        row = quiet.move(10, 90)
        assert (row.ends_at, row.moved_by) == (at(90), "bob")
        assert (quiet.waiting(30), quiet.look_again(90)) == ([], ["INC-1"])

    def test_shortened_it_ends_earlier(self, quiet: QuietDesk) -> None:
        quiet.silence()
        quiet.desk.take(at(1))
        quiet.move(5, 15)
        assert quiet.look_again(15) == ["INC-1"]

    def test_ending_one_leaves_what_another_one_suppresses(self, quiet: QuietDesk) -> None:
        quiet.silence(matchers=['fingerprint="f1"'])
        quiet.silence(matchers=['fingerprint="f2"'])
        quiet.desk.take(at(1))
        quiet.desk.take(at(1), fingerprint="f2")
        quiet.end(10)
        assert quiet.waiting(10) == [1]

    def test_ending_it_again_changes_nothing_and_somebody_else_hears_who_was_faster(
        self, quiet: QuietDesk
    ) -> None:
        quiet.silence()
        quiet.end(10)
        assert quiet.end(11).ended_at == at(10)
        with pytest.raises(TransitionError, match="bob ended it at 2026-11-23 03:20 UTC"):
            quiet.end(11, actor=ALICE)

    def test_one_that_is_over_cannot_be_extended(self, quiet: QuietDesk) -> None:
        quiet.silence()
        with pytest.raises(TransitionError, match="it ended at 2026-11-23 03:40 UTC; make a new one"):
            quiet.move(31, 60)

    def test_one_cannot_be_extended_beyond_the_longest(self, quiet: QuietDesk) -> None:
        quiet.silence()
        with pytest.raises(AnswerError, match="90 days at most"):
            quiet.move(1, timedelta(days=91) / timedelta(minutes=1))

    def test_one_that_is_not_there_is_not_found(self, quiet: QuietDesk) -> None:
        with pytest.raises(NotFoundError, match="there is no silence 7"):
            quiet.end(1, number=7)

    def test_ended_and_suppressed_at_the_same_moment_nothing_waits_for_what_is_over(
        self, quiet: QuietDesk
    ) -> None:
        quiet.silence()
        numbers = [quiet.desk.accept(at(1), fingerprint=f"f{number}") for number in range(6)]
        together(*[partial(quiet.desk.triage, number, at(2)) for number in numbers], partial(quiet.end, 2))
        quiet.look_again(2)
        assert [row.look_again_at for row in quiet.desk.rows(AlertRow)] == [None] * 6
        assert len(quiet.desk.rows(IncidentRow)) == 1


class TestMaking:
    """Once, with an end, by somebody."""

    def test_the_same_key_makes_one_silence(self, quiet: QuietDesk) -> None:
        key = "7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10"
        assert quiet.silence(key=key).id == quiet.silence(1, key=key).id

    def test_the_same_words_until_the_same_end_make_one_silence(self, quiet: QuietDesk) -> None:
        same: dict[str, Any] = {"end": at(30), "for": None}
        assert quiet.silence(**same).id == quiet.silence(1, **same).id
        assert quiet.silence(1, **same, matchers=['host="db1"']).id == 2

    def test_a_local_time_is_that_of_the_working_hours(self, quiet: QuietDesk) -> None:
        assert quiet.silence(end="2026-11-23T04:00", **{"for": None}).ends_at == at(50)

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            pytest.param({"for": None}, "a silence has an end", id="no end"),
            pytest.param({"end": at(9)}, "a silence has an end; write either", id="two ends"),
            pytest.param({"matchers": []}, "write what is silenced", id="about nothing"),
            pytest.param({"incident": "INC-1"}, "write what is silenced", id="about both"),
            pytest.param({"matchers": ['env!="dev"']}, "these mean every alert", id="about everything"),
            pytest.param({"for": "100d"}, "90 days at most; end it by", id="too long"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_with_what_to_write(
        self, quiet: QuietDesk, changes: dict[str, Any], says: str
    ) -> None:
        with pytest.raises(AnswerError, match=says):
            quiet.silence(**changes)
        assert quiet.desk.rows(SilenceRow) == []

    def test_a_silence_without_a_comment_is_refused(self, quiet: QuietDesk) -> None:
        with pytest.raises(ValidationError, match="comment"):
            quiet.silence(comment=" ")

    def test_the_list_has_those_that_hold_or_are_to_come_and_all_on_demand(self, quiet: QuietDesk) -> None:
        quiet.silence(comment="over")
        quiet.silence(1, comment="long", **{"for": "2h"})
        quiet.silence(1, comment="to come", start=at(60), end=at(70), **{"for": None})
        listed = quiet.desk.ledger.read(silences, at(40))
        assert [row.comment for row, _ in listed] == ["to come", "long"]
        every = quiet.desk.ledger.read(silences, at(40), every=True)
        assert [row.comment for row, _ in every] == ["to come", "long", "over"]


def test_a_label_of_the_alert_is_matched(quiet: QuietDesk) -> None:
    quiet.silence(matchers=['host=~"db.*"', "region in (eu, us)"])
    labelled = alert(labels={"host": "db1", "region": "eu"})
    quiet.desk.take(at(1), labels=labelled.labels)
    assert quiet.states() == ["silenced"]
