"""How does Slack page somebody? By a direct message that is answered in it, or by its link."""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from blocks.interfaces import Channel, PageMessage, Receipt
from blocks.slack_app import TEXT_LENGTH, SlackApp, markdown, plain_text

HEADER_LENGTH = 150
"""Characters that Slack takes."""


class SlackPager(SlackApp, Channel):
    """Pages a person by a direct message with buttons."""

    _block_type_name: ClassVar[str | None] = "Slack direct message"
    _block_type_slug: ClassVar[str | None] = "slack-pager"
    _description: ClassVar[str | None] = (
        "Pages by a direct message; the contact's `to` is a mail address or a member id. A phone on silent "
        "stays silent: give a second contact that rings."
    )

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        pressed = self._pressed(message.buttons)
        by_link = "Acknowledge ↗" if pressed else "Acknowledge"
        links = ((by_link, message.acknowledge_url), (message.incident, message.incident_url))
        opened = [
            {"type": "button", "text": plain_text(label), "url": url, "action_id": f"link-{number}"}
            for number, (label, url) in enumerate(links)
        ]
        blocks = [
            {"type": "header", "text": plain_text(message.subject[:HEADER_LENGTH])},
            markdown(message.text),
            {"type": "actions", "elements": [*pressed, *opened]},
        ]
        return await self._tell(self.deliver, to, {"text": message.subject, "blocks": blocks})

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._tell(self.send, to, {"markdown_text": f"**{subject}**\n\n{text}"[:TEXT_LENGTH]})

    async def _tell(self, method: Any, to: str, told: Mapping[str, Any]) -> Receipt:
        slack = self._slack(method)
        user = (await self._user(slack, to))["id"]
        said = await slack.do("chat.postMessage", {"channel": user, "unfurl_links": False, **told})
        return Receipt(provider_id=f"{said['channel'] or user}/{said['ts'] or ''}")
