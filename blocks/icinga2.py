"""How does Icinga 2 learn that somebody takes a problem? By the action `acknowledge-problem` of its API.

What it answers, as version 2.13 does: 200 when it is done; 409 when the problem is acknowledged already, or
over, so repeating is safe; 404 or 500 without results when it knows no such host or service, or this user may
not see it.
"""

import json
from base64 import b64encode
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

import httpx
from pydantic import BaseModel, Field, PrivateAttr, SecretStr, ValidationError
from typing_extensions import override

from blocks import failures
from blocks.clock import Clock
from blocks.interfaces import Monitor, Receipt, Repeat
from blocks.wire import Answer, Wire, trusting
from incident.alert import Alert
from incident.errors import Rejected

PATH = "/v1/actions/acknowledge-problem"
TELLING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.INTERNAL_SERVER_ERROR})
UNKNOWN = "Icinga knows no such host or service, or this user may not acknowledge it"


class Icinga2Api(Monitor):
    """Acknowledges problems through the API of Icinga 2."""

    _block_type_name: ClassVar[str | None] = "Icinga 2 API"
    _block_type_slug: ClassVar[str | None] = "icinga2-api"
    _description: ClassVar[str | None] = (
        "Shows in Icinga 2 who has acknowledged an alert. docs/senders/icinga2.md has the user that it needs."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    url: Annotated[
        str,
        Field(
            title="Address",
            description="Of the API, such as https://icinga.example.org:5665. The name must be that of the "
            "certificate, which is Icinga's NodeName.",
            pattern=r"^https://",
        ),
    ]
    username: Annotated[str, Field(title="User", description="The name of an ApiUser.", min_length=1)]
    password: Annotated[SecretStr, Field(title="Password", description="That of the ApiUser.", min_length=1)]
    ca_file: Annotated[
        str | None,
        Field(
            title="Authority",
            description="The file with the certificate of Icinga's own authority (ca.crt), where this runs. "
            "Left out: those that the system trusts.",
        ),
    ] = None
    sticky: Annotated[
        bool,
        Field(
            title="Sticky",
            description="The acknowledgement lasts until recovery; else until the state changes.",
        ),
    ] = True
    notify: Annotated[
        bool, Field(title="Notify", description="Icinga tells its own contacts of the acknowledgement.")
    ] = False
    _transport: httpx.AsyncBaseTransport | None = PrivateAttr(default=None)
    _clock: Clock = PrivateAttr(default_factory=Clock)

    @override
    async def acknowledge(self, key: str, alert: Alert, author: str, comment: str) -> Receipt:
        said = {"author": author, "comment": comment, "sticky": self.sticky, "notify": self.notify}
        # As JSON in ASCII: what no charset holds arrives as an escape, not as an error.
        body = json.dumps({**_named(alert), **said}).encode()
        wire = Wire(
            repeat=self.repeat, now=self._clock.now(), transport=self._transport, trust=trusting(self.ca_file)
        )
        address = self.url.rstrip("/") + PATH
        answer = await wire.send("POST", address, content=body, headers=self._headers(), telling=TELLING)
        return _receipt(key, answer)

    def _headers(self) -> dict[str, str]:
        pair = f"{self.username}:{self.password.get_secret_value()}".encode()
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": f"Basic {b64encode(pair).decode()}",
        }


class _Result(BaseModel):
    code: float
    status: str = ""


class _Results(BaseModel):
    results: tuple[_Result, ...] | None = None


def _named(alert: Alert) -> dict[str, Any]:
    """Which object it is; names are values of the filter, so that none of them can be one."""
    host, service = alert.labels.get("host", ""), alert.labels.get("service", "")
    if not host:
        raise Rejected("the alert has no label host, so Icinga cannot be told whose problem it is")
    if service:
        expression, names = (
            "host.name == host_name && service.name == service_name",
            {"service_name": service},
        )
    else:
        expression, names = "host.name == host_name", {}
    kind = "Service" if service else "Host"
    return {"type": kind, "filter": expression, "filter_vars": {"host_name": host, **names}}


def _receipt(key: str, answer: Answer) -> Receipt:
    if answer.status == HTTPStatus.NOT_FOUND:
        raise Rejected(f"HTTP {HTTPStatus.NOT_FOUND}: {UNKNOWN}")
    results = _results(answer)
    if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        if results == ():
            raise Rejected(UNKNOWN)
        raise _unexpected(answer.status)
    if not results:
        raise failures.unreadable("it does not say what became of the problem")
    for result in results:
        if not _settled(result.code):
            raise _unexpected(int(result.code))
    return Receipt(provider_id=key, detail=f"HTTP {answer.status}")


def _results(answer: Answer) -> tuple[_Result, ...] | None:
    try:
        return _Results.model_validate_json(answer.content).results
    except ValidationError:
        return None


def _settled(code: float) -> bool:
    return code == HTTPStatus.CONFLICT or HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES


def _unexpected(status: int) -> Exception:
    return failures.failure(failures.fate_of_status(status), f"HTTP {status}", Icinga2Api.repeat)
