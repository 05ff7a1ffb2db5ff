"""Does the story of an incident tell everything that its rows hold?"""

from functools import partial

import pytest

from incident.alert import AlertStatus
from incident.configuration import Role
from incident.decisions import Assessment, Question, ResolutionStep, Step, Via
from incident.errors import NotFoundError
from incident.lifecycle import Phase, Status
from incident.progress import Stage
from incident.severity import Severity
from incident.story import Audience, PageState, Story, UpdateState
from ledger import effects
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.escalations import acknowledge
from ledger.failing import notification_failed
from ledger.incidents import close, enter_phase, leave_phase
from ledger.notifications import notification_sent, take_due
from ledger.steps import resolve, write_finding
from ledger.story import configuration_behind, keys, tell
from ledger.updates import publish
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import Desk, alert, at
from tests.ledger.life import ask_about, assess, give

WITH_WORDS = organisation(
    people=SMALL["people"] | {"alice": SMALL["people"]["alice"] | {"email": "alice@example.org"}},
    services={
        "checkout": {
            "policy": "checkout",
            "title": "Checkout",
            "products": ["Web shop"],
            "runbook": "https://wiki.example/checkout",
        }
    },
)


@pytest.fixture
def story(desk: Desk) -> Story:
    """One incident from its alert to its end: paged, acknowledged, assessed, told, resolved, closed."""
    write = desk.ledger.write
    write(accept_configuration, WITH_WORDS, at(-1))
    desk.open(url="https://prometheus.example/graph", labels={"severity": "critical"})
    write(enter_phase, "INC-1", Phase.DETECT, at(0))
    write(leave_phase, "INC-1", Phase.DETECT, at(0.5))
    write(effects.claim, 1, "ticket", "run-1", at(0.1))
    write(effects.finish, 1, "ticket", at(0.2), {"id": "INC-1", "url": "https://desk.example/INC-1"})
    write(effects.claim, 1, "room", "run-1", at(0.1))
    desk.climb(0)
    write(take_due, 1, at(0))
    write(notification_failed, 1, "closed", at(0))
    write(partial(notification_sent, uncertain=True), 2, "<1@mail>", at(0.1))
    write(acknowledge, 1, "alice", "web", at(1), page_id=1)
    ask_about(desk, now=at(1))
    give(desk, 4)
    give(desk, 5, by="bob", via=Via.CHAT, severity=3)
    assess(desk, 5)
    for audience in Audience:
        write(publish, "INC-1", audience, "first", UpdateState.INVESTIGATING, "We look", "…", at(6))
    step = ResolutionStep(step=Step.OBSERVATION, text="the queue is full")
    write(write_finding, "INC-1", "resolve-1", step, "alice", at(7))
    desk.take(at(20), status=AlertStatus.RESOLVED, ends_at=at(19))
    write(resolve, "INC-1", "rolled back", "alice", at(21))
    write(close, "INC-1", at(22))
    return desk.ledger.read(tell, "INC-1")


def test_the_story_says_what_it_is_about(story: Story) -> None:
    assert (story.key, story.service_title, story.products) == ("INC-1", "Checkout", ("Web shop",))
    assert (story.status, story.severity, story.severity_proposed) == (
        Status.CLOSED,
        Severity.MAJOR,
        Severity.CRITICAL,
    )
    assert story.runbook == "https://wiki.example/checkout"
    assert story.assessment == Assessment(severity=Severity.MAJOR, impact="Nobody can pay.")


def test_the_story_knows_how_long_everything_took(story: Story) -> None:
    minutes = {name: took / (at(1) - at(0)) if took else None for name, took in story.durations().items()}
    assert minutes == {"acknowledge": 1, "assess": 5, "first update": 6, "resolve": 21, "impact": 21}


def test_all_seven_phases_are_in_it_with_their_times(story: Story) -> None:
    assert [phase.phase for phase in story.phases] == list(Phase)
    assert (story.phases[0].started_at, story.phases[0].finished_at) == (at(0), at(0.5))
    assert story.phases[3].started_at is None


def test_who_was_paged_how_and_who_answered_is_in_it(story: Story) -> None:
    (page,) = story.pages
    assert (page.person, page.level, page.round, page.state) == ("alice", 1, 1, PageState.SENT)
    assert (page.method, page.uncertain, page.acknowledged_at) == ("mail", True, at(1))
    assert [(each.method, each.state, each.outcome) for each in page.notifications] == [
        ("console", PageState.FAILED, "closed"),
        ("mail", PageState.SENT, ""),
    ]
    (standing,) = story.escalations
    assert (standing.stage, standing.acknowledged_by) == (Stage.ACKNOWLEDGED, "alice")
    assert story.manager == "alice"
    assert story.roles[0].role is Role.MANAGER


def test_what_was_decided_and_what_came_late_is_in_it(story: Story) -> None:
    (decision,) = story.decisions
    assert (decision.question, decision.by, decision.via) == (Question.ASSESS, "alice", Via.WEB)
    assert [(late.by, late.via, late.values["severity"]) for late in decision.late] == [("bob", Via.CHAT, 3)]


def test_its_alerts_updates_links_and_lines_are_in_it(story: Story) -> None:
    assert [(seen.status, seen.end_state) for seen in story.alerts] == [
        ("firing", "opened"),
        ("resolved", "resolved"),
    ]
    assert story.alerts[0].labels == {"severity": "critical"}
    assert [(update.number, update.audience) for update in story.updates] == [
        (1, Audience.INTERNAL),
        (2, Audience.EXTERNAL),
    ]
    assert [(link.name, link.url) for link in story.links] == [("ticket", "https://desk.example/INC-1")]
    assert [fact.kind.value for fact in story.timeline][:3] == ["opened", "paged", "acknowledged"]
    assert [fact.at for fact in story.timeline] == sorted(fact.at for fact in story.timeline)


def test_a_story_survives_json_and_back(story: Story) -> None:
    assert Story.model_validate_json(story.model_dump_json()) == story


def test_an_incident_that_nobody_was_reached_for_says_so(desk: Desk) -> None:
    desk.open()
    for minutes in range(0, 31, 5):
        desk.climb(minutes)
    assert desk.ledger.read(tell, "INC-1").unreached


def test_a_story_that_does_not_exist_is_said(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError):
        ledger.read(tell, "INC-1")


def test_the_newest_keys_come_first(desk: Desk) -> None:
    assert desk.ledger.read(keys) == []
    desk.open()
    assess(desk, is_incident=False, reason="a drill")
    desk.open(at(9), starts_at=at(8), fingerprint=alert().fingerprint + "2")
    assert desk.ledger.read(keys) == ["INC-2", "INC-1"]
    assert desk.ledger.read(keys, 1) == ["INC-2"]


def test_the_configuration_behind_a_story_is_its_own_with_the_people_of_today(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(accept_configuration, WITH_WORDS, at(1))
    behind = desk.ledger.read(configuration_behind, "INC-1")
    assert behind == organisation().model_copy(update={"people": WITH_WORDS.people})
    assert WITH_WORDS.services != organisation().services
