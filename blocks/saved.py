"""How does a block get into Prefect, where it can be seen and edited, and out again?"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from prefect.client.orchestration import PrefectClient, get_client

from blocks.failures import failure, fate_of_status
from blocks.interfaces import Connection, Repeat
from incident.errors import ConfigurationError, RetryLater

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def document_name(connection: str) -> str:
    """What a connection's block is called in Prefect: small letters, digits and dashes."""
    return _NOT_IN_A_NAME.sub("-", connection.lower()).strip("-")


async def load_block(block: type[Connection], name: str) -> Connection:
    """The saved block; ConfigurationError if it is missing or incomplete, RetryLater without Prefect."""
    reference = f"{block.get_block_type_slug()}/{name}"
    async with _prefect() as client:
        try:
            return await block.aload(name, client=client)
        except ValueError:
            message = (
                f"{reference}: Prefect has no such block; create it in the UI under Blocks, or name another"
            )
            raise ConfigurationError([message]) from None
        except RuntimeError:
            message = (
                f"{reference}: what was saved is not enough any more; open it in the UI and save it again"
            )
            raise ConfigurationError([message]) from None


async def save_block(block: Connection, name: str) -> str:
    """Save a block over one of the same name; returns its reference."""
    async with _prefect() as client:
        await block.asave(name, overwrite=True, client=client)
    return f"{block.get_block_type_slug()}/{name}"


async def register_type(block: type[Connection]) -> None:
    """Let people create blocks of this type in the UI."""
    async with _prefect() as client:
        await block.aregister_type_and_schema(client=client)


@asynccontextmanager
async def _prefect() -> AsyncIterator[PrefectClient]:
    try:
        async with get_client() as client:
            yield client
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise failure(fate_of_status(status), f"HTTP {status} from Prefect", Repeat.SAFE) from None
    except (httpx.HTTPError, RuntimeError) as error:  # the client says RuntimeError when it cannot connect
        raise RetryLater(f"{type(error).__name__}: Prefect did not answer") from None
