"""Which connection is it that calls one of our doors, and what does it say?"""

import logging
from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from blocks.interfaces import Connection
from blocks.telling import Answer, Told
from incident.configuration import Configuration
from incident.errors import ConfigurationError, ConnectionFailure, LedgerUnavailable, NotFoundError
from service.web.bodies import read_body, read_form
from tasks.surroundings import here

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
"""Bytes of what is told as JSON."""

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The form ends too early, or has too many fields."},
    401: {"description": "It is not proved that the provider of this connection says so."},
    403: {"description": "A token for something else."},
    404: {"description": "No such connection, or one that does not tell such things."},
    410: {"description": "The token has expired."},
    413: {"description": "The body is too large."},
    415: {"description": "It is no form, or it is compressed."},
    422: {"description": "It is not what this provider says here."},
    503: {"description": "It cannot be taken at this moment; come again after `Retry-After` seconds."},
}


class SettingsAway(LedgerUnavailable):
    """The settings of a connection are wrong, or Prefect, which has them, does not answer."""


async def provider(name: str, configuration: Configuration) -> Connection:
    """The connection of this name.

    Raises:
        NotFoundError: there is none.
        SettingsAway: its settings cannot be had at this moment.
    """
    if name not in configuration.connections:
        raise NotFoundError(f"no connection {name!r} is under connections:")
    try:
        return await here().connected(name, configuration)
    except (ConfigurationError, ConnectionFailure) as trouble:
        logger.warning("%s cannot tell us anything: %s", name, trouble)
        raise SettingsAway(f"the settings of {name} cannot be had at this moment") from None


def tells_no_such_thing(name: str, block: Connection) -> NotFoundError:
    """The connection is one that never calls this door."""
    return NotFoundError(f"{name} is a {block.get_block_type_slug()}, which tells no such thing")


async def told(request: Request) -> Told:
    """What the provider says, and at which address: ours as others see it, whatever proxy is between.

    Raises:
        Unsupported, MalformedPayload, TooLarge: see `read_form`.
    """
    return replace(_told(request), form=tuple((await read_form(request)).items()))


async def told_json(request: Request) -> Told:
    """The same of a provider that tells it as JSON, which nobody has read yet."""
    return replace(_told(request), body=await read_body(request, BODY_LIMIT))


def _told(request: Request) -> Told:
    query: bytes = request.scope["query_string"]
    asked = f"?{query.decode('latin-1')}" if query else ""
    address = f"{here().links.base_url}{request.url.path}{asked}"
    return Told(url=address, headers=dict(request.headers), query=query)


def answered(answer: Answer) -> Response:
    """The answer as HTTP."""
    return Response(answer.content.encode(), media_type=answer.media_type, headers=dict(answer.headers))
