"""How does a page reach a phone without a vendor's account? As a push message through ntfy.

Source: ntfy's documentation, "Publishing" as JSON. The button in the message acknowledges by itself: the
phone posts to the page's own link.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.exchange import HttpConnection
from blocks.interfaces import Channel, PageMessage, Receipt
from incident.severity import Severity

MESSAGE_BYTES = 4096
"""What is longer would arrive as an attached file."""

_PRIORITIES = {Severity.CRITICAL: 5, Severity.MAJOR: 4, Severity.MINOR: 3}
_ORDINARY = 3


class NtfyPush(HttpConnection, Channel):
    """Publishes to a topic; a phone that subscribes to it rings, at the highest priority through silence."""

    _block_type_name: ClassVar[str | None] = "ntfy push"
    _block_type_slug: ClassVar[str | None] = "ntfy-push"
    _description: ClassVar[str | None] = (
        "Push messages through ntfy.sh or a server of your own; the contact's `to` is the topic. Whoever "
        "knows a topic can read it, unless the server asks for a token."
    )

    server: Annotated[
        str, Field(title="Server", description="ntfy.sh, or one of your own.", pattern=r"^https?://")
    ] = "https://ntfy.sh"
    token: Annotated[
        SecretStr | None, Field(title="Access token", description="If the server asks for one: tk_...")
    ] = None

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        return await self._publish(
            self.deliver,
            topic=to,
            title=message.subject,
            message=shortened(message.text),
            priority=_PRIORITIES[message.severity],
            tags=["rotating_light"],
            click=message.incident_url,
            actions=[
                _button("http", "Acknowledge", message.acknowledge_url) | {"method": "POST", "clear": True},
                _button("view", message.incident, message.incident_url),
            ],
        )

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._publish(
            self.send, topic=to, title=subject, message=shortened(text), priority=_ORDINARY
        )

    async def _publish(self, method: Any, **said: Any) -> Receipt:
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"} if self.token else {}
        answer = await self._exchange(method, headers).send("POST", self.server, json=said)
        return Receipt(provider_id=answer.read_as(_Published).id, detail=f"HTTP {answer.status}")


class _Published(BaseModel):
    id: str


def _button(action: str, label: str, url: str) -> dict[str, Any]:
    return {"action": action, "label": label, "url": url}


def shortened(text: str, size: int = MESSAGE_BYTES) -> str:
    """As much of a text as fits into so many bytes of UTF-8."""
    whole = text.encode("utf-8", "replace")
    return text if len(whole) <= size else whole[: size - len("…".encode())].decode("utf-8", "ignore") + "…"
