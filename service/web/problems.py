"""What does a caller hear when something is wrong? One table from our errors to HTTP."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

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
from tasks.surroundings import here
from templates.pages import ErrorPage, render_page

RETRY_AFTER_SECONDS = 5


class TooLarge(IncidentError):
    """A delivery of more than 1 MiB."""

    def __init__(self) -> None:
        super().__init__("a delivery may have 1 MiB at most; send fewer alerts at once")


STATUS: dict[type[IncidentError], int] = {
    MalformedPayload: 400,
    PayloadError: 422,
    AnswerError: 422,
    ConfidenceError: 401,
    NotFoundError: 404,
    TransitionError: 409,
    TooLarge: 413,
    LedgerUnavailable: 503,
}


def status_of(error: IncidentError) -> int:
    """The HTTP status of an error; 500 is for what nobody thought of."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def install(app: FastAPI) -> None:
    """Answer every error of ours by the table: JSON to machines, a page to people."""

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, IncidentError)
        status = status_of(error)
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == STATUS[LedgerUnavailable] else {}
        if "text/html" in request.headers.get("accept", ""):
            page = ErrorPage(now=here().now(), status=status, message=str(error))
            return HTMLResponse(render_page(page), status, headers)
        body = {"error": str(error)} | ({"field": error.field} if isinstance(error, PayloadError) else {})
        return JSONResponse(body, status, headers)

    app.add_exception_handler(IncidentError, answer)
