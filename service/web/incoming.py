"""What came in lately, what became of it and why? The list of alerts, and each delivery as it came."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from incident.incoming import Asked, Place
from incident.masking import shown
from ledger.incoming import delivered, incoming, sources_and_services
from service.web.calendar_reader import frame_for
from tasks.surroundings import here
from templates.incoming import STATES, DeliveryPage, IncomingPage
from templates.pages import render_page

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]
Text = Annotated[str, Query(max_length=200)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

LONGEST_SHOWN = 300_000
"""Characters of a body."""


@router.get("/alerts")
def show_incoming(
    source: Text = "",
    state: Text = "",
    service: Text = "",
    text: Text = "",
    before: Text = "",
    repeats: Text = "",
    personal: Personal = "",
) -> HTMLResponse:
    """Newest first; what is filtered for and unknown finds nothing, or is left out if it is no state."""
    ledger, place = here().ledger, Place.read(before)
    asked = Asked(source=source, state=state if state in STATES else "", service=service, text=text.strip())
    sources, services = ledger.read(sources_and_services)
    page = IncomingPage(
        **frame_for(personal),
        asked=asked,
        incoming=ledger.read(incoming, asked, place, repeats=bool(repeats)),
        before=place,
        repeats=bool(repeats),
        sources=tuple(sorted({*sources, *filter(None, [source])})),
        services=tuple(sorted({*services, *filter(None, [service])})),
    )
    return HTMLResponse(render_page(page))


@router.get("/alerts/deliveries/{number}")
def show_delivery(number: Number, personal: Personal = "") -> HTMLResponse:
    """One delivery: its body with secrets masked, its alerts as they were understood, and remarks."""
    found = here().ledger.read(delivered, number)
    body = shown(found.row.body)
    page = DeliveryPage(
        **frame_for(personal),
        number=number,
        source=found.row.source,
        received_at=found.row.received_at,
        problem=found.row.problem,
        remarks=tuple(found.row.remarks),
        body=body[:LONGEST_SHOWN],
        cut=len(body) > LONGEST_SHOWN,
        alerts=found.alerts,
        more=found.more,
    )
    return HTMLResponse(render_page(page))
