"""What does an application service add to a user of Matrix? It acts for people, and is told what they say.

Its registration is a file that the homeserver reads: with the `as_token` we prove to be the service, with
the `hs_token` the homeserver proves to be itself. Source: the Application Service API of the Matrix
specification.
"""

from typing import Annotated

from pydantic import Field, SecretStr

from blocks.matrix_answers import NOT_HEARD, UNSEEN, Message, Pinged
from blocks.matrix_api import CLIENT_V1
from blocks.matrix_text import below, in_reply_to, message
from blocks.matrix_user import InMatrix
from incident.errors import ConfigurationError


class WithService(InMatrix):
    """A user of ours, and the application service that listens for it."""

    as_token: Annotated[
        SecretStr | None,
        Field(
            title="Application service's token",
            description="The as_token of the registration; sets people's statuses. Left out: they stay.",
        ),
    ] = None
    hs_token: Annotated[
        SecretStr | None,
        Field(
            title="Homeserver's token",
            description="The hs_token of the registration; with it the homeserver tells us what people say.",
        ),
    ] = None
    service_id: Annotated[
        str, Field(title="Application service", description="The id in the registration.")
    ] = "incidents"

    async def ourselves(self) -> frozenset[str]:
        """The users that speak for us, whom nobody obeys."""
        tokens = {each.get_secret_value(): each for each in (self.token, self.as_token) if each}
        return frozenset([await self._server(self.ourselves, token).myself() for token in tokens.values()])

    async def said(self, room: str, event: str) -> Message | None:
        """What was said, by the id of its event; None: it is not there, or not for us to see."""
        server = self._server(self.said)
        answer = await server.ask_unless(UNSEEN, "GET", "rooms", room, "event", event)
        return answer.read_as(Message) if answer else None

    async def reply(self, room: str, deed: str, event: str, text: str, thread: str = "") -> str:
        """Answer a message (markdown), once for each deed; as a notice, to which no program answers."""
        answering = below(thread, event) if thread else in_reply_to(event)
        content = message(text) | {"msgtype": "m.notice"} | answering
        return await self._server(self.reply).say(room, f"reply/{deed}", content)

    async def ping(self) -> int:
        """Let the homeserver reach us at the address of the registration; returns the milliseconds it took.

        Raises:
            ConfigurationError: there is no application service here.
            Rejected: it is not registered, or cannot reach us; the code says why.
        """
        if self.as_token is None:
            raise ConfigurationError(["as_token is missing: there is no application service to be reached"])
        server = self._server(self.ping, self.as_token)
        path = ("appservice", self.service_id, "ping")
        answer = await server.ask("POST", *path, base=CLIENT_V1, json={}, telling=NOT_HEARD)
        return answer.read_as(Pinged).duration_ms
