"""What do a silence and a maintenance do to an incident that is open already (E14)?"""

from typing import Any

import pytest

from incident.alert import AlertStatus
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.progress import Stage
from incident.timeline import Kind
from ledger.configurations import accept_configuration
from ledger.escalating import escalate_by_hand
from ledger.escalations import acknowledge
from ledger.rehearsals import ahead
from ledger.tables import RunRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.ledger.quiet_desk import QuietDesk

OF_INCIDENT: dict[str, Any] = {"incident": "INC-1", "matchers": None}


@pytest.fixture
def quiet(desk: Desk) -> QuietDesk:
    """An incident that is being climbed, and somebody who wants peace."""
    desk.open()
    desk.climb(0)
    return QuietDesk(desk)


class TestASilenceOfTheIncident:
    """`incident silence INC-1 --for 30m`."""

    def test_no_step_is_taken_while_it_lasts(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        quiet.desk.climb(5)
        assert quiet.desk.pages() == [("alice", "owed")]
        row = quiet.desk.escalation()
        assert (row.stage, row.next_at) == (Stage.HELD, at(31))
        assert quiet.desk.said(Kind.HELD_BACK) == [
            "bob holds paging back until Mon 23 Nov 03:41 UTC: we know",
            "nobody is paged until Mon 03:41 UTC: silence 1 of bob (we know)",
        ]

    def test_when_it_ends_it_begins_again_at_level_1(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        for minutes in (5, 31):
            quiet.desk.climb(minutes)
        assert [person for person, _ in quiet.desk.pages()] == ["alice", "alice"]

    def test_ended_early_it_goes_on_at_once(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        quiet.desk.climb(5)
        before = quiet.desk.escalation().version
        quiet.end(10)
        assert quiet.review(10) == [True]
        row = quiet.desk.escalation()
        assert row.next_at == at(10)
        assert row.version == before + 1, "or the run would wait for the old end"
        quiet.desk.climb(10)
        assert len(quiet.desk.pages()) == 2

    def test_extended_it_waits_longer(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        quiet.desk.climb(5)
        quiet.move(10, 60)
        assert quiet.review(10) == [True]
        assert quiet.desk.escalation().next_at == at(60)

    def test_asking_again_when_nothing_has_changed_moves_nothing(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        quiet.desk.climb(5)
        assert quiet.review(6) == []

    def test_escalating_by_hand_is_refused_meanwhile(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        with pytest.raises(TransitionError, match=r"while silence 1 of bob \(we know\) lasts"):
            quiet.desk.ledger.write(escalate_by_hand, "INC-1", "bob", via=Via.CLI, now=at(2))

    def test_acknowledging_is_possible_meanwhile_and_ends_the_paging(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        quiet.desk.climb(5)
        assert quiet.desk.ledger.write(acknowledge, 1, "alice", "web", at(6))
        assert (quiet.review(7), quiet.desk.escalation().next_at) == ([], None)

    def test_it_silences_no_alert(self, quiet: QuietDesk) -> None:
        quiet.silence(1, **OF_INCIDENT)
        assert quiet.desk.open(at(2), fingerprint="f2").key == "INC-1"

    def test_an_incident_that_is_not_there_is_not_found(self, quiet: QuietDesk) -> None:
        with pytest.raises(NotFoundError, match="no incident INC-9"):
            quiet.silence(1, incident="INC-9", matchers=None)


class TestWhatIsSilencedAllTheSame:
    """A silence or a maintenance that applies to all of its alerts."""

    def test_a_silence_of_all_of_its_alerts_holds_it(self, quiet: QuietDesk) -> None:
        quiet.silence(1)
        quiet.desk.climb(5)
        assert quiet.desk.escalation().next_at == at(31)

    def test_a_maintenance_of_its_service_holds_it(self, quiet: QuietDesk) -> None:
        quiet.maintain(1)
        quiet.desk.climb(5)
        assert quiet.desk.said(Kind.HELD_BACK) == [
            "nobody is paged until Mon 03:41 UTC: maintenance M1 of bob (new disks)"
        ]

    def test_an_alert_that_is_not_silenced_keeps_it_going(self, quiet: QuietDesk) -> None:
        quiet.desk.open(at(1), fingerprint="f2")
        quiet.silence(2, matchers=['fingerprint="f1"'])
        quiet.desk.climb(5)
        assert quiet.desk.escalation().stage is Stage.CLIMBING

    def test_an_alert_that_has_recovered_has_no_say(self, quiet: QuietDesk) -> None:
        quiet.desk.open(at(1), fingerprint="f2")
        quiet.desk.take(at(2), fingerprint="f2", status=AlertStatus.RESOLVED)
        quiet.silence(2, matchers=['fingerprint="f1"'])
        quiet.desk.climb(5)
        assert quiet.desk.escalation().stage is Stage.HELD

    def test_silenced_each_for_itself_the_first_end_counts(self, quiet: QuietDesk) -> None:
        quiet.desk.open(at(1), fingerprint="f2")
        quiet.silence(2, matchers=['fingerprint="f1"'])
        quiet.silence(2, matchers=['fingerprint="f2"'], **{"for": "10m"})
        quiet.desk.climb(5)
        assert quiet.desk.escalation().next_at == at(12)

    def test_an_alert_that_joins_and_is_not_silenced_lets_it_go_on(self, quiet: QuietDesk) -> None:
        quiet.silence(1, matchers=['fingerprint="f1"'])
        quiet.desk.climb(5)
        quiet.desk.open(at(6), fingerprint="f2")
        assert quiet.review(6) == [True]
        assert quiet.desk.escalation().next_at == at(6)


def test_an_acknowledgement_that_runs_out_is_held_and_released_to_its_own_time(desk: Desk) -> None:
    policies = {
        "checkout": {
            "levels": [{"targets": [{"person": "alice"}]}],
            "unacknowledge_after": "10m",
            "fallback": [{"person": "bob"}],
        }
    }
    desk.ledger.write(accept_configuration, organisation(policies=policies), at(-1))
    quiet = QuietDesk(desk)
    desk.open()
    desk.climb(0)
    desk.ledger.write(acknowledge, 1, "alice", "web", at(1))
    quiet.silence(2, **OF_INCIDENT)
    assert quiet.review(3) == [], "it would not be asked before 11 anyway"
    desk.climb(11)
    assert (desk.escalation().stage, desk.escalation().next_at) == (Stage.ACKNOWLEDGED, at(32))
    quiet.end(12)
    assert quiet.review(12) == [True]
    assert desk.escalation().next_at == at(12)
    climbs = [row.due_at for row in desk.rows(RunRow) if row.deployment == "page"]
    assert climbs[-1] == at(12), "the run that goes on is due"
    desk.climb(12)
    assert desk.escalation().stage is Stage.CLIMBING


def test_what_comes_next_is_told_for_after_the_hold(quiet: QuietDesk) -> None:
    quiet.silence(1, **OF_INCIDENT)
    (coming,) = quiet.desk.ledger.read(ahead, "INC-1", at(2))
    paged = [(entry.person, entry.at) for entry in coming.entries if entry.person]
    assert paged[0] == ("alice", at(31))
