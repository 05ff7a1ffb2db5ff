"""How does a person escalate by web? A button on the incident's page, opened by their personal link."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from incident.decisions import Via
from ledger.escalating import escalate_by_hand
from ledger.incidents import MANAGER_PURPOSE
from service.web.bodies import read_form
from service.web.frame import grant_of
from tasks.surroundings import here

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.post("/incidents/{key}/escalations", status_code=303)
async def escalate(key: str, request: Request) -> Response:
    """Page the next level now; 409 when paging has ended or is held back."""
    token = request.query_params.get("as", "")
    grant = grant_of(token, key)
    purpose = (await read_form(request)).get("purpose", MANAGER_PURPOSE)
    await run_in_threadpool(_escalate, key, grant.person, purpose)
    return RedirectResponse(f"/incidents/{key}?as={token}", status_code=303)


def _escalate(key: str, person: str, purpose: str) -> None:
    surroundings = here()
    surroundings.ledger.write(
        escalate_by_hand, key, person, via=Via.WEB, now=surroundings.now(), purpose=purpose
    )
