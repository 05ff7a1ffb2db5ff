"""What stories say between the lines: phases, monitors, findings, and what to follow up."""

import pytest

from incident.decisions import Outcome
from incident.lifecycle import Phase
from incident.story import Audience, NotificationSent, PageState, PhaseTimes, Story
from incident.timeline import Kind
from templates.reading import Stand, days, findings, monitors, progress, recovered, updates_for
from templates.review import FollowUp, FollowUpKind, follow_ups, unanswered
from tests.stories import at, closed, dismissed, fact, fresh, page, paged, resolved, resolving, unreached


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param(fresh(), "now ahead ahead ahead ahead ahead ahead", id="fresh: the first phase runs"),
        pytest.param(paged(), "done done now ahead ahead ahead ahead", id="paged: the assessment is awaited"),
        pytest.param(closed(), "done done done done done done done", id="closed: all are done"),
        pytest.param(
            dismissed(),
            "done done done skipped skipped skipped skipped",
            id="no incident: what was not needed was skipped",
        ),
    ],
)
def test_phases_stand_where_the_incident_stands(story: Story, expected: str) -> None:
    assert " ".join(step.stand for step in progress(story)) == expected


def test_phases_that_have_not_begun_may_be_listed_without_times() -> None:
    story = fresh(phases=(PhaseTimes(phase=Phase.DETECT, started_at=at(0), finished_at=at(1)),))
    first, second, *_ = progress(story)
    assert (first.stand, first.took) == (Stand.DONE, at(1) - at(0))
    assert (second.stand, second.started_at) == (Stand.AHEAD, None)


def test_the_latest_word_of_each_monitor_counts() -> None:
    story = resolving()
    assert len(story.alerts) == 2
    assert [alert.status for alert in monitors(story)] == ["resolved"]
    assert recovered(story)
    assert not recovered(paged())


def test_an_incident_without_alerts_has_not_recovered() -> None:
    assert not recovered(fresh(alerts=()))


def test_findings_carry_their_outcome_and_nothing_else_is_one() -> None:
    found = findings(resolving())
    assert [(finding.kind, finding.outcome) for finding in found] == [
        (Kind.OBSERVATION, None),
        (Kind.THEORY, None),
        (Kind.EXPERIMENT, Outcome.PROVED),
    ]


def test_customers_see_their_updates_and_colleagues_see_all_newest_first() -> None:
    story = resolved()
    assert [update.number for update in updates_for(story, Audience.EXTERNAL)] == [3, 2]
    assert [update.number for update in updates_for(story, Audience.INTERNAL)] == [3, 2, 1]


def test_facts_are_grouped_by_day() -> None:
    story = fresh(timeline=(fact(0, Kind.NOTE, "a"), fact(1, Kind.NOTE, "b"), fact(24 * 60, Kind.NOTE, "c")))
    assert [[entry.text for entry in of_day] for _, of_day in days(story.timeline)] == [["a", "b"], ["c"]]


def passed_on() -> Story:
    """Bob's page went by text message at once, because the push failed."""
    push = NotificationSent(
        method="push", because="push at once", state=PageState.FAILED, due_at=at(5.3), outcome="no signal"
    )
    sms = push.model_copy(update={"method": "sms", "state": PageState.SENT, "outcome": ""})
    return fresh(pages=(page(1, "bob", 5.3, notifications=(push, sms)),))


def test_a_method_that_failed_is_followed_up_although_another_one_worked() -> None:
    assert [item.detail for item in follow_ups(passed_on()) if item.kind is FollowUpKind.PAGE_FAILED] == [
        "push, no signal"
    ]


def seeds(story: Story) -> set[FollowUpKind]:
    return {item.kind for item in follow_ups(story)}


@pytest.mark.parametrize(
    ("story", "kind"),
    [
        pytest.param(paged(), FollowUpKind.UNANSWERED, id="a page that nobody answered"),
        pytest.param(unreached(), FollowUpKind.UNREACHED, id="nobody reached"),
        pytest.param(unreached(), FollowUpKind.NOBODY_ON_CALL, id="a level without anybody on call"),
        pytest.param(unreached(), FollowUpKind.PAGE_FAILED, id="a page that failed"),
        pytest.param(passed_on(), FollowUpKind.PAGE_FAILED, id="a method that passed on to the next one"),
        pytest.param(unreached(), FollowUpKind.PAGE_UNCERTAIN, id="a page that may have gone out twice"),
        pytest.param(unreached(), FollowUpKind.OVERDUE, id="a decision left to the deadline"),
        pytest.param(unreached(), FollowUpKind.REPAIRED, id="a repair by the watchdog"),
        pytest.param(unreached(), FollowUpKind.NO_RUNBOOK, id="a service without a runbook"),
        pytest.param(closed(), FollowUpKind.LATE_ANSWER, id="an answer that came late"),
        pytest.param(closed(), FollowUpKind.PROBLEM, id="an effect that failed"),
        pytest.param(closed(), FollowUpKind.SEVERITY_PROPOSAL, id="a proposal that was changed"),
        pytest.param(dismissed(), FollowUpKind.FALSE_ALARM, id="a false alarm"),
        pytest.param(
            fresh(timeline=(fact(1, Kind.EXPERIMENT, "x", data={"outcome": "inconclusive"}),)),
            FollowUpKind.OPEN_EXPERIMENT,
            id="an experiment without a result",
        ),
    ],
)
def test_this_is_followed_up(story: Story, kind: FollowUpKind) -> None:
    assert kind in seeds(story)


def test_nothing_is_followed_up_without_a_reason() -> None:
    assert seeds(fresh()) == set()


def test_pages_without_an_answer_are_counted_per_person() -> None:
    assert FollowUp(kind=FollowUpKind.UNANSWERED, person="alice", number=1) in follow_ups(paged())


def test_a_page_is_unanswered_only_when_somebody_else_had_to_be_paged() -> None:
    story = paged()
    first, second = story.pages
    assert unanswered(story, first)
    assert not unanswered(story, second)
    assert unanswered(unreached(), second)
