"""What stands in for Prefect when a test wants one that is broken or hangs? A server that says one thing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from prefect.settings import PREFECT_API_URL, temporary_settings

OK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntrue"
)
GONE = b"HTTP/1.1 404 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
BROKEN = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def at_address(url: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: url}):
        yield


@asynccontextmanager
async def prefect_that(says: bytes | None) -> AsyncIterator[None]:
    """A server in place of Prefect that says this to everything; with None it keeps silent."""
    closing = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if says is None:
            await closing.wait()
        else:
            writer.write(says)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with at_address(f"http://127.0.0.1:{port}/api"):
        yield
    closing.set()
    await asyncio.sleep(0)  # whoever was kept waiting goes
    server.close()
    await server.wait_closed()
