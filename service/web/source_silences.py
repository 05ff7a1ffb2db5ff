"""How does a person have monitors keep quiet by web? On the incident's page, by their personal link."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from incident.decisions import Via
from incident.duration import read_duration
from incident.errors import AnswerError
from ledger.source_silences import end_source_silences, silence_source
from service.web.bodies import read_form
from service.web.frame import grant_of
from tasks.surroundings import here

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.post("/incidents/{key}/source-silences", status_code=303)
async def take_silence(key: str, request: Request) -> Response:
    """Silence what fires at its monitors; 409 when nothing does, 422 when it is no time."""
    token = request.query_params.get("as", "")
    lasting = (await read_form(request)).get("lasting", "")
    await run_in_threadpool(_silence, key, token, lasting)
    return _back(key, token)


@router.post("/incidents/{key}/source-silences/end", status_code=303)
async def end_silences(key: str, request: Request) -> Response:
    """Let the monitors speak again; where nothing is silenced, nothing changes."""
    token = request.query_params.get("as", "")
    await run_in_threadpool(_end, key, token)
    return _back(key, token)


def _silence(key: str, token: str, lasting: str) -> None:
    person, now = grant_of(token, key).person, here().now()
    try:
        duration = read_duration(lasting)
    except ValueError as error:
        raise AnswerError([str(error)]) from None
    here().ledger.write(silence_source, key, person, duration, via=Via.WEB, now=now)


def _end(key: str, token: str) -> None:
    person, now = grant_of(token, key).person, here().now()
    here().ledger.write(end_source_silences, key, person, via=Via.WEB, now=now)


def _back(key: str, token: str) -> Response:
    return RedirectResponse(f"/incidents/{key}?as={token}#alerts", status_code=303)
