"""Every web page in every state that it has, for tests and for looking at them.

`python -m tests.templates.sample_pages FOLDER` writes them all as files.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from incident.configuration import Language
from incident.quiet_sources import QuietAtSource
from incident.resources import Resource, ResourceState
from incident.story import Audience
from templates.pages import (
    AcknowledgePage,
    Acknowledging,
    Actor,
    AssessPage,
    Contacting,
    ContactPage,
    DecidedPage,
    ErrorPage,
    IncidentListPage,
    IncidentPage,
    Page,
    ResolvePage,
    RetrospectivePage,
    StatusPage,
    render_page,
)
from tests.stories import PEOPLE, START, STORIES, at, closed, hostile
from tests.templates.contexts import ACKNOWLEDGE, DECIDE
from tests.templates.sample_calendars import calendars
from tests.templates.sample_changes import changes
from tests.templates.sample_heartbeats import heartbeats
from tests.templates.sample_incoming import incoming_pages
from tests.templates.sample_rehearsals import rehearsals
from tests.templates.sample_silences import quiet

ACTOR = Actor(person="bob", token="b0b")
ALL = {**STORIES, "hostile": hostile()}
ENTERED = {"severity": "1", "impact": "", "affected": "all", "support_cases": "-3", "symptoms": "<b>none</b>"}
PROBLEMS = ("impact: say in a sentence what customers or colleagues cannot do",)


def samples(language: Language) -> dict[str, Page]:
    """Pages by a name that says what they show."""
    schedules = (
        *calendars(language, PEOPLE),
        *changes(language, PEOPLE),
        *rehearsals(language),
        *quiet(language, PEOPLE),
    )
    everything = (
        _public(language),
        _about_stories(language),
        _doors(language),
        incoming_pages(language),
        heartbeats(language),
        schedules,
        quiet(language, PEOPLE),
    )
    return dict(page for pages in everything for page in pages)


def _public(language: Language) -> Iterator[tuple[str, Page]]:
    common = {"now": at(45), "language": language, "people": PEOPLE}
    ended = closed(key="INC-40", opened_at=START - timedelta(days=3))
    several = (STORIES["resolving"], STORIES["unreached"], STORIES["dismissed"], ended)
    yield "list", IncidentListPage(live=several[:2], recent=several[2:], **common)
    yield "empty list", IncidentListPage(live=(), **common)
    for audience in Audience:
        yield f"{audience} status", StatusPage(audience=audience, stories=several, **common)
        yield f"{audience} status, all clear", StatusPage(audience=audience, stories=(), **common)
    for status in (401, 404, 500, 503):
        yield f"error {status}", ErrorPage(status=status, **common)


MISSING = (
    Resource(
        name="room",
        state=ResourceState.MISSING,
        problem="HTTP 503 <b>busy</b>",
        missing_since=at(1),
        tries=4,
        next_at=at(46),
        stand_in=True,
    ),
    Resource(
        name="invite/bob", state=ResourceState.REFUSED, problem="HTTP 401", missing_since=at(2), tries=1
    ),
    Resource(name="ticket", state=ResourceState.THERE),
)


def _about_stories(language: Language) -> Iterator[tuple[str, Page]]:
    common = {"now": at(45), "language": language, "people": PEOPLE}
    for name, story in ALL.items():
        yield f"incident {name}", IncidentPage(story=story, **common)
        yield f"retrospective {name}", RetrospectivePage(story=story, **common)
    can = {"actor": ACTOR, "acknowledge_url": ACKNOWLEDGE, "decide_url": DECIDE}
    yield "incident for an actor", IncidentPage(story=STORIES["resolving"], **can, **common)
    quiet = (QuietAtSource(silencer="am", alerts=2, until=at(120), person="bob"),)
    yield (
        "incident whose monitor keeps quiet",
        IncidentPage(story=STORIES["resolving"], quiet=quiet, can_silence=True, **can, **common),
    )
    lacking = STORIES["paged"].model_copy(update={"resources": MISSING})
    yield "incident that lacks things", IncidentPage(story=lacking, **common)
    trouble = {"note": "<i>mine</i>", "problem": "It is too long."}
    yield "incident with a refused note", IncidentPage(story=STORIES["paged"], **trouble, **can, **common)


def _doors(language: Language) -> Iterator[tuple[str, Page]]:
    common = {"now": at(45), "language": language, "people": PEOPLE}
    paged, again, resolving = STORIES["paged"], STORIES["asked again"], STORIES["resolving"]
    for state in Acknowledging:
        story = None if state is Acknowledging.EXPIRED else paged
        known = {"person": "bob", "by": "alice", "at": at(6), "because": paged.pages[1].because}
        yield f"acknowledge {state}", AcknowledgePage(state=state, story=story, **known, **common)
    for asked in Contacting:
        yield f"contact {asked}", ContactPage(state=asked, person="bob", method="sms", **common)
    assert paged.open_decision
    assert again.open_decision
    assert resolving.open_decision
    yield "assess", AssessPage(story=paged, decision=paged.open_decision, **common)
    entered = {"values": ENTERED, "problems": PROBLEMS}
    yield "assess again", AssessPage(story=again, decision=again.open_decision, **entered, **common)
    yield "resolve", ResolvePage(story=resolving, decision=resolving.open_decision, **common)
    handing_over = {"step": "hand over", "role": "tech_lead", "person": "dave"}
    yield (
        "resolve again",
        ResolvePage(story=resolving, decision=resolving.open_decision, values=handing_over, **common),
    )
    decided = {"story": STORIES["assessed"], "decision": STORIES["assessed"].decisions[0]}
    yield "decided, accepted", DecidedPage(accepted=True, **decided, **common)
    yield "decided, late", DecidedPage(late=True, **decided, **common)
    overdue = STORIES["unreached"]
    yield "decided by the deadline", DecidedPage(story=overdue, decision=overdue.decisions[0], **common)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for spoken in Language:
        for title, sample in samples(spoken).items():
            (folder / f"{spoken}-{title}.html").write_text(render_page(sample), encoding="utf-8")
