"""Which connection is it that calls one of our doors, and what does it say?"""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from blocks.interfaces import Connection
from blocks.telling import Answer, Told
from incident.configuration import Configuration
from incident.errors import LedgerUnavailable, NotFoundError, RetryLater
from service.web.bodies import read_form
from tasks.surroundings import here

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The form ends too early, or has too many fields."},
    401: {"description": "It is not proved that the provider of this connection says so."},
    403: {"description": "A token for something else."},
    404: {"description": "No such connection, or one that does not tell such things."},
    410: {"description": "The token has expired."},
    413: {"description": "The form has more than 256 KiB."},
    415: {"description": "It is no form, or it is compressed."},
    503: {"description": "It cannot be taken at this moment; come again after `Retry-After` seconds."},
}


class SettingsAway(LedgerUnavailable):
    """Prefect, which has the settings of a connection, does not answer."""


async def provider(name: str, configuration: Configuration) -> Connection:
    """The connection of this name.

    Raises:
        NotFoundError: there is none.
        SettingsAway: which cannot be known at this moment.
    """
    if name not in configuration.connections:
        raise NotFoundError(f"no connection {name!r} is under connections:")
    try:
        return await here().connected(name, configuration)
    except RetryLater as away:
        raise SettingsAway(str(away)) from None


def tells_no_such_thing(name: str, block: Connection) -> NotFoundError:
    """The connection is one that never calls this door."""
    return NotFoundError(f"{name} is a {block.get_block_type_slug()}, which tells no such thing")


async def told(request: Request) -> Told:
    """What the provider says, and at which address: ours as others see it, whatever proxy is between.

    Raises:
        Unsupported, MalformedPayload, TooLarge: see `read_form`.
    """
    query: bytes = request.scope["query_string"]
    asked = f"?{query.decode('latin-1')}" if query else ""
    return Told(
        url=f"{here().links.base_url}{request.url.path}{asked}",
        headers=dict(request.headers),
        query=query,
        form=tuple((await read_form(request)).items()),
    )


def answered(answer: Answer) -> Response:
    """The answer as HTTP."""
    return Response(answer.content.encode(), media_type=answer.media_type, headers=dict(answer.headers))
