"""How is Alertmanager told to keep quiet? By the silences of its API, version 2.

It gives a silence an id of its own and knows no keys, so ours ends the comment: before one is made, those
that last are looked through for it. Alertmanager knows no acknowledgement.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, PrivateAttr, RootModel, SecretStr
from typing_extensions import override

from blocks import failures
from blocks.clock import Clock
from blocks.interfaces import Repeat, Silencer
from blocks.wire import Answer, Wire, trusting
from incident.matching import Matcher, Operator

SILENCES, SILENCE = "/api/v2/silences", "/api/v2/silence"
NEGATIVE = (Operator.NOT_EQUAL, Operator.MATCHES_NOT, Operator.NOT_IN)
BY_PATTERN = (Operator.MATCHES, Operator.MATCHES_NOT, Operator.IN, Operator.NOT_IN)


class AlertmanagerApi(Silencer):
    """Makes and ends silences through the API of Alertmanager."""

    _block_type_name: ClassVar[str | None] = "Alertmanager API"
    _block_type_slug: ClassVar[str | None] = "alertmanager-api"
    _description: ClassVar[str | None] = "Makes and ends silences in an Alertmanager."
    repeat: ClassVar[Repeat] = Repeat.SAFE

    url: Annotated[
        str,
        Field(
            title="Address",
            description="Such as https://alertmanager.example.org, with its route prefix if it has one.",
            pattern=r"^https?://",
        ),
    ]
    token: Annotated[
        SecretStr | None,
        Field(title="Token", description="A bearer token, if a proxy before Alertmanager asks for one."),
    ] = None
    ca_file: Annotated[
        str | None,
        Field(
            title="Authority",
            description="The file with the certificate of an authority of its own, where this runs. Left "
            "out: those that the system trusts.",
        ),
    ] = None
    _transport: httpx.AsyncBaseTransport | None = PrivateAttr(default=None)
    _clock: Clock = PrivateAttr(default_factory=Clock)

    @override
    async def silence(
        self, key: str, matchers: Sequence[Matcher], until: datetime, author: str, comment: str
    ) -> str:
        mark, told = f"[{key}]", [matcher_told(each) for each in matchers]
        if (known := await self._lasting(told, mark)) is not None:
            return known
        said = {
            "matchers": told,
            "startsAt": _instant(self._clock.now()),
            "endsAt": _instant(until),
            "createdBy": author,
            "comment": f"{comment} {mark}",
        }
        return (await self._call("POST", SILENCES, said)).read_as(_Made).id

    @override
    async def expire(self, silence: str) -> None:
        path = f"{SILENCE}/{quote(silence, safe='')}"
        unsure = (HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR)
        answer = await self._call("DELETE", path, telling=unsure)
        if answer.status != HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        # What it also says of a silence that is over.
        known = await self._call("GET", path, telling=(HTTPStatus.NOT_FOUND,))
        if known.status != HTTPStatus.NOT_FOUND and not known.read_as(_Silence).is_over:
            raise failures.failure(failures.Fate.LOST, f"HTTP {answer.status}", self.repeat)

    async def _lasting(self, told: Sequence[dict[str, Any]], mark: str) -> str | None:
        """The silence of exactly these matchers that has our key and is not over, if there is one."""
        query = httpx.QueryParams([("filter", _expression(each)) for each in told])
        listed = await self._call("GET", f"{SILENCES}?{query}")
        for known in listed.read_as(_Silences).root:
            if known.comment.endswith(mark) and not known.is_over:
                return known.id
        return None

    async def _call(
        self, method: str, path: str, said: dict[str, Any] | None = None, telling: Sequence[int] = ()
    ) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        wire = Wire(
            repeat=self.repeat,
            now=self._clock.now(),
            transport=self._transport,
            trust=trusting(self.ca_file),
        )
        content = json.dumps(said).encode() if said else b""
        address = self.url.rstrip("/") + path
        return await wire.send(method, address, content=content, headers=headers, telling=telling)


def matcher_told(matcher: Matcher) -> dict[str, Any]:
    """A matcher in Alertmanager's words, which have no sets: a set is a pattern of its escaped values."""
    sets = matcher.op in (Operator.IN, Operator.NOT_IN)
    value = "|".join(map(re.escape, matcher.values)) if sets else matcher.values[0]
    return {
        "name": matcher.label,
        "value": value,
        "isRegex": matcher.op in BY_PATTERN,
        "isEqual": matcher.op not in NEGATIVE,
    }


class State(StrEnum):
    """What Alertmanager says of a silence."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class _Status(BaseModel):
    state: State


class _Silence(BaseModel):
    id: str
    comment: str = ""
    status: _Status

    @property
    def is_over(self) -> bool:
        return self.status.state is State.EXPIRED


class _Silences(RootModel[tuple[_Silence, ...]]):
    pass


class _Made(BaseModel):
    id: Annotated[str, Field(alias="silenceID", min_length=1)]


def _expression(told: dict[str, Any]) -> str:
    """A matcher as the list of silences is asked for it."""
    operator = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}
    value = str(told["value"]).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{told["name"]}{operator[told["isEqual"], told["isRegex"]]}"{value}"'


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
