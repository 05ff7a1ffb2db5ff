"""How does a page reach somebody in Mattermost? By a direct message, which is answered by its buttons.

Source: Mattermost's API reference, v4, and its documentation of interactive messages.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from blocks.interfaces import Channel, PageMessage, Receipt
from blocks.mattermost_answers import attached, only_to_them, read_press
from blocks.mattermost_api import Identified, InMattermost
from blocks.telling import Answer, TakesPresses, Told


class MattermostPager(InMattermost, Channel, TakesPresses):
    """Pages a person by a direct message with buttons."""

    _block_type_name: ClassVar[str | None] = "Mattermost direct message"
    _block_type_slug: ClassVar[str | None] = "mattermost-pager"
    _description: ClassVar[str | None] = (
        "Pages by a direct message with buttons and a link; the contact's `to` is a mail address or a "
        "user name. A phone on silent stays silent: give a second contact that rings."
    )

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        pressed = attached(message.buttons, f"{message.callback_url}/button") if message.callback_url else {}
        return await self._tell(self.deliver, to, message.key, message.subject, message.text, pressed)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._tell(self.send, to, key, subject, text, {})

    @override
    def press_told(self, told: Told) -> str:
        """The address, which only Mattermost was told, is for one page: that is its proof."""
        return read_press(told).context.says

    @override
    def press_back(self, text: str) -> Answer:
        return only_to_them(text)

    async def _tell(
        self, method: Any, to: str, key: str, subject: str, text: str, more: Mapping[str, Any]
    ) -> Receipt:
        mattermost = self._mattermost(method)
        bot = (await mattermost.ask("users", "me")).read_as(Identified)
        user = await mattermost.user(to)
        direct = await mattermost.tell("POST", "channels", "direct", told=[bot.id, user.id])
        channel = direct.read_as(Identified).id
        known = await mattermost.said(key, channel)
        said = f"**{subject}**\n\n{text}"
        return Receipt(provider_id=known or await mattermost.say(key, channel, said, more=more))
