"""How does a person acknowledge? Through the link in their page: a GET changes nothing, the button does."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from incident.decisions import Via
from incident.errors import ConfidenceError, NotFoundError
from incident.story import Story
from ledger.escalations import acknowledge, is_over
from ledger.pages import OwedPage, find_page
from ledger.story import tell
from service.web.frame import frame, plain_frame
from service.web.problems import status_of
from tasks.links import Grant, May
from tasks.surroundings import here
from templates.pages import AcknowledgePage, Acknowledging, render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.get("/ack/{token}")
def show_acknowledge(token: str) -> HTMLResponse:
    """Show the page with its one button. Mail scanners follow links: this changes nothing."""
    try:
        grant = _granted(token)
    except ConfidenceError as error:
        return _no_way(error)
    over = here().ledger.read(_is_over, grant)
    return _shown(grant, Acknowledging.ALREADY if over else Acknowledging.READY)


@router.post("/ack/{token}")
def do_acknowledge(token: str) -> HTMLResponse:
    """Acknowledge: the first one ends the paging, a second one is noted."""
    try:
        grant = _granted(token)
    except ConfidenceError as error:
        return _no_way(error)
    first = here().ledger.write(_acknowledge, grant, here().now())
    return _shown(grant, Acknowledging.DONE if first else Acknowledging.ALREADY)


def _granted(token: str) -> Grant:
    """What the link grants.

    Raises:
        ConfidenceError: nothing; or its page is another one here, so it was signed for another ledger.
    """
    grant = here().links.read(token, here().now(), May.ACKNOWLEDGE)
    try:
        owed = here().ledger.read(find_page, grant.page)
    except NotFoundError:
        raise ConfidenceError("this link is for a page that is not known here") from None
    if (owed.page.person, owed.incident.key) != (grant.person, grant.incident):
        raise ConfidenceError("this link is for a page that is not known here")
    return grant


def _acknowledge(session: Session, grant: Grant, now: datetime) -> bool:
    escalation = find_page(session, grant.page).page.escalation_id
    return acknowledge(session, escalation, grant.person, Via.WEB, now, page_id=grant.page)


def _is_over(session: Session, grant: Grant) -> bool:
    return is_over(session, find_page(session, grant.page).page.escalation_id)


def _now_known(session: Session, grant: Grant) -> tuple[OwedPage, Story]:
    return find_page(session, grant.page), tell(session, grant.incident)


def _shown(grant: Grant, state: Acknowledging) -> HTMLResponse:
    owed, story = here().ledger.read(_now_known, grant)
    if state is Acknowledging.ALREADY and owed.escalation.acknowledged_by is None:
        state = Acknowledging.ENDED
    page = AcknowledgePage(
        **frame(grant.incident, grant.person),
        state=state,
        story=story,
        person=grant.person,
        because=owed.page.because,
        by=owed.escalation.acknowledged_by or "",
        at=owed.escalation.acknowledged_at,
    )
    return HTMLResponse(render_page(page))


def _no_way(error: ConfidenceError) -> HTMLResponse:
    page = AcknowledgePage(**plain_frame(), state=Acknowledging.EXPIRED)
    return HTMLResponse(render_page(page), status_of(error))
