"""What does a caller hear when something is wrong? One table from our errors to HTTP."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from incident.errors import (
    AnswerError,
    ConfidenceError,
    IncidentError,
    LedgerUnavailable,
    MalformedPayload,
    NotFoundError,
    PayloadError,
    TransitionError,
)
from incident.trust.request import Forged
from service.gathering import TooBusy, TooMany
from service.web.bodies import TooLarge, Unsupported
from service.web.frame import plain_frame
from tasks.links import ExpiredLink, OtherLink
from tasks.surroundings import here
from templates.pages import ErrorPage, render_page

RETRY_AFTER_SECONDS = 5

STATUS: dict[type[Exception], int] = {
    MalformedPayload: 400,
    PayloadError: 422,
    AnswerError: 422,
    ExpiredLink: 410,
    OtherLink: 403,
    ConfidenceError: 401,
    NotFoundError: 404,
    TransitionError: 409,
    TooLarge: 413,
    Unsupported: 415,
    TooBusy: 503,
    TooMany: 429,
    LedgerUnavailable: 503,
    RequestValidationError: 422,
}
HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}


def status_of(error: Exception) -> int:
    """The HTTP status of an error; 500 is for what nobody thought of."""
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def install(app: FastAPI) -> None:
    """Answer every error by the table: JSON to machines, a page to people."""
    for kind in (IncidentError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answer)


async def answer(request: Request, error: Exception) -> Response:
    """Say what is wrong; of an error that is not ours only its status."""
    status = status_of(error)
    headers = headers_of(error, status)
    if "text/html" in request.headers.get("accept", ""):
        page = await run_in_threadpool(_page, status, str(error) if isinstance(error, IncidentError) else "")
        return HTMLResponse(page, status, headers)
    field = {"field": error.field} if isinstance(error, PayloadError) else {}
    return JSONResponse({"error": sentence_of(error, status), **field}, status, headers)


def headers_of(error: Exception, status: int) -> dict[str, str]:
    """What goes beside the answer: when to come again, how to prove who one is."""
    challenge = {"WWW-Authenticate": error.challenge} if isinstance(error, Forged) else {}
    return HEADERS.get(status, {}) | challenge | dict(getattr(error, "headers", None) or {})


def sentence_of(error: Exception, status: int) -> str:
    """What is wrong, in our words; of an error that is not ours only its status."""
    match error:
        case IncidentError():
            return str(error)
        case RequestValidationError():
            wrong: dict[str, Any] = dict(error.errors()[0])
            return f"{'.'.join(str(part) for part in wrong['loc'])}: {wrong['msg']}"
        case _:
            return HTTPStatus(status).phrase


def _page(status: int, message: str) -> str:
    try:
        common = plain_frame()
    except IncidentError:  # without its ledger, the page speaks English and names no organisation
        common = {"now": here().now()}
    return render_page(ErrorPage(**common, status=status, message=message))
