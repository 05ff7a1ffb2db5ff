"""How do senders made for Opsgenie's Alert API reach us? At its paths, with `Authorization: GenieKey ...`.

The key is the token of a source of dialect `opsgenie_alert_api`. Opsgenie answers 202 with a request id and
works afterwards; here the alert is durable by then, and the id names it for as long as the ledger lasts.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Security
from fastapi.concurrency import run_in_threadpool

from incident.alert import Alert, AlertStatus
from incident.errors import PayloadError
from incident.sources import Understood, understand
from incident.sources.opsgenie_alert_api import parse, parse_action
from incident.sources.reading import fingerprint, inside, kind, text
from ledger.sent_alerts import count_sent, note_of_sender, of_sender, sent_alert, sent_alerts
from service.body import read_json
from service.intake import BODY_LIMIT, take_soon
from service.web.bodies import read_body
from service.web.compatible import KnownSender, answering_as, sender_with, wake
from service.web.compatible_examples import OPSGENIE_ACTION, OPSGENIE_ALERT, OPSGENIE_PROBLEMS
from service.web.opsgenie_key import DIALECT, KEY, key_in
from service.web.opsgenie_names import IdentifierType, number_of
from service.web.opsgenie_told import (
    AlertAnswer,
    AlertsAnswer,
    CountAnswer,
    RequestAccepted,
    StatusAnswer,
    accepted,
    say_trouble,
    tell_alert,
    tell_request,
)
from tasks.surroundings import here

STATUS_OF_ACTION = {
    "acknowledge": AlertStatus.ACKNOWLEDGED,
    "close": AlertStatus.RESOLVED,
    "notes": AlertStatus.INFO,
}

router = APIRouter(prefix="/v2/alerts", tags=["Opsgenie Alert API"], route_class=answering_as(say_trouble))


async def _sender(given: Annotated[str | None, Security(KEY)]) -> KnownSender:
    """The source whose key was given.

    Raises:
        ConfidenceError: none was given, or it is that of no source.
    """
    return await sender_with(key_in(given), DIALECT)


Sender = Annotated[KnownSender, Depends(_sender)]
By = Annotated[IdentifierType, Query(alias="identifierType", description="What the identifier is.")]


@router.post(
    "",
    status_code=202,
    summary="Create an alert",
    responses=OPSGENIE_PROBLEMS,
    openapi_extra={"requestBody": OPSGENIE_ALERT},
)
async def create(request: Request, sender: Sender) -> RequestAccepted:
    """Take an alert, durable before this answers; one with the alias of an open alert is a repetition."""
    body = await read_body(request, BODY_LIMIT)
    return await _take(request, sender, body, lambda: _created(body))


@router.get("", summary="Alerts that were sent", responses=OPSGENIE_PROBLEMS)
def list_alerts(
    sender: Sender,
    offset: Annotated[int, Query(ge=0, le=20_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    query: str = "",
) -> AlertsAnswer:
    """The alerts of this source, the newest first; searching is not supported."""
    _check_query(query)
    found = here().ledger.read(sent_alerts, sender.name, offset, limit)
    return AlertsAnswer(data=[tell_alert(each, sender.name) for each in found])


@router.get("/count", summary="How many there are", responses=OPSGENIE_PROBLEMS)
def count_alerts(sender: Sender, query: str = "") -> CountAnswer:
    """The alerts of this source; searching is not supported."""
    _check_query(query)
    return CountAnswer(data={"count": here().ledger.read(count_sent, sender.name)})


@router.get("/requests/{request_id}", summary="What became of a request", responses=OPSGENIE_PROBLEMS)
def get_request(request_id: str, sender: Sender) -> StatusAnswer:
    """Whether a request has been processed, and what it did; 404 until then."""
    return here().ledger.read(tell_request, sender.name, request_id)


@router.get("/{identifier:path}", summary="One alert", responses=OPSGENIE_PROBLEMS)
def get_alert(identifier: str, sender: Sender, by: By = IdentifierType.ID) -> AlertAnswer:
    """An alert as it stands, by its id, its short id or its alias."""
    alias = _named(sender, identifier, by)
    found = here().ledger.read(sent_alert, sender.name, alias)
    return AlertAnswer(data=tell_alert(found, sender.name))


@router.post(
    "/{identifier:path}/{action}",
    status_code=202,
    summary="Acknowledge, close, or add a note",
    responses=OPSGENIE_PROBLEMS,
    openapi_extra={"requestBody": OPSGENIE_ACTION},
)
async def act(
    identifier: str, action: str, request: Request, sender: Sender, by: By = IdentifierType.ID
) -> RequestAccepted:
    """Say of an alert that somebody has it, that it is over, or something about it."""
    if action not in STATUS_OF_ACTION:
        raise PayloadError(f"only {', '.join(STATUS_OF_ACTION)} are supported here", field="action")
    body = await read_body(request, BODY_LIMIT)
    alias = await run_in_threadpool(_named, sender, identifier, by)
    answer = await _take(request, sender, body, lambda: (_acted(body, alias, action),))
    await run_in_threadpool(_noted, number_of(answer.requestId), body)
    return answer


async def _take(
    request: Request, sender: KnownSender, body: bytes, read: Callable[[], Understood | tuple[Alert, ...]]
) -> RequestAccepted:
    started = perf_counter()
    taken = await take_soon(here(), sender.name, body, read)
    wake(request)
    return accepted(taken[0].number, perf_counter() - started)


def _created(body: bytes) -> Understood:
    payload = read_json(body)
    if isinstance(payload, dict) and not text(payload.get("message")):
        raise PayloadError("Message can not be empty.", field="message")
    return understand(parse, payload)


def _acted(body: bytes, alias: str, action: str) -> Alert:
    payload = _said(body)
    if not isinstance(payload, dict):
        raise PayloadError(f"must be an object, this is {kind(payload)}", field="body")
    if action == "notes" and not text(payload.get("note")):
        raise PayloadError("Note can not be empty.", field="note")
    return parse_action(payload, alias, STATUS_OF_ACTION[action])


def _noted(number: int, body: bytes) -> None:
    """What was noted stands on the timeline before the answer leaves; if not, the sender comes again."""
    payload = _said(body)
    if said := text(inside(payload, "note")):
        by = text(inside(payload, "user"))
        here().ledger.write(note_of_sender, number, said, by, here().now())


def _said(body: bytes) -> Any:
    """What the body says; an action needs none."""
    return read_json(body) if body.strip() else {}


def _named(sender: KnownSender, identifier: str, by: IdentifierType) -> str:
    """The alias of the alert that the address names.

    Raises:
        NotFoundError: this source has sent no such alert; an alias may be unknown.
    """
    if by is IdentifierType.ALIAS:
        return fingerprint(identifier)
    return here().ledger.read(of_sender, sender.name, number_of(identifier, by)).fingerprint


def _check_query(query: str) -> None:
    if query.strip():
        raise PayloadError("searching is not supported here; leave it out", field="query")
