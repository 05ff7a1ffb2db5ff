"""Does the read model answer what pages, texts and commands ask of it?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from incident.configuration import Role
from incident.decisions import Assessment, Question
from incident.lifecycle import Phase, Status
from incident.severity import Severity
from incident.story import DecisionTaken, RoleHeld, Story

OPENED = datetime(2026, 11, 23, 3, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return OPENED + timedelta(minutes=minutes)


def story(**known: Any) -> Story:
    return Story(
        key="INC-1",
        title="t",
        service="checkout",
        service_title="Checkout",
        status=Status.OPEN,
        phase=Phase.ASSESS,
        severity=Severity.MAJOR,
        severity_proposed=Severity.MAJOR,
        severity_reason="r",
        opened_at=OPENED,
        **known,
    )


def held(person: str, since: int, until: int | None, role: Role = Role.MANAGER) -> RoleHeld:
    ended = None if until is None else after(until)
    return RoleHeld(role=role, person=person, since=after(since), until=ended, given_by="acknowledgement")


def test_a_role_belongs_to_whoever_has_not_handed_it_over() -> None:
    handed_over = story(
        roles=(held("alice", 1, 20), held("bob", 20, None), held("eve", 5, None, Role.TECH_LEAD))
    )

    assert handed_over.manager == "bob"
    assert handed_over.holder(Role.TECH_LEAD) == "eve"
    assert handed_over.holder(Role.COMMUNICATIONS) is None
    assert story().manager is None


def test_the_open_decision_is_the_one_without_an_answer() -> None:
    def decision(key: str, answered_at: datetime | None) -> DecisionTaken:
        return DecisionTaken(
            key=key,
            question=Question.ASSESS,
            asked_at=OPENED,
            due_at=after(10),
            proposal={},
            answered_at=answered_at,
        )

    waiting = story(decisions=(decision("assess", after(4)), decision("resolve-1", None)))

    assert waiting.open_decision is not None
    assert waiting.open_decision.key == "resolve-1"
    assert story().open_decision is None


def test_times_count_from_the_opening_and_are_unknown_until_they_are_reached() -> None:
    assert set(story().durations().values()) == {None}

    known = story(
        acknowledged_at=after(2), assessed_at=after(6), first_update_at=after(7), resolved_at=after(40)
    )
    assert known.durations() == {
        "acknowledge": timedelta(minutes=2),
        "assess": timedelta(minutes=6),
        "first update": timedelta(minutes=7),
        "resolve": timedelta(minutes=40),
        "impact": timedelta(minutes=40),
    }


def test_the_impact_counts_from_when_the_manager_says_it_began() -> None:
    assessment = Assessment(severity=Severity.MAJOR, impact="i", started_at=after(-15))
    known = story(assessment=assessment, resolved_at=after(40))

    assert known.impact_since() == after(-15)
    assert known.durations()["impact"] == timedelta(minutes=55)
