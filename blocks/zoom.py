"""Where does everybody talk with a Zoom account? In a meeting without a fixed time, one per incident.

Source: Zoom's description of its API v2, and of server-to-server OAuth. Such a meeting stays in its host's
list until it is deleted, so that one which an earlier call left is found by the key in its agenda.
"""

from base64 import b64encode
from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Call, Repeat, Video

TOPIC_LENGTH = 200
"""Characters of a meeting's topic."""

_WITHOUT_FIXED_TIME = 3
_GONE = frozenset({HTTPStatus.NOT_FOUND})
_PAGE_SIZE = "300"


class ZoomVideo(HttpConnection, Video):
    """A Zoom meeting that whoever has the link can join, without waiting for the host."""

    _block_type_name: ClassVar[str | None] = "Zoom video call"
    _block_type_slug: ClassVar[str | None] = "zoom-video"
    _description: ClassVar[str | None] = (
        "A Zoom meeting per incident, made and ended by a server-to-server OAuth app. docs/connections.md "
        "names its scopes."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    account_id: Annotated[str, Field(title="Account ID", description="Of the server-to-server OAuth app.")]
    client_id: Annotated[str, Field(title="Client ID", description="Of the server-to-server OAuth app.")]
    client_secret: Annotated[
        SecretStr, Field(title="Client secret", description="Of the server-to-server OAuth app.")
    ]
    host: Annotated[
        str, Field(title="Host", description="Mail address of the Zoom user whose meetings these are.")
    ]

    @override
    async def create_call(self, key: str, topic: str) -> Call:
        exchange = await self._signed_in(self.create_call)
        meetings = f"https://api.zoom.us/v2/users/{quote(self.host, safe='')}/meetings"
        listed = await exchange.send("GET", meetings, params={"type": "scheduled", "page_size": _PAGE_SIZE})
        for known in listed.read_as(_Meetings).meetings:
            if known.agenda == key:
                return known.call()
        meeting = {
            "topic": topic[:TOPIC_LENGTH],
            "agenda": key,
            "type": _WITHOUT_FIXED_TIME,
            "settings": {"join_before_host": True, "waiting_room": False, "mute_upon_entry": True},
        }
        made = await exchange.send("POST", meetings, json=meeting)
        return made.read_as(_Meeting).call()

    @override
    async def end_call(self, call: str) -> None:
        """Everybody leaves, and the link leads nowhere from then on."""
        exchange = await self._signed_in(self.end_call)
        meeting = f"https://api.zoom.us/v2/meetings/{quote(call, safe='')}"
        await exchange.send("PUT", f"{meeting}/status", json={"action": "end"}, telling=_GONE)
        await exchange.send("DELETE", meeting, telling=_GONE)

    async def _signed_in(self, method: Any) -> Exchange:
        """The exchange of a method, with a token for the next hour."""
        pair = f"{self.client_id}:{self.client_secret.get_secret_value()}"
        headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        asking = self._exchange(method)
        form = {"grant_type": "account_credentials", "account_id": self.account_id}
        answer = await asking.send("POST", "https://zoom.us/oauth/token", form=form, headers=headers)
        token = answer.read_as(_Token).access_token
        return asking.with_headers({"Authorization": f"Bearer {token}"})


class _Token(BaseModel):
    access_token: str


class _Meeting(BaseModel):
    id: int
    join_url: str
    agenda: str = ""

    def call(self) -> Call:
        """In our words."""
        return Call(id=str(self.id), url=self.join_url)


class _Meetings(BaseModel):
    meetings: list[_Meeting]
