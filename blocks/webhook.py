"""How does a page reach a program? As signed JSON; docs/connections.md shows how to check the signature."""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr, ValidationError
from typing_extensions import override

from blocks.exchange import HttpConnection
from blocks.interfaces import Channel, PageMessage, Receipt, Repeat
from blocks.keys import incident_of
from blocks.wire import Answer

BODY_VERSION = 1
_VISIBLE = "!#$&'()*+,/:;=?@[]^_`{|}~"

PAGED = frozenset(
    {"key", "incident", "severity", "subject", "text", "html", "acknowledge_url", "incident_url"}
)
"""What of a page is told: the fields that docs/connections.md names. The rest is for those who can answer."""


class SignedWebhook(HttpConnection, Channel):
    """Posts a page as JSON, with a signature and an idempotency key."""

    _block_type_name: ClassVar[str | None] = "Signed webhook"
    _block_type_slug: ClassVar[str | None] = "signed-webhook"
    _description: ClassVar[str | None] = (
        "Posts pages and messages as JSON, signed with HMAC-SHA256, and with an idempotency key that tells a "
        "repeated one from a new one. docs/connections.md shows the body and how to check the signature."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    secret: Annotated[
        SecretStr,
        Field(title="Signing secret", description="Known to both sides: openssl rand -hex 32.", min_length=1),
    ]
    url: Annotated[
        SecretStr | None,
        Field(
            title="Address",
            description="Where everything is posted; the contact's `to` then stands in the body. Left out: "
            "the contact's `to` is the address. A secret, because such addresses often hold a token.",
        ),
    ] = None

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        told = message.model_dump(mode="json", include=set(PAGED))
        return await self._post(to, message.key, {"type": "page", **told})

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        said = {"key": key, "incident": incident_of(key), "subject": subject, "text": text, "html": html}
        return await self._post(to, key, {"type": "message", **said})

    async def _post(self, to: str, key: str, said: Mapping[str, Any]) -> Receipt:
        url, recipient = (self.url.get_secret_value(), to) if self.url else (to, "")
        body = json.dumps({"version": BODY_VERSION, "to": recipient, **said}).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": quote(key, safe=_VISIBLE),
            "X-Incident-Timestamp": timestamp,
            "X-Incident-Signature": signature(self.secret.get_secret_value(), timestamp, body),
        }
        exchange = self._exchange(self.deliver)
        return _receipt(key, await exchange.send("POST", url, content=body, headers=headers))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What `X-Incident-Signature` must be: over the timestamp too, so that no old body can be replayed."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


class _Named(BaseModel):
    id: Annotated[str, Field(min_length=1, max_length=200)] | int


def _receipt(key: str, answer: Answer) -> Receipt:
    # A 2xx is the receipt; whatever else a program answers must not make a failed page of a delivered one.
    try:
        provider_id = str(_Named.model_validate_json(answer.content).id)
    except ValidationError:
        provider_id = key
    return Receipt(provider_id=provider_id, detail=f"HTTP {answer.status}")
