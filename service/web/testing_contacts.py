"""How does somebody find out by web that they can be paged? A button that sends a test message to them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from ledger.contacts import KnownContact, ask_for_tests, contacts_of
from service.web.bodies import read_form
from service.web.frame import person_frame, person_of
from tasks.surroundings import here
from templates.contacts import ContactsPage, OwnContact, Tested
from templates.pages import render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)

Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]


@router.get("/contacts")
def show_contacts(personal: Personal = "") -> HTMLResponse:
    """How whoever has this link is paged, and what is known of each contact."""
    person = person_of(personal)
    known = here().ledger.read(contacts_of, person)
    page = ContactsPage(
        **person_frame(person, personal), person=person, contacts=tuple(_shown(each) for each in known)
    )
    return HTMLResponse(render_page(page))


@router.post("/contacts", status_code=303)
async def ask_for_test(request: Request, personal: Personal = "") -> RedirectResponse:
    """Have a test message sent to one of their own contacts; asking twice within a minute sends one."""
    person = person_of(personal)
    entered = await read_form(request)
    await run_in_threadpool(_ask, person, entered.get("method", ""))
    return RedirectResponse(f"/contacts?as={personal}", status_code=303)


def _ask(person: str, method: str) -> None:
    here().ledger.write(ask_for_tests, person, method, person, here().now())


def _shown(known: KnownContact) -> OwnContact:
    method, via, row = known.contact.method, known.contact.via, known.newest
    if not known.can_be_tested:
        return OwnContact(method, via, Tested.UNTESTED)
    if row is None:
        return OwnContact(method, via, Tested.NEVER)
    if row.confirmed_at:
        return OwnContact(method, via, Tested.VERIFIED, at=row.confirmed_at)
    if row.problem:
        return OwnContact(method, via, Tested.FAILED, problem=row.problem)
    return OwnContact(method, via, Tested.SENT if row.sent_at else Tested.OWED, at=row.sent_at)
