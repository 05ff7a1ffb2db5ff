"""Are the timers of paging rows, is each step taken once, and does the first acknowledgement end it?"""

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from incident.actions import Stop
from incident.alert import AlertSeverity
from incident.configuration import Role
from incident.errors import NotFoundError
from incident.progress import Stage
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.escalations import (
    acknowledge,
    advance,
    end_escalations,
    escalations_due,
    find_escalation,
    finish_escalation,
    hurry,
    is_over,
    start_escalation,
)
from ledger.incidents import find_incident
from ledger.runs import run_started, runs_owed
from ledger.tables import EscalationRow, PageRow, RoleRow, RunRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import assess


def _acknowledge(desk: Desk, person: str = "alice", minutes: float = 1, page: int | None = None) -> bool:
    return desk.ledger.write(acknowledge, 1, person, "web", at(minutes), page_id=page)


def _start(desk: Desk, purpose: str = "tech lead", level: int = 0) -> int:
    def start(session: Session) -> int:
        incident = find_incident(session, "INC-1")
        return start_escalation(session, incident, purpose, "checkout", at(1), level=level).id or 0

    return desk.ledger.write(start)


def _hurry(desk: Desk, minutes: float) -> list[str]:
    return desk.ledger.write(lambda session: hurry(session, find_incident(session, "INC-1"), at(minutes)))


def _end(desk: Desk, minutes: float) -> None:
    def end(session: Session) -> None:
        end_escalations(session, find_incident(session, "INC-1"), at(minutes), "it is over")

    desk.ledger.write(end)


def test_the_same_purpose_is_started_once(desk: Desk) -> None:
    desk.open()
    assert together(*[lambda: _start(desk)] * 6) == [2] * 6
    assert [row.purpose for row in desk.rows(EscalationRow)] == ["incident manager", "tech lead"]
    assert [row.key for row in desk.rows(RunRow)].count("INC-1/page/2") == 1


def test_an_escalation_keeps_the_policy_it_was_started_with(desk: Desk) -> None:
    desk.open()
    policies = {"checkout": {"levels": [{"targets": [{"person": "bob"}]}]}}
    desk.ledger.write(accept_configuration, organisation(policies=policies), at(0))
    desk.climb(0)
    assert desk.pages() == [("alice", "owed")]


@pytest.mark.parametrize(
    ("level", "paged"),
    [
        pytest.param(0, "alice", id="the first level"),
        pytest.param(1, "bob", id="one level further"),
        pytest.param(7, "bob", id="the last level, where there is no such one"),
    ],
)
def test_an_escalation_begins_at(desk: Desk, level: int, paged: str) -> None:
    desk.open()
    number = _start(desk, level=level)
    desk.ledger.write(advance, number, at(1))
    assert desk.pages() == [(paged, "owed")]


def test_levels_follow_each_other_when_their_timers_run_out(desk: Desk) -> None:
    desk.open()
    for minutes in (0, 4.9, 5, 10, 10):
        desk.climb(minutes)
    assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob", "alice"]
    assert [row.round for row in desk.rows(PageRow)] == [0, 0, 1]
    assert desk.said("unanswered") == [
        "no answer in time; level 2 follows (incident manager)",
        "no answer in time; level 1 follows (incident manager)",
    ]
    assert desk.escalation().next_at == at(15)


def test_when_every_round_went_unanswered_the_incident_is_loudly_unreached(desk: Desk) -> None:
    desk.open()
    for minutes in range(0, 31, 5):
        desk.climb(minutes)
    assert desk.escalation().stage is Stage.UNREACHED
    assert desk.said("unreached") == ["nobody acknowledged in 3 rounds of 2 levels"]
    assert [row.person for row in desk.rows(PageRow) if row.level < 0] == ["alice", "bob"]


def test_a_level_that_reaches_nobody_is_left_and_said(desk: Desk) -> None:
    people = {"alice": {"name": "Alice"}, "bob": {"name": "Bob", "email": "bob@example.org"}}
    desk.ledger.write(accept_configuration, organisation(people=people), at(-1))
    desk.open()
    desk.climb(0)
    assert desk.pages() == [("bob", "owed")]
    assert desk.said("skipped")[0].startswith("level 1 reached nobody: alice has no contact")


def test_processes_that_advance_at_once_take_each_step_once(desk: Desk) -> None:
    desk.open()
    for minutes in (0, 5, 10):
        steps = together(*[partial(desk.climb, minutes)] * 6)
        assert sum(len(actions) for actions in steps) == 1
    assert [row.person for row in desk.rows(PageRow)] == ["alice", "bob", "alice"]


def test_the_first_acknowledgement_ends_the_paging_and_gives_the_role(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assert _acknowledge(desk)
    row = desk.escalation()
    assert (row.stage, row.next_at, row.acknowledged_by) == (Stage.ACKNOWLEDGED, None, "alice")
    assert (desk.incident().acknowledged_by, desk.incident().acknowledged_at) == ("alice", at(1))
    assert [(held.role, held.person) for held in desk.rows(RoleRow)] == [(Role.MANAGER, "alice")]
    assert desk.climb(60) == ()


def test_a_second_acknowledgement_is_noted_and_changes_nothing(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    _acknowledge(desk)
    assert not _acknowledge(desk, "bob", 2)
    assert desk.escalation().acknowledged_by == "alice"
    assert desk.said("acknowledged") == [
        "alice acknowledged (incident manager)",
        "bob acknowledged too; alice had",
    ]


def test_the_same_click_twice_is_one_acknowledgement(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assert [_acknowledge(desk), _acknowledge(desk)] == [True, False]
    assert len(desk.said("acknowledged")) == 1


def test_an_acknowledgement_after_the_end_is_noted(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    _end(desk, 1)
    assert not _acknowledge(desk, minutes=2)
    assert desk.said("acknowledged") == ["alice acknowledged too; paging had ended"]
    assert desk.rows(RoleRow) == []


def test_of_people_who_acknowledge_at_once_one_is_first(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    firsts = together(*[partial(_acknowledge, desk, person) for person in ("alice", "bob", "carol", "dave")])
    assert firsts.count(True) == 1
    assert len(desk.rows(RoleRow)) == 1
    assert len(desk.said("acknowledged")) == 4


def test_a_role_that_somebody_holds_stays_theirs(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    _acknowledge(desk)

    def start(session: Session) -> None:
        incident = find_incident(session, "INC-1")
        start_escalation(session, incident, "again", "checkout", at(2), role=Role.MANAGER)
        acknowledge(session, 2, "bob", "web", at(3))

    desk.ledger.write(start)
    assert [held.person for held in desk.rows(RoleRow)] == ["alice"]


def test_the_page_that_was_answered_says_so_and_those_not_sent_are_dropped(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    desk.climb(5)
    _acknowledge(desk, minutes=6, page=1)
    assert [row.acknowledged_at for row in desk.rows(PageRow)] == [at(6), None]
    assert desk.pages() == [("alice", "dropped"), ("bob", "dropped")]
    assert "bob was not paged: alice was faster" in desk.said("skipped")


def test_the_end_of_an_incident_drops_what_is_owed(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    _end(desk, 1)
    assert desk.pages() == [("alice", "dropped")]
    assert desk.escalation().next_at is None
    assert desk.climb(60) == ()


def test_a_resolved_incident_stops_whoever_still_climbs(desk: Desk) -> None:
    desk.open()
    assess(desk)

    def resolve_only(session: Session) -> None:
        incident = find_incident(session, "INC-1")
        incident.status = incident.status.RESOLVED
        session.add(incident)

    desk.ledger.write(resolve_only)
    assert desk.climb(6) == (Stop(reason="INC-1 is resolved"),)


def test_a_severity_that_rises_at_night_pages_at_once(desk: Desk) -> None:
    desk.open(severity=AlertSeverity.WARNING)
    desk.ledger.write(run_started, 1, "flow-run-1")
    assert _hurry(desk, 2) == ["flow-run-1"]
    assert desk.escalation().next_at == at(2)
    assert desk.climb(2) != ()


def test_a_run_that_was_not_started_yet_is_due_at_once_too(desk: Desk) -> None:
    desk.open(severity=AlertSeverity.WARNING)
    assert _hurry(desk, 2) == []
    assert [run.due_at for run in desk.ledger.read(runs_owed) if run.deployment == "page"] == [at(2)]


def test_who_was_paged_already_is_not_hurried(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assert _hurry(desk, 1) == []
    assert desk.escalation().next_at == at(5)


def test_an_escalation_is_over_once_somebody_answered_or_nobody_is_needed(desk: Desk) -> None:
    desk.open()
    _start(desk)
    assert not desk.ledger.read(is_over, 1)
    _acknowledge(desk)
    assert desk.ledger.read(is_over, 1)
    assert not desk.ledger.read(is_over, 2)
    _end(desk, 2)
    assert desk.ledger.read(is_over, 2)


def test_timers_that_ran_out_are_found_the_oldest_first(desk: Desk) -> None:
    desk.open()
    _start(desk)
    assert desk.ledger.read(escalations_due, at(0)) == []
    assert [row.id for row in desk.ledger.read(escalations_due, at(2))] == [1, 2]


def test_an_escalation_that_told_its_story_needs_no_run_any_more(desk: Desk) -> None:
    desk.open()
    _acknowledge(desk)
    desk.ledger.write(finish_escalation, 1, at(3))
    assert [run.key for run in desk.rows(RunRow) if run.ended_at == at(3)] == ["INC-1/page/1"]


def test_an_escalation_that_is_not_there_is_said(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no escalation 9"):
        ledger.read(find_escalation, 9)
    with pytest.raises(NotFoundError, match="no escalation 9"):
        ledger.write(acknowledge, 9, "alice", "web", at(0))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.integers(0, 90), max_size=10).map(sorted), answered=st.none() | st.integers(0, 90))
def test_however_often_it_is_asked_nobody_is_paged_twice_in_a_step_or_after_an_answer(
    desk: Desk, asked: list[int], answered: int | None
) -> None:
    """Two processes ask at any minutes; somebody answers at one of them, or nobody does."""
    if not desk.rows(EscalationRow):
        desk.open()
    number = _start(desk, purpose=f"example {len(desk.rows(EscalationRow))}")
    for minutes in asked:
        if answered is not None and minutes >= answered:
            desk.ledger.write(acknowledge, number, "alice", "web", at(minutes))
        for _ in range(2):
            desk.ledger.write(advance, number, at(minutes))
    pages = [page for page in desk.rows(PageRow) if page.escalation_id == number]
    steps = [(page.round, page.level, page.person) for page in pages]
    assert len(steps) == len(set(steps))
    assert answered is None or all(page.owed_at < at(answered) for page in pages)
