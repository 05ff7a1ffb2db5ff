"""The side of a provider of SIP, on loopback: it answers each request as it is told, and keeps what came."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

REALM, NONCE = "provider", "a-nonce-of-this-test"
CHALLENGE = f'Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5'
_COPIED = ("Via", "From", "To", "Call-ID", "CSeq")


@dataclass(frozen=True)
class Request:
    """A request of SIP."""

    method: str
    address: str
    headers: dict[str, str]

    def proves(self, password: str, header: str) -> bool:
        """Is it signed with this password, as RFC 2617 says?"""
        said = dict(re.findall(r'(\w+)="([^"]*)"', self.headers.get(header, "")))
        if not said:
            return False
        who, what = _md5(f"{said['username']}:{REALM}:{password}"), _md5(f"{self.method}:{said['uri']}")
        return said["response"] == _md5(f"{who}:{NONCE}:{what}")


Answering = Callable[[Request], Sequence[str]]
"""The status lines of the answers to a request, such as `486 Busy Here`."""


@dataclass
class SipServer(asyncio.DatagramProtocol):
    """Answers; `came` keeps the requests."""

    answering: Answering
    came: list[Request] = field(default_factory=list)
    port: int = 0
    _transport: asyncio.DatagramTransport | None = None

    @property
    def methods(self) -> list[str]:
        return [each.method for each in self.came]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        first, *lines = data.decode().split("\r\n\r\n")[0].split("\r\n")
        method, address, _ = first.split(" ")
        request = Request(method, address, dict(line.split(": ", 1) for line in lines if ": " in line))
        self.came.append(request)
        for status in self.answering(request):
            self._answer(request, status, sender)

    def _answer(self, request: Request, status: str, to: tuple[str, int]) -> None:
        said = {name: request.headers[name] for name in _COPIED}
        if not status.startswith("100"):
            said["To"] += ";tag=provider"
        if status.startswith("401"):
            said["WWW-Authenticate"] = CHALLENGE
        if status.startswith("407"):
            said["Proxy-Authenticate"] = CHALLENGE
        if request.method == "REGISTER" and status.startswith("200"):
            said |= {"Contact": request.headers["Contact"], "Expires": "120"}
        lines = [f"SIP/2.0 {status}", *(f"{name}: {value}" for name, value in said.items())]
        assert self._transport
        self._transport.sendto(("\r\n".join([*lines, "Content-Length: 0"]) + "\r\n\r\n").encode(), to)


@asynccontextmanager
async def sip_server(answering: Answering) -> AsyncIterator[SipServer]:
    """The provider while it is there."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: SipServer(answering), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
