"""How does a person write into the timeline by web? On the incident's page, opened by their personal link."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from incident.decisions import Via
from ledger.by_hand import write_note
from service.web.bodies import read_form
from service.web.frame import grant_of
from service.web.pages import incident_page
from tasks.surroundings import here
from templates.pages import render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)

LONGEST_NOTE = 4000
"""Characters."""


@router.post("/incidents/{key}/notes", status_code=303)
async def take_note(key: str, request: Request) -> Response:
    """Add a line to the timeline; one that is too long is shown again (422), an empty one changes nothing."""
    token = request.query_params.get("as", "")
    grant = grant_of(token, key)
    text = (await read_form(request)).get("text", "").strip()
    if len(text) > LONGEST_NOTE:
        return await run_in_threadpool(_shown_again, key, token, text)
    if text:
        await run_in_threadpool(_keep, key, text, grant.person)
    return RedirectResponse(f"/incidents/{key}?as={token}", status_code=303)


def _keep(key: str, text: str, person: str) -> None:
    here().ledger.write(write_note, key, text, person, via=Via.WEB, now=here().now())


def _shown_again(key: str, token: str, text: str) -> HTMLResponse:
    problem = f"write at most {LONGEST_NOTE} characters; these are {len(text)}"
    page = incident_page(key, token).model_copy(update={"note": text, "problem": problem})
    return HTMLResponse(render_page(page), 422)
