"""Is whatever an escalation goes through a row: turns, answers with a time, other policies, re-opening?"""

from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from incident.actions import PageLevel
from incident.alert import AlertSeverity
from incident.configuration import Role
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.progress import Stage
from ledger.configurations import accept_configuration
from ledger.escalating import escalate_by_hand
from ledger.escalations import (
    acknowledge,
    advance,
    end_escalations,
    finish_escalation,
    is_over,
    start_escalation,
)
from ledger.incidents import find_incident
from ledger.repointing import repoint, repointed
from ledger.runs import run_started, runs_owed
from ledger.tables import AssignmentRow, PageRow, RunRow
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import Desk, at, together

ALICE: dict[str, Any] = {"targets": [{"person": "alice"}]}
BOB: dict[str, Any] = {"targets": [{"person": "bob"}]}
TURNS = {"levels": [{"targets": [{"round_robin": [{"team": "payments"}]}]}]}


def employ(desk: Desk, minutes: float = -1, **changes: Any) -> None:
    """Put another configuration in force."""
    desk.ledger.write(accept_configuration, organisation(**changes), at(minutes))


def climb_by(desk: Desk, **policy: Any) -> None:
    """Open an incident whose service has this policy, and page its first level."""
    employ(desk, policies={"checkout": policy})
    desk.open()
    desk.climb(0)


def answer(desk: Desk, person: str, minutes: float) -> bool:
    return desk.ledger.write(acknowledge, 1, person, "web", at(minutes))


def escalate(desk: Desk, minutes: float, purpose: str = "incident manager") -> Any:
    ask = partial(escalate_by_hand, via=Via.CLI, purpose=purpose)
    return desk.ledger.write(ask, "INC-1", "bob", now=at(minutes))


def climbs(desk: Desk) -> list[tuple[str, Any, bool]]:
    """The runs that climb: key, when they are due, whether they have ended."""
    runs = [run for run in desk.rows(RunRow) if run.deployment == "page"]
    return [(run.key, run.due_at, run.ended_at is not None) for run in runs]


class TestRoundRobin:
    def test_each_new_incident_is_the_next_ones_turn(self, desk: Desk) -> None:
        services = {f"s{n}": {"policy": "turns"} for n in range(3)} | {"checkout": {"policy": "turns"}}
        employ(desk, policies={"turns": TURNS}, services=services)
        for n in range(3):
            desk.open(fingerprint=f"f{n}", service=f"s{n}")
            desk.ledger.write(advance, n + 1, at(0))
        assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob", "alice"]
        assert [row.member for row in desk.rows(AssignmentRow)] == ["alice", "bob", "alice"]

    def test_later_rounds_and_other_escalations_of_the_incident_are_the_same_ones_turn(
        self, desk: Desk
    ) -> None:
        climb_by(desk, **TURNS)
        desk.climb(5)

        def again(session: Session) -> None:
            start_escalation(session, find_incident(session, "INC-1"), "again", "checkout", at(6))
            advance(session, 2, at(6))

        desk.ledger.write(again)
        assert [row.person for row in desk.rows(PageRow)] == ["alice", "alice", "alice"]
        assert len(desk.rows(AssignmentRow)) == 1

    def test_two_incidents_at_once_are_two_peoples_turns(self, desk: Desk) -> None:
        services = {name: {"policy": "turns"} for name in ("checkout", "s1")}
        employ(desk, policies={"turns": TURNS}, services=services)
        for number, service in enumerate(services):
            desk.open(fingerprint=f"f{number}", service=service)
        together(*[partial(desk.ledger.write, advance, number, at(0)) for number in (1, 2)])
        assert sorted(row.person for row in desk.rows(PageRow)) == ["alice", "bob"]


class TestAnAnswerWithATime:
    def test_the_run_that_pages_again_is_owed_for_that_moment(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB], unacknowledge_after="30m")
        answer(desk, "alice", 1)
        desk.ledger.write(finish_escalation, 1, at(1))
        assert climbs(desk) == [("INC-1/page/1", at(0), True), ("INC-1/page/1-1", at(31), False)]
        assert desk.escalation().next_at == at(31)

    def test_it_pages_again_and_the_next_answer_counts_anew(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB], unacknowledge_after="30m")
        answer(desk, "alice", 1)
        assert desk.climb(30) == ()
        desk.climb(31)
        row = desk.escalation()
        assert (row.stage, row.acknowledged_at, row.acknowledged_by) == (Stage.CLIMBING, None, None)
        assert [page.person for page in desk.rows(PageRow)] == ["alice", "alice"]
        assert len(desk.said("reopened")) == 1
        assert not desk.ledger.read(is_over, 1)
        assert answer(desk, "bob", 32)
        assert desk.escalation().acknowledged_by == "bob"
        assert desk.incident().acknowledged_by == "alice"

    def test_acknowledging_again_puts_it_off(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB], unacknowledge_after="30m")
        answer(desk, "alice", 1)
        assert not answer(desk, "alice", 11)
        assert desk.escalation().next_at == at(41)
        assert [due for _, due, _ in climbs(desk)] == [at(0), at(31), at(41)]
        assert desk.climb(31) == ()

    def test_the_end_of_the_incident_ends_the_timer_and_the_run_that_was_owed(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB], unacknowledge_after="30m")
        answer(desk, "alice", 1)

        def end(session: Session) -> None:
            end_escalations(session, find_incident(session, "INC-1"), at(2), "it is over")

        desk.ledger.write(end)
        assert (desk.escalation().stage, desk.escalation().next_at) == (Stage.ACKNOWLEDGED, None)
        assert all(ended for *_, ended in climbs(desk))
        assert desk.climb(100) == ()

    def test_without_a_time_nothing_more_is_owed(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB])
        answer(desk, "alice", 1)
        assert [key for key, *_ in climbs(desk)] == ["INC-1/page/1"]


class TestSeveralAnswers:
    def test_an_answer_silences_only_its_giver_until_there_are_enough(self, desk: Desk) -> None:
        both = {"targets": [{"person": "alice"}, {"person": "bob"}], "acknowledgements": "all"}
        climb_by(desk, levels=[both])
        assert answer(desk, "alice", 1)
        assert desk.pages() == [("alice", "dropped"), ("bob", "owed")]
        assert (desk.escalation().stage, desk.escalation().acknowledged_by) == (Stage.CLIMBING, None)
        assert desk.incident().acknowledged_by == "alice"
        assert not answer(desk, "alice", 1)
        assert answer(desk, "bob", 2)
        assert desk.pages() == [("alice", "dropped"), ("bob", "dropped")]
        assert desk.escalation().acknowledged_by == "bob"
        assert desk.said("acknowledged") == [
            "alice acknowledged (incident manager); others are still waited for",
            "bob acknowledged (incident manager)",
        ]


class TestIfNotResolved:
    def test_its_page_is_owed_although_somebody_acknowledged(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB | {"if_not": "resolved"}])
        answer(desk, "alice", 1)
        assert climbs(desk)[-1] == ("INC-1/page/1-1", at(5), False)
        (action,) = desk.climb(5)
        assert isinstance(action, PageLevel)
        assert desk.pages() == [("alice", "dropped"), ("bob", "owed")]
        assert not answer(desk, "bob", 6)
        assert desk.pages()[1] == ("bob", "owed")
        assert desk.escalation().next_at is None


class TestOtherPolicies:
    def test_the_snapshot_holds_the_policy_that_follows(self, desk: Desk) -> None:
        policies = {
            "checkout": {"levels": [ALICE], "repeat": 0, "hand_over_to": "platform"},
            "platform": {"levels": [BOB]},
        }
        employ(desk, policies=policies)
        desk.open()
        employ(desk, 1, policies=policies | {"platform": {"levels": [ALICE]}})
        desk.climb(0)
        desk.climb(5)
        assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob"]
        assert desk.said("handed over")[0].startswith("policy platform goes on (incident manager):")

    def test_a_level_that_waits_for_its_hours_says_so(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB | {"when": {"working_hours": "inside"}, "else": "wait"}])
        desk.climb(5)
        assert desk.said("held back") == ["level 2 waits until Mon 09:00 UTC: it is for working hours"]
        assert desk.escalation().next_at == at(350)

    def test_a_number_of_alerts_is_counted_over_the_incident(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB | {"when": {"alerts": {"at_least": 2, "within": "10m"}}}], repeat=0)
        desk.take(at(3), fingerprint="f2")
        desk.climb(5)
        assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob"]

    def test_a_level_that_is_not_meant_for_this_is_no_gap_on_call(self, desk: Desk) -> None:
        climb_by(desk, levels=[BOB | {"when": {"severity": [3]}}, ALICE])
        assert desk.said("passed over") == [
            f"level 1 is passed over: it is for severity 3, and this is {int(desk.incident().severity)}"
        ]
        assert desk.said("skipped") == []


class TestByHand:
    def test_the_next_level_is_paged_and_the_next_wait_counts_from_then(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB])
        escalate(desk, 1)
        assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob"]
        assert desk.escalation().next_at == at(6)
        assert desk.said("escalated") == ["bob escalates (incident manager)"]
        assert desk.said("unanswered") == []

    def test_after_an_answer_a_run_is_owed_at_once(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB])
        desk.ledger.write(run_started, 1, "flow-run-1")
        answer(desk, "alice", 1)
        escalate(desk, 9)
        assert climbs(desk)[-1] == ("INC-1/page/1-1", at(9), False)
        assert "INC-1/page/1-1" in [run.key for run in desk.ledger.read(runs_owed)]
        assert (desk.escalation().stage, desk.escalation().acknowledged_by) == (Stage.CLIMBING, None)
        desk.ledger.write(finish_escalation, 1, at(9))
        assert not climbs(desk)[-1][2]

    def test_what_waits_for_the_morning_gets_a_run_now(self, desk: Desk) -> None:
        desk.open(severity=AlertSeverity.WARNING)
        escalate(desk, 1)
        assert [row.person for row in desk.rows(PageRow)] == ["alice"]
        assert climbs(desk)[-1] == ("INC-1/page/1-1", at(1), False)

    def test_many_at_once_each_take_one_level(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, BOB], repeat=9)
        together(*[partial(escalate, desk, 1)] * 3)
        assert [row.step for row in desk.rows(PageRow)] == [1, 2, 3, 4]
        assert len(desk.said("escalated")) == 3

    def test_a_purpose_that_nobody_is_paged_for_is_refused(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])
        with pytest.raises(NotFoundError, match="it pages for: incident manager"):
            escalate(desk, 1, "tech lead")

    def test_somebody_unknown_is_refused(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])
        with pytest.raises(NotFoundError, match="'eve' is not under people:"):
            desk.ledger.write(escalate_by_hand, "INC-1", "eve", via=Via.CLI, now=at(1))

    def test_after_the_end_it_is_refused_and_nothing_is_written(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])

        def resolve(session: Session) -> None:
            incident = find_incident(session, "INC-1")
            incident.status = incident.status.RESOLVED
            session.add(incident)

        desk.ledger.write(resolve)
        with pytest.raises(TransitionError, match="INC-1 is resolved"):
            escalate(desk, 1)
        assert desk.said("escalated") == []


NIGHT = {"levels": [BOB, ALICE]}


class TestAnotherPolicyForTheService:
    """E1, second half."""

    def point_to_night(self, desk: Desk, minutes: float) -> None:
        policies = SMALL["policies"] | {"night": NIGHT}
        employ(desk, minutes, policies=policies, services={"checkout": {"policy": "night"}})

    def test_its_open_escalation_begins_again_at_level_1(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE, ALICE])
        assert desk.ledger.read(repointed) == []
        self.point_to_night(desk, 2)
        assert desk.ledger.read(repointed) == [1]
        assert desk.ledger.write(repoint, 1, at(2))
        assert desk.pages() == [("alice", "dropped")]
        assert desk.escalation().next_at == at(2)
        desk.climb(2)
        assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob"]
        assert desk.said("handed over") == [
            "service checkout has policy night now: paging begins again at level 1 (incident manager)"
        ]

    def test_it_happens_once_however_many_see_it(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])
        self.point_to_night(desk, 2)
        assert together(*[partial(desk.ledger.write, repoint, 1, at(2))] * 4).count(True) == 1
        assert desk.ledger.read(repointed) == []

    def test_an_edit_of_the_policy_itself_changes_nothing(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])
        employ(desk, 2, policies={"checkout": {"levels": [BOB]}})
        assert desk.ledger.read(repointed) == []
        assert not desk.ledger.write(repoint, 1, at(2))

    def test_what_was_acknowledged_is_left_alone(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])
        answer(desk, "alice", 1)
        self.point_to_night(desk, 2)
        assert desk.ledger.read(repointed) == []
        assert not desk.ledger.write(repoint, 1, at(2))

    def test_an_escalation_for_whoever_else_is_called_in_is_left_alone(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])

        def call_in(session: Session) -> None:
            incident = find_incident(session, "INC-1")
            start_escalation(session, incident, "one more manager", "checkout", at(1), role=Role.MANAGER)

        desk.ledger.write(call_in)
        self.point_to_night(desk, 2)
        assert desk.ledger.read(repointed) == [1]
        assert not desk.ledger.write(repoint, 2, at(2))

    def test_what_waits_for_the_morning_goes_on_waiting(self, desk: Desk) -> None:
        desk.open(severity=AlertSeverity.WARNING)
        morning = desk.escalation().next_at
        self.point_to_night(desk, 2)
        assert desk.ledger.write(repoint, 1, at(2))
        assert (desk.escalation().next_at, desk.escalation().version) == (morning, 0)

    def test_a_service_that_is_gone_keeps_its_policy(self, desk: Desk) -> None:
        climb_by(desk, levels=[ALICE])
        employ(desk, 2, services={"other": {"policy": "checkout"}}, default_service="other")
        assert desk.ledger.read(repointed) == []
