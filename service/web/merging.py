"""How does a person merge an incident, or split an alert off, by web? On its page, by their personal link."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from incident.decisions import Via
from incident.errors import NotFoundError
from ledger.splitting import split
from service.patience import patient_when_busy
from service.web.bodies import read_form
from service.web.frame import grant_of
from service.web.starting import Starter
from tasks.merging import merge_incidents
from tasks.surroundings import here

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.post("/incidents/{key}/merge", status_code=303)
async def take_merge(key: str, request: Request) -> Response:
    """Merge the incident into the one that is chosen, and go there; 409 when one of the two is over."""
    person = (await run_in_threadpool(grant_of, request.query_params.get("as", ""), key)).person
    into = (await read_form(request)).get("into", "").strip()
    async with patient_when_busy():
        await merge_incidents(key, into, by=person, via=Via.WEB)
    return _to(into, person)


@router.post("/incidents/{key}/split", status_code=303)
async def take_split(key: str, request: Request) -> Response:
    """Open an incident of its own for an alert, and go there; 409 when it is the last, or has recovered."""
    person = (await run_in_threadpool(grant_of, request.query_params.get("as", ""), key)).person
    number = (await read_form(request)).get("alert", "")
    if not (number.isdecimal() and number.isascii() and len(number) < len(str(2**31))):
        raise NotFoundError(f"{key} has no alert {number!r}")
    now = here().now()
    opened = await here().ledger.awrite(split, key, int(number), person, via=Via.WEB, now=now)
    starter: Starter = request.app.state.starter
    starter.wake()
    return _to(opened.key, person)


def _to(incident: str, person: str) -> Response:
    """To the other incident, with a personal link to it: whoever came with one keeps what they may do."""
    link = here().links.act(person, incident, here().now()).removeprefix(here().links.base_url)
    return RedirectResponse(link, status_code=303)
