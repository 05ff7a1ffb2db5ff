"""How do senders made for PagerDuty's Events API reach us? At its paths, by their integration key.

`routing_key` (`service_key` in version 1) is the token of a source of dialect `pagerduty_events_v2`, and
names it. What is wrong is said as PagerDuty says it: 400 with a list of errors, nothing else is final.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from incident.errors import PayloadError
from incident.sources import Understood, understand
from incident.sources.pagerduty_events_v2 import parse
from incident.sources.reading import inside, kind, text
from service.body import read_json
from service.intake import BODY_LIMIT, take_soon
from service.web.bodies import read_body
from service.web.compatible import KnownSender, Trouble, answering_as, sender_with, wake
from service.web.compatible_examples import (
    PAGERDUTY_CHANGE,
    PAGERDUTY_EVENT,
    PAGERDUTY_EVENT_1,
    PAGERDUTY_PROBLEMS,
)
from tasks.surroundings import here

DIALECT = "pagerduty_events_v2"
ACTIONS = ("trigger", "acknowledge", "resolve")

STATUS_WORDS = {413: "payload too large", 429: "throttle exceeded", 503: "service unavailable"}
"""What stands in `status`; of everything else, that the event is invalid."""

_KEY = re.compile(rb'("(?:routing_key|service_key)"\s*:\s*")(?:[^"\\]|\\.)*(")')


@dataclass(frozen=True)
class Fields:
    """Where a version of the API has what this door looks at; the parser reads the rest."""

    key: str
    action: str
    dedup_key: str
    summary: tuple[str, ...]


SECOND = Fields("routing_key", "event_action", "dedup_key", ("payload", "summary"))
FIRST = Fields("service_key", "event_type", "incident_key", ("description",))


def _said(trouble: Trouble) -> Response:
    """PagerDuty's own body; a wrong key and an odd encoding are errors of the event, too."""
    status = trouble.status if trouble.status in STATUS_WORDS else 400
    word = STATUS_WORDS.get(status, "invalid event")
    message = trouble.sentence if status in STATUS_WORDS else "Event object is invalid"
    headers = {name: value for name, value in trouble.headers.items() if name != "WWW-Authenticate"}
    return JSONResponse({"status": word, "message": message, "errors": [trouble.sentence]}, status, headers)


router = APIRouter(tags=["PagerDuty Events API"], route_class=answering_as(_said))


class _Success(BaseModel):
    status: str = "success"
    message: str = "Event processed"


class EventProcessed(_Success):
    """The event is durable."""

    dedup_key: Annotated[str, Field(description="The sender's, else one made of what the event says.")]


class FirstVersionProcessed(_Success):
    """The event is durable, in the words of version 1."""

    incident_key: Annotated[str, Field(description="As `dedup_key` of version 2.")]


class ChangeProcessed(_Success):
    """The change is kept; it is no alert."""

    message: str = "Change event processed"


@router.post(
    "/v2/enqueue",
    status_code=202,
    summary="Trigger, acknowledge or resolve",
    responses=PAGERDUTY_PROBLEMS,
    openapi_extra={"requestBody": PAGERDUTY_EVENT},
)
async def enqueue(request: Request) -> EventProcessed:
    """Take one event, durable before this answers; without a key of its own it gets one of its content."""
    return EventProcessed(dedup_key=await _take_event(request, SECOND))


@router.post(
    "/generic/2010-04-15/create_event.json",
    summary="The same, version 1",
    responses=PAGERDUTY_PROBLEMS,
    openapi_extra={"requestBody": PAGERDUTY_EVENT_1},
)
async def create_event(request: Request) -> FirstVersionProcessed:
    """Take one event of version 1, for senders that were never changed."""
    return FirstVersionProcessed(incident_key=await _take_event(request, FIRST))


@router.post(
    "/v2/change/enqueue",
    status_code=202,
    summary="Tell of a change",
    responses=PAGERDUTY_PROBLEMS,
    openapi_extra={"requestBody": PAGERDUTY_CHANGE},
)
async def enqueue_change(request: Request) -> ChangeProcessed:
    """Keep a change event; it is no alert, whatever it says."""
    sender, body, _ = await _received(request, SECOND)
    await take_soon(here(), sender.name, body, lambda: Understood(()))
    return ChangeProcessed()


async def _take_event(request: Request, fields: Fields) -> str:
    """Take an event; returns its key."""
    sender, body, event = await _received(request, fields)

    def read() -> Understood:
        _check(event, fields)
        return understand(parse, event)

    taken = await take_soon(here(), sender.name, body, read)
    wake(request)
    return text(event.get(fields.dedup_key)) or taken[0].fingerprint


async def _received(request: Request, fields: Fields) -> tuple[KnownSender, bytes, dict[str, Any]]:
    """Whose event it is, its body to be kept, and what it says.

    Raises:
        PayloadError: it is no object with a key; nobody knows whose it is, so it is not kept.
        ConfidenceError: the key is that of no source.
    """
    body = await read_body(request, BODY_LIMIT)
    event = read_json(body)
    if not isinstance(event, dict):
        raise PayloadError(f"the event must be an object, this is {kind(event)}")
    key = text(event.get(fields.key))
    if not key:
        raise PayloadError(f"'{fields.key}' is missing or blank")
    return await sender_with(key, DIALECT), masked(body), event


def _check(event: dict[str, Any], fields: Fields) -> None:
    """What PagerDuty would refuse, and nobody could act on.

    Raises:
        PayloadError: the action is not known, it has no key where it needs one, or a trigger says nothing.
    """
    action = text(event.get(fields.action))
    if action not in ACTIONS:
        raise PayloadError(f"'{fields.action}' must be one of {', '.join(ACTIONS)}")
    if action == "trigger" and not text(inside(event, *fields.summary)):
        raise PayloadError(f"'{'.'.join(fields.summary)}' is missing or blank")
    if action != "trigger" and not text(event.get(fields.dedup_key)):
        raise PayloadError(f"'{fields.dedup_key}' is missing or blank")


def masked(body: bytes) -> bytes:
    """The body without the key, which is as good as a password: it is kept for long, and shown."""
    return _KEY.sub(rb"\1********\2", body)
