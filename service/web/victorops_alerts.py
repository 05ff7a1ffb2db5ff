"""How do senders made for Splunk On-Call (VictorOps) reach us? At the path of its REST endpoint.

The key in the path is the token of a source of dialect `victorops`; the routing key after it becomes the
label `routing_key`, which routes can look at.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from incident.alert import Alert
from incident.sources import Understood, understand
from incident.sources.reading import text
from incident.sources.victorops import parse
from service.body import read_body as read_value
from service.intake import BODY_LIMIT, take_soon
from service.web.bodies import read_body
from service.web.compatible import Trouble, answering_as, sender_with, wake
from service.web.compatible_examples import VICTOROPS_MESSAGE, VICTOROPS_PROBLEMS
from tasks.surroundings import here

DIALECT = "victorops"


def _said(trouble: Trouble) -> Response:
    headers = {name: value for name, value in trouble.headers.items() if name != "WWW-Authenticate"}
    return JSONResponse({"result": "failure", "message": trouble.sentence}, trouble.status, headers)


router = APIRouter(
    prefix="/integrations/generic/20131114/alert",
    tags=["Splunk On-Call REST endpoint"],
    route_class=answering_as(_said),
)


class MessageTaken(BaseModel):
    """The message is durable."""

    result: str = "success"
    entity_id: Annotated[str, Field(description="The sender's, else one made of what it says.")]


@router.post(
    "/{key}/{routing_key}",
    summary="Send a message",
    responses=VICTOROPS_PROBLEMS,
    openapi_extra={"requestBody": VICTOROPS_MESSAGE},
)
async def send(
    key: Annotated[str, Path(description="The token of the source.")], routing_key: str, request: Request
) -> MessageTaken:
    """Take one message, durable before this answers."""
    sender = await sender_with(key, DIALECT)
    body = await read_body(request, BODY_LIMIT)

    def read() -> Understood:
        understood = understand(parse, read_value(body))
        return Understood(
            tuple(_routed(alert, routing_key) for alert in understood.alerts), understood.remarks
        )

    taken = await take_soon(here(), sender.name, body, read)
    wake(request)
    return MessageTaken(entity_id=taken[0].fingerprint)


def _routed(alert: Alert, routing_key: str) -> Alert:
    return alert.model_copy(update={"labels": alert.labels | {"routing_key": text(routing_key)}})
