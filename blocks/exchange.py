"""How does a vendor's block speak to its API? In exchanges: a method's requests share its time limit."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx
from pydantic import PrivateAttr

from blocks.clock import Clock
from blocks.interfaces import TIMEOUT, Connection, Repeat
from blocks.wire import Answer, Wire

_SHORTEST = timedelta(milliseconds=50)
READING = ("GET", "HEAD")
"""What may always be asked again."""


@dataclass(frozen=True)
class Exchange:
    """The requests that one method of a block makes, one after the other."""

    repeat: Repeat
    headers: Mapping[str, str]
    clock: Clock
    transport: httpx.AsyncBaseTransport | None
    _ends_at: float = field(
        default_factory=lambda: asyncio.get_running_loop().time() + TIMEOUT.total_seconds()
    )

    async def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        telling: Collection[int] = (),
    ) -> Answer:
        """One request with a JSON value, a form or plain content; fails as `Wire.send` does."""
        kind, body = _encoded(json, form, content)
        address = f"{url}?{urlencode(params)}" if params else url
        wire = Wire(
            repeat=Repeat.SAFE if method in READING else self.repeat,
            now=self.clock.now(),
            transport=self.transport,
            time_limit=self._time_left(),
        )
        sent = {**kind, **self.headers, **(headers or {})}
        return await wire.send(method, address, content=body, headers=sent, telling=telling)

    def with_headers(self, headers: Mapping[str, str]) -> "Exchange":
        """The same exchange, which goes on with further headers, such as a token that was just given."""
        return replace(self, headers={**self.headers, **headers})

    def _time_left(self) -> timedelta:
        left = timedelta(seconds=self._ends_at - asyncio.get_running_loop().time())
        return max(left, _SHORTEST)


class HttpConnection(Connection):
    """A connection that speaks HTTP; a test puts its own transport and clock in place."""

    _transport: httpx.AsyncBaseTransport | None = PrivateAttr(default=None)
    _clock: Clock = PrivateAttr(default_factory=Clock)
    _accept: ClassVar[str] = "application/json"

    def _exchange(
        self, method: Callable[..., Awaitable[Any]], headers: Mapping[str, str] | None = None
    ) -> Exchange:
        """The exchange of a method; it begins now."""
        return Exchange(
            repeat=self.repeat_of(method),
            headers={"Accept": self._accept, **(headers or {})},
            clock=self._clock,
            transport=self._transport,
        )


def _encoded(value: Any, form: Mapping[str, str] | None, content: bytes) -> tuple[dict[str, str], bytes]:
    if value is not None:
        written = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")  # halves of emoji: a ?
        return {"Content-Type": "application/json"}, written
    if form is not None:
        return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(
            form, errors="replace"
        ).encode()
    return {}, content
