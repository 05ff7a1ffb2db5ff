"""What do people see? Incidents, status pages, retrospectives; reading never changes anything."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from incident.lifecycle import LIVE
from incident.story import Audience, Story
from ledger.escalations import OPEN
from ledger.incidents import live_incidents
from ledger.rehearsals import ahead
from ledger.source_silences import can_be_silenced, quiet_at_sources
from ledger.story import keys, tell
from service.web.frame import actor_of, frame, plain_frame
from tasks.surroundings import here
from templates.pages import IncidentListPage, IncidentPage, RetrospectivePage, StatusPage, render_page
from templates.render import render
from templates.status import DAYS

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

RECENT = 100
"""How many of the newest incidents the lists tell about, besides all live ones."""


@router.get("/")
def show_list() -> HTMLResponse:
    """All incidents: live ones first."""
    stories = here().ledger.read(_stories)
    page = IncidentListPage(
        **plain_frame(),
        live=tuple(story for story in stories if story.status in LIVE),
        recent=tuple(story for story in stories if story.status not in LIVE),
    )
    return HTMLResponse(render_page(page))


@router.get("/incidents/{key}.json", response_class=JSONResponse)
def show_json(key: str) -> Story:
    """The whole story as data."""
    return here().ledger.read(tell, key)


@router.get("/incidents/{key}")
def show_incident(key: str, personal: Annotated[str, Query(alias="as")] = "") -> HTMLResponse:
    """One incident; with a personal link also what that person can do."""
    return HTMLResponse(render_page(incident_page(key, personal)))


@router.get("/incidents/{key}/retrospective")
def show_retrospective(key: str) -> HTMLResponse:
    """The retrospective as a page."""
    story = here().ledger.read(tell, key)
    return HTMLResponse(render_page(RetrospectivePage(**frame(key), story=story)))


@router.get("/incidents/{key}/retrospective.md", response_class=PlainTextResponse)
def show_retrospective_text(key: str) -> PlainTextResponse:
    """The retrospective as markdown."""
    story = here().ledger.read(tell, key)
    values = {"incident_url": here().links.incident(key), "people": frame(key)["people"]}
    text = render("retrospective/retrospective.md", story=story, **values)
    return PlainTextResponse(text, media_type="text/markdown")


@router.get("/status")
def show_status() -> HTMLResponse:
    """The status page for customers."""
    return _status(Audience.EXTERNAL)


@router.get("/status/internal")
def show_internal_status() -> HTMLResponse:
    """The status page for colleagues."""
    return _status(Audience.INTERNAL)


def incident_page(key: str, token: str) -> IncidentPage:
    """One incident as whoever holds this personal link sees it; without one, nothing can be done there."""
    story, person = here().ledger.read(tell, key), actor_of(token, key)
    links, now = here().links, here().now()
    return IncidentPage(
        **frame(key, person),
        story=story,
        acknowledge_url=_open_page(story, person),
        decide_url=links.decide(person, key, now) if person and story.open_decision else "",
        ahead=here().ledger.read(ahead, key, now) if story.status in LIVE else (),
        others=here().ledger.read(_others, key) if person else {},
        quiet=here().ledger.read(quiet_at_sources, key, now),
        can_silence=bool(person) and here().ledger.read(can_be_silenced, key),
    )


def _others(session: Session, key: str) -> dict[str, str]:
    """The live incidents besides this one, newest first."""
    found = reversed(live_incidents(session))
    return {row.key: row.title for row in found if row.key != key}


def _open_page(story: Story, person: str | None) -> str:
    waiting = {each.purpose for each in story.escalations if each.stage in OPEN}
    for page in reversed(story.pages):
        if page.person == person and page.escalation in waiting and page.acknowledged_at is None:
            return here().links.acknowledge(page.id, page.person, story.key, here().now())
    return ""


def _status(audience: Audience) -> HTMLResponse:
    since = here().now() - timedelta(days=DAYS)
    stories = tuple(s for s in here().ledger.read(_stories) if s.status in LIVE or s.opened_at >= since)
    return HTMLResponse(render_page(StatusPage(**plain_frame(), audience=audience, stories=stories)))


def _stories(session: Session) -> tuple[Story, ...]:
    """Every live incident and the newest of all, newest first."""
    newest = list(keys(session, RECENT))
    older = [incident.key for incident in reversed(live_incidents(session)) if incident.key not in newest]
    return tuple(tell(session, key) for key in (*newest, *older))
