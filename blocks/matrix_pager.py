"""How does a page reach somebody in Matrix? In a room for two, which is there once for each person.

Source: the Client-Server API of the Matrix specification.
"""

from hashlib import sha256
from typing import Any, ClassVar

from typing_extensions import override

from blocks.interfaces import Channel, Delivery, DeliveryState, PageMessage, Receipt
from blocks.matrix_answers import Related
from blocks.matrix_api import CLIENT_V1, Homeserver, home
from blocks.matrix_events import acknowledges
from blocks.matrix_text import mentioning, page
from blocks.matrix_text import message as said
from blocks.matrix_user import InMatrix


class MatrixPager(InMatrix, Channel):
    """Pages a person in a room for two; a reaction to the page acknowledges it."""

    _block_type_name: ClassVar[str | None] = "Matrix direct message"
    _block_type_slug: ClassVar[str | None] = "matrix-pager"
    _description: ClassVar[str | None] = (
        "Pages by a direct message; the contact's `to` is a Matrix id, such as @ann:example.com, or a mail "
        "address. A phone on silent stays silent: give a second contact that rings."
    )

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        server = self._server(self.deliver)
        user = await self._user(server, to)
        return await self._tell(server, user, message.key, page(message, user))

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        server = self._server(self.send)
        user = await self._user(server, to)
        return await self._tell(server, user, key, mentioning(user, said(f"**{subject}**\n\n{text}")))

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        room, _, event = receipt.partition("/")
        if not event:
            return None
        server = self._server(self.follow)
        path = ("rooms", room, "relations", event, "m.annotation")
        answer = await server.ask("GET", *path, base=CLIENT_V1)
        me = await server.myself()
        signs = [each for each in answer.read_as(Related).chunk if acknowledges(each.content)]
        people = [each.sender for each in signs if each.sender != me]
        if people:
            return Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by=people[-1])
        return Delivery(state=DeliveryState.SENT)

    async def _tell(self, server: Homeserver, user: str, key: str, content: dict[str, Any]) -> Receipt:
        room = await self._room_with(server, user)
        return Receipt(provider_id=f"{room}/{await server.say(room, key, content)}")

    async def _room_with(self, server: Homeserver, user: str) -> str:
        """The one room for this user: its alias is made from both, so that there is never a second one."""
        me = await server.myself()
        both = sha256(f"{me} {user}".encode()).hexdigest()[:16]
        alias = f"#incident-pages-{both}:{home(me)}"
        room = await server.find(alias, me)
        if room is None:
            return await server.make(alias, {"is_direct": True, "invite": [user]})
        await server.invite(room, user)
        return room
