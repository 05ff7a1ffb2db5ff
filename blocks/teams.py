"""How does a page reach Microsoft Teams? As a card, posted to the webhook of a workflow there.

Sources: the schema of Adaptive Cards 1.5; Microsoft's pages on Workflows ("When a Teams webhook request is
received") and on mentions in cards. Why there is no chat: docs/connections/teams.md.
"""

from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr
from typing_extensions import override

from blocks.exchange import HttpConnection
from blocks.interfaces import Channel, PageMessage, Receipt
from blocks.ntfy import shortened
from incident.severity import Severity

TEXT_BYTES = 16_000
"""Of a card's text, so that the whole message stays below the 28 KB that Teams takes."""

_COLOURS = {Severity.CRITICAL: "attention", Severity.MAJOR: "warning", Severity.MINOR: "accent"}
_ORDINARY = "default"
_CARD = "application/vnd.microsoft.card.adaptive"


class TeamsWorkflow(HttpConnection, Channel):
    """Posts cards to the channel or chat that a workflow serves, and mentions the person."""

    _block_type_name: ClassVar[str | None] = "Microsoft Teams workflow"
    _block_type_slug: ClassVar[str | None] = "teams-workflow"
    _description: ClassVar[str | None] = (
        "Posts cards with a button to acknowledge, through the webhook of a Teams workflow; the contact's "
        "`to` is the sign-in name of whoever is mentioned. Teams takes a card before it shows it: give a "
        "second contact that rings."
    )

    url: Annotated[
        SecretStr,
        Field(
            title="Webhook address", description="Of the workflow; whoever knows it can post.", min_length=1
        ),
    ]

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        head = _block(message.subject, size="large", weight="bolder", color=_COLOURS[message.severity])
        actions = [
            _button("Acknowledge", message.acknowledge_url),
            _button(message.incident, message.incident_url),
        ]
        return await self._post(self.deliver, to, message.key, [head, _text(message.text)], actions)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        head = _block(subject, size="large", weight="bolder", color=_ORDINARY)
        return await self._post(self.send, to, key, [head, _text(text)], [])

    async def _post(
        self, method: Any, to: str, key: str, body: list[dict[str, Any]], actions: list[dict[str, Any]]
    ) -> Receipt:
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.5",
            "body": body,
            "actions": actions,
        }
        attached = {"contentType": _CARD, "content": mentioning(to, card) if to else card}
        message = {"type": "message", "attachments": [attached]}
        answer = await self._exchange(method).send("POST", self.url.get_secret_value(), json=message)
        return Receipt(provider_id=key, detail=f"HTTP {answer.status}")


def mentioning(person: str, card: dict[str, Any]) -> dict[str, Any]:
    """The card with a line that mentions a person by the sign-in name, so that Teams notifies them."""
    mark = f"<at>{person}</at>"
    mention = {"type": "mention", "text": mark, "mentioned": {"id": person, "name": person}}
    return {**card, "body": [_block(mark), *card["body"]], "msteams": {"entities": [mention]}}


def _text(text: str) -> dict[str, Any]:
    # A card's markdown joins lines that no empty line parts.
    return _block(shortened(text, TEXT_BYTES).replace("\n", "\n\n"))


def _block(text: str, **look: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def _button(title: str, url: str) -> dict[str, Any]:
    return {"type": "Action.OpenUrl", "title": title, "url": url}
