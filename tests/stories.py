"""Sample incidents for tests: one checkout outage at nine points of its life.

`STORIES` has them all by name; each builder takes changes: ``fresh(title="...")``.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from incident.configuration import Language, Role
from incident.decisions import Affected, Assessment, Question, Via
from incident.lifecycle import Phase, Status
from incident.progress import Stage
from incident.severity import Severity
from incident.story import (
    AlertSeen,
    Audience,
    DecisionTaken,
    EscalationStanding,
    Fact,
    LateAnswer,
    Link,
    NotificationSent,
    PageSent,
    PageState,
    PhaseTimes,
    RoleHeld,
    Story,
    Update,
    UpdateState,
)
from incident.timeline import Kind

START = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
PEOPLE = {"alice": "Alice Rossi", "bob": "Bob Bianchi", "carol": "Carol Verdi", "dave": "Dave Neri"}
ASSESSMENT = Assessment(
    severity=Severity.CRITICAL,
    impact="Nobody can pay; orders stay in the basket.",
    symptoms="An error page after “Pay now”.",
    affected=Affected.ALL,
    started_at=START - timedelta(minutes=2),
    support_cases=7,
    other_factors="Two posts on social media.",
)


def at(minutes: float) -> datetime:
    """So many minutes after the first alert."""
    return START + timedelta(minutes=minutes)


def phases(*until: float | None) -> tuple[PhaseTimes, ...]:
    """The first phases, each from the end of the one before until so many minutes; None: it goes on."""
    starts = (0.0, *until)
    return tuple(
        PhaseTimes(phase=phase, started_at=at(begin or 0.0), finished_at=at(end) if end is not None else None)
        for phase, begin, end in zip(Phase, starts, until, strict=False)
    )


def fact(minutes: float, kind: Kind, text: str, by: str = "", **more: Any) -> Fact:
    """A line of the timeline, so many minutes after the first alert."""
    return Fact(at=at(minutes), kind=kind, text=text, by=by, **more)


def page(number: int, person: str, minutes: float, **more: Any) -> PageSent:
    """A page by mail that was sent two seconds after it was due."""
    level = more.pop("level", number)
    values: dict[str, Any] = {
        "escalation": "manager",
        "round": 1,
        "because": f"round 1 of 3, level {level} of 2 pages schedule primary, 5m to answer",
        "state": PageState.SENT,
        "method": "mail",
        "owed_at": at(minutes),
        "sent_at": at(minutes) + timedelta(seconds=2),
        "provider_id": f"<{number}@mail.example>",
    }
    return PageSent(id=number, person=person, level=level, **{**values, **more})


def two_methods(minutes: float) -> tuple[NotificationSent, ...]:
    """A page that went by mail at once; a text message follows after two minutes without an answer."""
    sent = {"due_at": at(minutes), "sent_at": at(minutes) + timedelta(seconds=2), "state": PageState.SENT}
    owed = {"due_at": at(minutes + 2), "state": PageState.OWED}
    return (
        NotificationSent(method="mail", because="high urgency, mail at once", **sent),
        NotificationSent(method="sms", because="high urgency, sms after 2m", **owed),
    )


def _changed(story: Story, changes: dict[str, Any]) -> Story:
    return story.model_copy(update=changes)


def _more(story: Story, changes: dict[str, Any], **news: Any) -> Story:
    """The story with news: tuples grow, other fields are replaced."""
    grown = {
        name: (*getattr(story, name), *value) if isinstance(value, tuple) else value
        for name, value in news.items()
    }
    return _changed(_changed(story, grown), changes)


def fresh(**changes: Any) -> Story:
    """An alert has just opened it; nobody has been paged yet."""
    story = Story(
        key="INC-42",
        title="Error rate above 5 %",
        description="The error rate of POST /pay has been above 5 % for 2 minutes.",
        service="checkout",
        service_title="Checkout",
        products=("Web shop", "Mobile app"),
        status=Status.OPEN,
        phase=Phase.DETECT,
        severity=Severity.MAJOR,
        severity_proposed=Severity.MAJOR,
        severity_reason="an error on a service that customers use",
        opened_at=START,
        runbook="https://wiki.example/runbooks/checkout",
        phases=phases(None),
        alerts=(
            AlertSeen(
                source="alertmanager",
                title="Error rate above 5 %",
                status="firing",
                end_state="opened",
                reason="nothing is open for checkout",
                received_at=START,
                url="https://prometheus.example/graph?g0.expr=errors",
                labels={"alertname": "ErrorRate", "severity": "error", "service": "checkout"},
            ),
        ),
        timeline=(fact(0, Kind.OPENED, "alertmanager: Error rate above 5 %"),),
    )
    return _changed(story, changes)


def paged(**changes: Any) -> Story:
    """Alice did not answer, Bob has been paged; the assessment is open."""
    return _more(
        _changed(fresh(), {"phases": phases(0.1, 0.2, None)}),
        changes,
        phase=Phase.ASSESS,
        links=(
            Link(name="room", url="https://incidents.example/incidents/INC-42"),
            Link(name="call", url="https://meet.example/INC-42"),
        ),
        pages=(page(1, "alice", 0.3), page(2, "bob", 5.3, notifications=two_methods(5.3))),
        escalations=(
            EscalationStanding(
                purpose="manager", role=Role.MANAGER, stage=Stage.CLIMBING, level=2, round=1, next_at=at(10.3)
            ),
        ),
        decisions=(
            DecisionTaken(
                key="assess-1",
                question=Question.ASSESS,
                asked_at=at(0.4),
                due_at=at(20.4),
                proposal={"severity": 2, "impact": "Error rate above 5 %"},
                reason="an error on a service that customers use",
            ),
        ),
        timeline=(
            fact(0.1, Kind.CHANNEL, "room and video call are open"),
            fact(0.3, Kind.PAGED, "alice by mail"),
            fact(0.4, Kind.ASKED, "assessment, until 03:30"),
            fact(5.3, Kind.UNANSWERED, "alice did not answer within 5 minutes"),
            fact(5.3, Kind.PAGED, "bob by mail"),
        ),
    )


def asked_again(**changes: Any) -> Story:
    """Bob acknowledged and is manager; his first answer could not be used."""
    story = paged()
    (open_decision,) = story.decisions
    problems = ("impact: say in a sentence what customers or colleagues cannot do",)
    answered = page(2, "bob", 5.3, acknowledged_at=at(6.5), outcome="acknowledged")
    return _more(
        _changed(
            story,
            {
                "pages": (story.pages[0], answered),
                "decisions": (open_decision.model_copy(update={"problems": problems}),),
                "escalations": (
                    story.escalations[0].model_copy(
                        update={
                            "stage": Stage.ACKNOWLEDGED,
                            "acknowledged_by": "bob",
                            "acknowledged_at": at(6.5),
                            "next_at": None,
                        }
                    ),
                ),
            },
        ),
        changes,
        acknowledged_at=at(6.5),
        acknowledged_by="bob",
        roles=(RoleHeld(role=Role.MANAGER, person="bob", since=at(6.5), given_by="acknowledgement"),),
        timeline=(
            fact(6.5, Kind.ACKNOWLEDGED, "bob acknowledged", "bob", via="web"),
            fact(8, Kind.INVALID_ANSWER, problems[0], "bob", via="web"),
        ),
    )


def assessed(**changes: Any) -> Story:
    """Severity 1; customers were told, and the tech lead was paged."""
    story = asked_again()
    answered = {
        "answered_at": at(9),
        "by": "bob",
        "via": Via.WEB,
        "answer": ASSESSMENT.model_dump(mode="json"),
        "problems": (),
    }
    late = LateAnswer(by="alice", via=Via.PREFECT, at=at(9.2), values={"severity": 2})
    decided = story.decisions[0].model_copy(update={**answered, "late": (late,)})
    return _more(
        _changed(story, {"decisions": (decided,), "phases": phases(0.1, 0.2, 9, 9.3, None)}),
        changes,
        status=Status.ASSESSED,
        phase=Phase.ESCALATE,
        severity=Severity.CRITICAL,
        assessment=ASSESSMENT,
        assessed_at=at(9),
        first_update_at=at(9.3),
        pages=(page(3, "carol", 9.4, level=1, escalation="tech lead", method="webhook"),),
        updates=(
            Update(
                number=1,
                audience=Audience.INTERNAL,
                state=UpdateState.INVESTIGATING,
                language=Language.ENGLISH,
                title="INC-42, severity 1 critical: Checkout: Error rate above 5 %",
                body="We have an incident on Checkout.\n\nEverything is here: https://incidents.example/incidents/INC-42",
                at=at(9.2),
            ),
            Update(
                number=2,
                audience=Audience.EXTERNAL,
                state=UpdateState.INVESTIGATING,
                language=Language.ENGLISH,
                title="Web shop, Mobile app: we are looking into a problem",
                body="We know that Web shop, Mobile app has not been working as it should."
                "\n\nThe next update will be here by 23 Nov 03:50 UTC.",
                at=at(9.3),
            ),
        ),
        timeline=(
            fact(9, Kind.DECIDED, "severity 1, all customers", "bob", via="web"),
            fact(9, Kind.SEVERITY, "severity 2 became 1", "bob", data={"from": 2, "to": 1}),
            fact(9.2, Kind.LATE_ANSWER, "alice answered the assessment, too", "alice", via="prefect"),
            fact(9.2, Kind.UPDATE, "internal update 1"),
            fact(9.3, Kind.UPDATE, "external update 1"),
            fact(9.4, Kind.PAGED, "carol by webhook"),
        ),
    )


def resolving(**changes: Any) -> Story:
    """Carol leads the technical work; findings have been written down, and the monitor reports recovery."""
    story = assessed()
    answered = story.pages[2].model_copy(update={"acknowledged_at": at(11), "outcome": "acknowledged"})
    return _more(
        _changed(
            story, {"pages": (*story.pages[:2], answered), "phases": phases(0.1, 0.2, 9, 9.3, 11, 11.2, None)}
        ),
        changes,
        phase=Phase.RESOLVE,
        roles=(
            RoleHeld(role=Role.TECH_LEAD, person="carol", since=at(11), given_by="acknowledgement"),
            RoleHeld(role=Role.COMMUNICATIONS, person="dave", since=at(12), until=at(30), given_by="bob"),
            RoleHeld(role=Role.COMMUNICATIONS, person="alice", since=at(30), given_by="bob"),
        ),
        alerts=(
            story.alerts[0].model_copy(
                update={"status": "resolved", "end_state": "resolved", "received_at": at(38), "url": None}
            ),
        ),
        decisions=(
            DecisionTaken(
                key="resolve-1",
                question=Question.RESOLVE,
                asked_at=at(11.2),
                due_at=at(41.2),
                proposal={"step": "continue"},
                answered_at=at(25),
                by="carol",
                via=Via.CLI,
                answer={"step": "theory", "text": "The database pool is exhausted."},
            ),
            DecisionTaken(
                key="resolve-2",
                question=Question.RESOLVE,
                asked_at=at(25.1),
                due_at=at(55.1),
                proposal={"step": "continue"},
            ),
        ),
        timeline=(
            fact(11, Kind.ACKNOWLEDGED, "carol acknowledged", "carol", via="web"),
            fact(11, Kind.ROLE, "carol is tech lead"),
            fact(14, Kind.OBSERVATION, "Latency of the database rose at 03:07.", "carol", via="chat"),
            fact(15, Kind.NOTE, "Deployment 811 went out at 03:05.", "bob", via="web"),
            fact(25, Kind.THEORY, "The database pool is exhausted since deployment 811.", "carol", via="cli"),
            fact(
                33,
                Kind.EXPERIMENT,
                "Rolled back deployment 811.",
                "carol",
                via="web",
                data={"outcome": "proved"},
            ),
            fact(34, Kind.PROBLEM, "the room's topic could not be set: 503"),
            fact(38, Kind.RECOVERED, "alertmanager: Error rate above 5 %"),
        ),
    )


def resolved(**changes: Any) -> Story:
    """The impact has ended."""
    story = resolving()
    answer = {
        "answered_at": at(42),
        "by": "bob",
        "via": Via.WEB,
        "answer": {"step": "resolve", "text": "Rolling back deployment 811 ended the impact."},
    }
    decisions = (*story.decisions[:-1], story.decisions[-1].model_copy(update=answer))
    return _more(
        _changed(story, {"decisions": decisions, "phases": phases(0.1, 0.2, 9, 9.3, 11, 11.2, 42)}),
        changes,
        status=Status.RESOLVED,
        resolved_at=at(42),
        summary="Rolling back deployment 811 ended the impact.",
        updates=(
            Update(
                number=3,
                audience=Audience.EXTERNAL,
                state=UpdateState.RESOLVED,
                language=Language.ENGLISH,
                title="Web shop, Mobile app: restored",
                body="The problem is over. We are sorry for the trouble.\n\nA retrospective will follow.",
                at=at(42.1),
            ),
        ),
        timeline=(
            fact(42, Kind.RESOLVED, "Rolling back deployment 811 ended the impact.", "bob", via="web"),
        ),
    )


def closed(**changes: Any) -> Story:
    """Everything is cleaned up, and the retrospective is written."""
    return _more(
        resolved(),
        changes,
        status=Status.CLOSED,
        closed_at=at(43),
        timeline=(fact(43, Kind.CLOSED, "the retrospective is written"),),
    )


def dismissed(**changes: Any) -> Story:
    """The manager said that it is no incident."""
    story = asked_again()
    reason = "A load test that nobody had announced."
    answer = {
        "answered_at": at(9),
        "by": "bob",
        "via": Via.PREFECT,
        "answer": {"is_incident": False, "severity": 2, "reason": reason},
    }
    return _more(
        _changed(
            story,
            {"decisions": (story.decisions[0].model_copy(update=answer),), "phases": phases(0.1, 0.2, 9)},
        ),
        changes,
        status=Status.DISMISSED,
        summary=reason,
        closed_at=at(9),
        timeline=(fact(9, Kind.DISMISSED, reason, "bob", via="prefect"),),
    )


def unreached(**changes: Any) -> Story:
    """Every round went unanswered, a page failed, and the deadline answered instead of a person."""
    story = paged()
    overdue = story.decisions[0].model_copy(
        update={"answered_at": at(20.4), "via": Via.DEADLINE, "answer": {"severity": 2}, "by": None}
    )
    lost = EscalationStanding(purpose="manager", role=Role.MANAGER, stage=Stage.UNREACHED, level=1, round=4)
    failed = page(
        3, "dave", 10.3, level=0, state=PageState.FAILED, sent_at=None, outcome="rejected: 550 no such user"
    )
    unsure = page(4, "carol", 10.4, level=0, uncertain=True)
    return _more(
        _changed(story, {"decisions": (overdue,), "escalations": (lost,)}),
        changes,
        status=Status.ASSESSED,
        assessed_at=at(20.4),
        assessment=Assessment(severity=Severity.MAJOR, impact="not known: nobody has answered"),
        unreached=True,
        runbook="",
        pages=(failed, unsure),
        timeline=(
            fact(10.2, Kind.SKIPPED, "nobody is on call in schedule secondary"),
            fact(10.3, Kind.PAGE_FAILED, "dave by mail: rejected: 550 no such user"),
            fact(10.4, Kind.UNREACHED, "nobody acknowledged after 3 rounds of 2 levels"),
            fact(20.4, Kind.OVERDUE, "nobody decided; the proposal applies", via="deadline"),
            fact(21, Kind.REPAIRED, "the watchdog started the run again"),
        ),
    )


STORIES: dict[str, Story] = {
    "fresh": fresh(),
    "paged": paged(),
    "asked again": asked_again(),
    "assessed": assessed(),
    "resolving": resolving(),
    "resolved": resolved(),
    "closed": closed(),
    "dismissed": dismissed(),
    "unreached": unreached(),
}

HOSTILE = (
    "<script>alert('x')</script> ![pixel](https://evil.example/p.png) [click](https://evil.example)"
    "\r\nBcc: all@evil.example"
)


def hostile(**changes: Any) -> Story:
    """An outage whose every name was written by an attacker."""
    story = closed()
    alerts = tuple(
        alert.model_copy(update={"title": HOSTILE, "source": HOSTILE, "url": "javascript:alert(1)"})
        for alert in story.alerts
    )
    timeline = tuple(entry.model_copy(update={"text": HOSTILE, "by": HOSTILE}) for entry in story.timeline)
    return _changed(
        story,
        {
            "title": HOSTILE,
            "description": HOSTILE,
            "service_title": HOSTILE,
            "products": (HOSTILE,),
            "summary": HOSTILE,
            "severity_reason": HOSTILE,
            "runbook": "javascript:alert(1)",
            "alerts": alerts,
            "timeline": timeline,
            "pages": tuple(
                sent.model_copy(update={"because": HOSTILE, "outcome": HOSTILE}) for sent in story.pages
            ),
            "assessment": ASSESSMENT.model_copy(
                update={"impact": HOSTILE, "symptoms": HOSTILE, "other_factors": HOSTILE}
            ),
            **changes,
        },
    )
