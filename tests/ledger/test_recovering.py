"""Is a manager asked when everything has recovered, and does severity 3 close itself when it may?"""

from typing import Any

import pytest

from incident.decisions import NOBODY, Question, Via
from incident.lifecycle import Status
from incident.severity import Severity
from ledger.by_hand import assign
from ledger.configurations import accept_configuration
from ledger.decisions import decisions_unseen, settle_overdue
from ledger.recovering import recoveries_to_tell
from ledger.self_closing import close_itself, closing_due
from ledger.steps import change_severity
from ledger.story import tell
from ledger.tables import DecisionRow, RunRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.ledger.life import ask_about, assess

MINOR: dict[str, Any] = {"severity": "warning"}
AFTER = {"close_itself": {"after": "10m"}}


@pytest.fixture
def quiet(desk: Desk) -> Desk:
    """An organisation whose severity 3 closes itself after ten minutes."""
    desk.ledger.write(accept_configuration, organisation(**AFTER), at(-30))
    return desk


def recover(desk: Desk, minutes: float = 5, **changes: Any) -> None:
    desk.take(at(minutes), status="resolved", **changes)


def close(desk: Desk, minutes: float) -> bool:
    return desk.ledger.write(close_itself, "INC-1", at(minutes))


def asked(desk: Desk) -> DecisionRow:
    return desk.rows(DecisionRow)[-1]


class TestRecovering:
    def test_the_last_recovery_is_the_one_that_counts(self, desk: Desk) -> None:
        desk.open()
        desk.take(at(1), fingerprint="f2", title="Latency")
        recover(desk, 5)
        assert desk.incident().recovered_at is None
        recover(desk, 6, fingerprint="f2")
        assert desk.incident().recovered_at == at(6)
        assert desk.said("recovered")[-1].startswith(
            "every alert has recovered; the incident manager is asked"
        )
        assert desk.ledger.read(recoveries_to_tell) == ["INC-1"]

    def test_a_condition_that_recovers_twice_recovers_once(self, desk: Desk) -> None:
        desk.open()
        recover(desk, 5)
        recover(desk, 8)
        assert desk.incident().recovered_at == at(5)
        assert len([line for line in desk.said("recovered") if line.startswith("every alert")]) == 1

    def test_an_alert_that_fires_again_takes_it_back(self, desk: Desk) -> None:
        desk.open()
        recover(desk)
        desk.take(at(8), starts_at=at(8))
        assert desk.incident().recovered_at is None
        assert desk.ledger.read(recoveries_to_tell) == []
        assert desk.said("alert")[-1] == "not everything has recovered: Error rate fires"
        recover(desk, 12, starts_at=at(8))
        assert desk.incident().recovered_at == at(12)

    def test_the_form_for_the_next_step_proposes_that_it_is_resolved(self, desk: Desk) -> None:
        desk.open()
        assess(desk, 2)
        ask_about(desk, Question.RESOLVE, now=at(3))
        assert asked(desk).proposal == {"step": "continue"}
        recover(desk)
        resolved = {"step": "resolve", "text": "All alerts have recovered since 03:15 UTC."}
        assert asked(desk).proposal == resolved
        assert ask_about(desk, Question.RESOLVE, 2, now=at(6)).proposal == resolved
        desk.take(at(8), starts_at=at(8))
        assert asked(desk).proposal == {"step": "continue"}

    def test_a_deadline_never_says_that_the_impact_has_ended(self, desk: Desk) -> None:
        desk.open()
        assess(desk, 2)
        ask_about(desk, Question.RESOLVE, now=at(3))
        recover(desk)
        desk.ledger.write(settle_overdue, "INC-1", "resolve-1", at(70))
        assert asked(desk).answer == {"step": "continue"}
        assert desk.incident().status is Status.ASSESSED

    def test_what_is_over_recovers_without_a_word(self, desk: Desk) -> None:
        desk.open()
        assess(desk, 2, is_incident=False, reason="a drill")
        recover(desk)
        assert desk.incident().recovered_at is None


class TestClosingItself:
    def test_it_is_off_unless_somebody_wants_it(self, desk: Desk) -> None:
        desk.open(**MINOR)
        recover(desk)
        assert desk.incident().closes_itself_at is None

    @pytest.mark.parametrize(
        ("severity", "at_minutes"), [("critical", None), ("error", None), ("warning", 15)], ids=str
    )
    def test_only_severity_3_has_a_timer(self, quiet: Desk, severity: str, at_minutes: int | None) -> None:
        quiet.open(severity=severity)
        recover(quiet)
        assert quiet.incident().closes_itself_at == (at(at_minutes) if at_minutes else None)

    def test_a_service_may_say_otherwise(self, quiet: Desk) -> None:
        services = {"checkout": {"policy": "checkout", "close_itself": {"after": "never"}}}
        quiet.ledger.write(accept_configuration, organisation(services=services, **AFTER), at(-20))
        quiet.open(**MINOR)
        recover(quiet)
        assert quiet.incident().closes_itself_at is None

    def test_it_closes_unacknowledged_and_unassessed_and_paging_ends_with_the_reason(
        self, quiet: Desk
    ) -> None:
        quiet.open(**MINOR)
        ask_about(quiet)
        recover(quiet)
        assert quiet.ledger.read(closing_due, at(14)) == []
        assert not close(quiet, 14)
        assert quiet.ledger.read(closing_due, at(15)) == ["INC-1"]
        assert close(quiet, 15)
        row, reason = quiet.incident(), "all alerts have recovered, and severity 3 closes itself after 10m"
        assert (row.status, row.severity, row.summary, row.resolved_at) == (
            Status.RESOLVED,
            3,
            reason,
            at(15),
        )
        assert row.closes_itself_at is None
        assert (asked(quiet).by, asked(quiet).via, asked(quiet).answer) == (
            NOBODY,
            Via.RULE,
            asked(quiet).proposal,
        )
        assert quiet.said("decided") == [f"assess-1: {reason}"]
        assert quiet.said("resolved") == [reason]
        assert quiet.escalation().next_at is None
        assert all(run.ended_at for run in quiet.rows(RunRow) if run.deployment == "page")
        assert [each.key for each in quiet.ledger.read(decisions_unseen, at(16))] == ["assess-1"]

    def test_nobody_who_sleeps_is_paged_in_the_morning(self, quiet: Desk) -> None:
        quiet.open(**MINOR)
        assert quiet.escalation().next_at is not None
        recover(quiet)
        close(quiet, 15)
        assert quiet.pages() == []

    def test_pages_that_are_owed_are_dropped_with_the_reason(self, quiet: Desk) -> None:
        services = {"checkout": {"policy": "checkout", "page_at_night": True}}
        quiet.ledger.write(accept_configuration, organisation(services=services, **AFTER), at(-20))
        quiet.open(**MINOR)
        quiet.climb(0)
        recover(quiet)
        close(quiet, 15)
        assert quiet.pages() == [("alice", "dropped")]
        assert quiet.said("skipped")[-1].endswith("severity 3 closes itself after 10m")

    def test_an_assessed_one_is_resolved_by_the_question_that_waits(self, quiet: Desk) -> None:
        quiet.open(**MINOR)
        assess(quiet, 2, severity=3)
        ask_about(quiet, Question.RESOLVE, now=at(3))
        recover(quiet)
        assert close(quiet, 15)
        assert (asked(quiet).answer or {})["step"] == "resolve"
        assert quiet.incident().assessed_at == at(2)

    def test_before_anything_was_asked_it_closes_too(self, quiet: Desk) -> None:
        quiet.open(**MINOR)
        recover(quiet)
        assert close(quiet, 15)
        assert quiet.ledger.read(tell, "INC-1").assessment is not None

    def test_an_alert_that_fires_before_ends_the_timer(self, quiet: Desk) -> None:
        quiet.open(**MINOR)
        recover(quiet)
        quiet.take(at(8), starts_at=at(8), **MINOR)
        assert quiet.incident().closes_itself_at is None
        assert quiet.said("alert")[-1].endswith("; the incident does not close itself")
        assert not close(quiet, 20)
        recover(quiet, 21, starts_at=at(8))
        assert quiet.incident().closes_itself_at == at(31)

    def test_a_person_who_finds_it_worse_keeps_it_open(self, quiet: Desk) -> None:
        quiet.open(**MINOR)
        recover(quiet)
        assess(quiet, 7, severity=2)
        assert quiet.incident().closes_itself_at is None
        quiet.ledger.write(
            change_severity, "INC-1", "resolve-1", Severity.MINOR, "only one customer", "alice", at(9)
        )
        assert quiet.incident().closes_itself_at == at(15)

    def test_it_closes_once(self, quiet: Desk) -> None:
        quiet.open(**MINOR)
        recover(quiet)
        assert [close(quiet, 15), close(quiet, 16)] == [True, False]
        assert len(quiet.said("resolved")) == 1


def test_a_manager_who_is_there_decides_first(quiet: Desk) -> None:
    quiet.open(**MINOR)
    quiet.ledger.write(assign, "INC-1", "incident_manager", "alice", by="alice", now=at(1))
    recover(quiet)
    assess(quiet, 7, is_incident=False, reason="a test")
    assert not close(quiet, 15)
    assert quiet.incident().status is Status.DISMISSED
