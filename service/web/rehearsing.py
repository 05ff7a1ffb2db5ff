"""Who would be woken for an incident, and why? The rehearsal as a page and as JSON; nothing is sent."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse

from incident.severity import Severity
from incident.why import Rehearsal
from ledger.rehearsals import rehearse_incident, services
from service.web.calendar_reader import frame_for
from tasks.surroundings import here
from templates.pages import render_page
from templates.why import WhyPage

router = APIRouter(tags=["pages"])

Service = Annotated[str, Query(description="A name under services:; the default one.", max_length=60)]
Degree = Annotated[int, Query(ge=1, le=3, description="The severity.")]
Time = Annotated[
    str,
    Query(
        alias="at",
        max_length=60,
        description="RFC 3339, or without an offset on the clock of the service's schedule; now.",
    ),
]


@router.get("/why.json", response_class=JSONResponse)
def show_json(service: Service = "", severity: Degree = 1, written: Time = "") -> Rehearsal:
    """Who would be paged when, by which method and why, if nobody answered."""
    return _rehearsal(service, severity, written)


@router.get("/why", response_class=HTMLResponse)
def show(
    service: Service = "",
    severity: Degree = 1,
    written: Time = "",
    personal: Annotated[str, Query(alias="as", description="The token of a personal link.")] = "",
) -> HTMLResponse:
    """The same for people, with a form to ask about another service or time."""
    page = WhyPage(
        **frame_for(personal),
        rehearsal=_rehearsal(service, severity, written),
        services=here().ledger.read(services),
        asked_at=written,
    )
    return HTMLResponse(render_page(page))


def _rehearsal(service: str, severity: int, written: str) -> Rehearsal:
    found: Rehearsal = here().ledger.read(
        rehearse_incident, service, Severity(severity), written, here().now()
    )
    return found
