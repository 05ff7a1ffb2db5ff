"""How does somebody confirm that a contact works? By the link in the test message: its button does it."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from incident.decisions import Via
from incident.errors import ConfidenceError, NotFoundError
from ledger.configurations import configuration_in_force
from ledger.notification_tables import VerificationRow
from ledger.verifications import confirm, find_verification
from service.web.frame import plain_frame
from service.web.problems import status_of
from tasks.links import Grant, May
from tasks.surroundings import here
from templates.pages import Contacting, ContactPage, render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.get("/contacts/{token}")
def show_contact(token: str) -> HTMLResponse:
    """Show the page with its one button. Mail scanners follow links: this changes nothing."""
    try:
        row = here().ledger.read(_meant, _granted(token))
    except ConfidenceError as error:
        return _no_way(error)
    return _shown(row, Contacting.CONFIRMED if row.confirmed_at else Contacting.READY)


@router.post("/contacts/{token}")
def confirm_contact(token: str) -> HTMLResponse:
    """Confirm that the test message arrived; again changes nothing."""
    try:
        row = here().ledger.write(_confirm, _granted(token), here().now())
    except ConfidenceError as error:
        return _no_way(error)
    return _shown(row, Contacting.CONFIRMED)


def _granted(token: str) -> Grant:
    return here().links.read(token, here().now(), May.CONFIRM)


def _meant(session: Session, grant: Grant) -> VerificationRow:
    """The test message of a link.

    Raises:
        ConfidenceError: it is another one here, so it was signed for another ledger.
    """
    try:
        row = find_verification(session, grant.verification)
    except NotFoundError:
        row = None
    if row is None or row.person != grant.person:
        raise ConfidenceError("this link is for a message that is not known here")
    return row


def _confirm(session: Session, grant: Grant, now: datetime) -> VerificationRow:
    return confirm(session, _meant(session, grant).id or 0, Via.WEB, now)


def _shown(row: VerificationRow, state: Contacting) -> HTMLResponse:
    frame = plain_frame()
    person = here().ledger.read(configuration_in_force)[1].people.get(row.person)
    frame["language"] = (person.language if person else None) or frame["language"]
    page = ContactPage(**frame, state=state, person=row.person, method=row.method)
    return HTMLResponse(render_page(page))


def _no_way(error: ConfidenceError) -> HTMLResponse:
    return HTMLResponse(render_page(ContactPage(**plain_frame(), state=Contacting.EXPIRED)), status_of(error))
