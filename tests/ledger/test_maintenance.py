"""What becomes of alerts while something is being worked on, and when that ends?"""

from typing import Any
from uuid import UUID

import pytest

from incident.alert import AlertStatus
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.maintenance import Maintenance
from ledger.configurations import accept_configuration, configuration_in_force
from ledger.engine import Ledger
from ledger.maintenance import add_maintenance, past_maintenance
from ledger.quiet import ended_unseen, move_timers, windows
from ledger.quiet_tables import MaintenanceCutRow, MaintenanceRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.ledger.quiet_desk import BOB, QuietDesk

NIGHTLY = {"comment": "backup", "services": ["checkout"], "start": "2026-11-01T03:00", "repeat": "daily"}
"""At 03:00 UTC: ten minutes before the first alert, for half an hour."""


@pytest.fixture
def quiet(desk: Desk) -> QuietDesk:
    """The desk, and somebody who works on things."""
    return QuietDesk(desk)


@pytest.fixture
def nightly(ledger: Ledger, quiet: QuietDesk) -> QuietDesk:
    """The same with a nightly window in the file."""
    _write_down(ledger, nightly=NIGHTLY | {"for": "30m"})
    return quiet


def _write_down(ledger: Ledger, **maintenance: Any) -> None:
    ledger.write(accept_configuration, organisation(maintenance=maintenance), at(-50))


class TestWindowsOfTheFile:
    """They come by themselves; one time can be ended early."""

    def test_an_alert_in_the_window_opens_nothing_and_says_why(self, nightly: QuietDesk) -> None:
        assert nightly.desk.take(at(1)) is None
        row = nightly.alert()
        assert row.end_state == "in_maintenance"
        assert row.reason == "maintenance nightly lasts until Mon 23 Nov 03:30 UTC: backup"
        assert (row.look_again_at, row.suppressed_by) == (at(20), "maintenance nightly")

    def test_what_still_fires_when_it_ends_opens_an_incident(self, nightly: QuietDesk) -> None:
        nightly.desk.take(at(1))
        assert nightly.look_again(20) == ["INC-1"]
        assert "before: maintenance nightly" in nightly.alert().reason

    def test_what_recovers_in_the_window_wakes_nobody(self, nightly: QuietDesk) -> None:
        nightly.desk.take(at(1))
        nightly.desk.take(at(2), status=AlertStatus.RESOLVED)
        assert nightly.look_again(20) in ([], [None])
        assert nightly.states()[0] == "in_maintenance"

    def test_an_alert_after_the_window_opens_its_incident(self, nightly: QuietDesk) -> None:
        assert nightly.desk.open(at(20)).key == "INC-1"

    def test_who_has_finished_early_ends_this_time_and_the_next_one_comes(self, nightly: QuietDesk) -> None:
        nightly.desk.take(at(1))
        ended = nightly.finish(5, "nightly")
        assert not ended.over(at(5))
        assert ended.over(at(24 * 60))
        assert nightly.look_again(5) == ["INC-1"]
        assert nightly.desk.rows(MaintenanceCutRow)[0].ended_by == "bob"

    def test_one_that_is_not_now_cannot_be_ended_and_says_when_it_comes(self, nightly: QuietDesk) -> None:
        with pytest.raises(TransitionError, match="is not now; it comes next at 2026-11-24 03:00 UTC"):
            nightly.finish(30, "nightly")

    def test_a_window_that_has_left_the_file_is_noticed_by_what_waits_for_it(
        self, nightly: QuietDesk, ledger: Ledger
    ) -> None:
        nightly.desk.take(at(1))
        assert _unseen(ledger, 5) == set()
        _write_down(ledger)
        assert _unseen(ledger, 5) == {"maintenance nightly"}
        ledger.write(move_timers, "maintenance nightly", at(5))
        assert nightly.look_again(5) == ["INC-1"]


class TestWindowsMadeAtRunTime:
    """Now or in the future, once or again and again; ended by whoever has finished."""

    def test_an_alert_in_the_window_says_whose_it_is(self, quiet: QuietDesk) -> None:
        quiet.maintain()
        quiet.desk.take(at(1))
        assert quiet.alert().reason == "maintenance M1 of bob lasts until Mon 23 Nov 03:40 UTC: new disks"

    def test_one_to_come_holds_when_it_comes(self, quiet: QuietDesk) -> None:
        quiet.maintain(start=at(60))
        assert quiet.desk.open(at(1)).key == "INC-1"
        quiet.desk.take(at(61), fingerprint="f2")
        assert quiet.states() == ["opened", "in_maintenance"]

    def test_ended_early_what_still_fires_is_looked_at_at_once(self, quiet: QuietDesk) -> None:
        quiet.maintain(repeat="daily")
        quiet.desk.take(at(1))
        quiet.finish(5)
        assert quiet.look_again(5) == ["INC-1"]
        row = quiet.desk.rows(MaintenanceRow)[0]
        assert (row.ended_at, row.ended_by) == (at(5), "bob")
        assert _windows(quiet, 6) == []

    def test_only_this_time_leaves_the_next_one(self, quiet: QuietDesk) -> None:
        quiet.maintain(repeat="daily")
        quiet.finish(5, only_this_time=True)
        (left,) = _windows(quiet, 6)
        assert (left.over(at(6)), left.over(at(24 * 60 + 6))) == (False, True)

    def test_ending_it_again_changes_nothing(self, quiet: QuietDesk) -> None:
        quiet.maintain()
        quiet.finish(5)
        assert quiet.finish(9).ended_at == at(5)

    def test_one_that_is_over_is_told_among_the_past_ones(self, quiet: QuietDesk) -> None:
        quiet.maintain()
        assert quiet.desk.ledger.read(past_maintenance, at(10)) == []
        assert [row.id for row in quiet.desk.ledger.read(past_maintenance, at(30))] == [1]
        assert _windows(quiet, 30) == []

    def test_the_same_again_makes_one(self, quiet: QuietDesk) -> None:
        assert quiet.maintain().name == quiet.maintain().name == "M1"
        key = UUID("7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10")
        window = quiet.maintain(comment="other").window
        names = {quiet.desk.ledger.write(add_maintenance, window, BOB, at(0), key=key).name for _ in range(2)}
        assert names == {"M3"}

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            pytest.param({"services": ["nothing"]}, "'nothing' is not under services:", id="no"),
            pytest.param({"start": at(-100)}, "it is over already", id="over"),
            pytest.param({"start": at(600_000)}, "more than 366 days away", id="too far away"),
            pytest.param({"repeat": "daily", "for": "24h"}, "runs into its next time", id="never ends"),
        ],
    )
    def test_what_cannot_be_kept_is_refused(
        self, quiet: QuietDesk, changes: dict[str, Any], says: str
    ) -> None:
        with pytest.raises(AnswerError, match=says):
            quiet.maintain(**changes)

    def test_one_that_is_not_there_names_those_that_are(self, nightly: QuietDesk) -> None:
        nightly.maintain()
        with pytest.raises(NotFoundError, match="no maintenance 'M7'; there are: nightly, M1"):
            nightly.finish(1, "M7")


def _unseen(ledger: Ledger, minutes: float) -> set[str]:
    return ledger.read(lambda session: ended_unseen(session, configuration_in_force(session)[1], at(minutes)))


def _windows(quiet: QuietDesk, minutes: float) -> list[Maintenance]:
    return list(
        quiet.desk.ledger.read(
            lambda session: windows(session, configuration_in_force(session)[1], at(minutes))
        )
    )
