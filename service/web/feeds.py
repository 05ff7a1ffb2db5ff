"""How do calendar programs read who is on call? Addresses to subscribe to, each with a token of its own."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from incident.configuration import Configuration, Language
from incident.publication import CalendarOf
from ledger.configurations import configuration_in_force
from ledger.feeds import is_up_to_date, publish, published
from tasks.surroundings import here
from templates.feed import MEDIA_TYPE, render_feed

router = APIRouter(tags=["calendars"])

KEPT = "private, no-cache"
"""A program may keep the calendar, and asks each time whether it is still the same."""


@router.get("/calendars/{whose}/{name}.ics", response_class=Response)
def show_feed(
    whose: CalendarOf,
    name: str,
    token: Annotated[str, Query(description="`incident oncall feed` shows it.")] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """The shifts of a schedule or a person, four weeks back and 90 days ahead, as iCalendar."""
    here().links.check_feed(token, whose, name)
    body = _calendar(whose, name)
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": KEPT}
    if headers["ETag"] in (each.strip().removeprefix("W/") for each in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _calendar(whose: CalendarOf, name: str) -> bytes:
    now, ledger = here().now(), here().ledger
    if not ledger.read(is_up_to_date, whose, name, now):  # most requests change nothing, and wait for nobody
        ledger.write(publish, whose, name, now)
    events = ledger.read(published, whose, name, now)
    configuration = ledger.read(configuration_in_force)[1]
    people = {key: person.name for key, person in configuration.people.items()}
    return render_feed(whose, name, events, _language(configuration, whose, name), people)


def _language(configuration: Configuration, whose: CalendarOf, name: str) -> Language:
    """That of the person who reads their own calendar, else that of the organisation."""
    reader = configuration.people.get(name) if whose is CalendarOf.PERSON else None
    return (reader and reader.language) or configuration.organisation.language
