"""How is Mattermost asked and told things? Through its API v4; what we said there is found again by our key.

Source: Mattermost's API reference, v4. A post has no idempotency key there, but properties of its own: ours
holds the key of the effect, and the latest posts of a channel are looked through before anything is said.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

import httpx
from pydantic import AwareDatetime, BaseModel, Field, SecretStr, ValidationError

from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Repeat
from blocks.wire import Answer

POST_LENGTH = 16_383
"""Characters of a post."""

_LATEST = "50"
"""Posts that are looked through for one of ours: more may be too long for one answer."""
_OUR_KEY = "incident_key"
_STATUS = "customStatus"


class Status(BaseModel):
    """What a person shows beside the name; without emoji and text: nothing."""

    emoji: str = ""
    text: str = ""
    duration: str = ""
    expires_at: AwareDatetime | None = None

    def is_shown(self, now: datetime) -> bool:
        """Whether there is something to see; year 1 is Mattermost's way to say that it does not expire."""
        ends = self.expires_at if self.expires_at and self.expires_at.year > 1 else None
        return bool(self.emoji or self.text) and (ends is None or ends > now)


class User(BaseModel):
    """A member; the status is JSON in a property."""

    id: str
    props: dict[str, Any] | None = None

    def status(self) -> Status:
        """What the person shows at present."""
        try:
            return Status.model_validate_json((self.props or {}).get(_STATUS) or "{}")
        except ValidationError:
            return Status()


class Member(BaseModel):
    """Who somebody is; the mail address is empty where the server hides it."""

    username: str = ""
    email: str = ""


class Channel(BaseModel):
    """A channel; ``delete_at`` in milliseconds, 0: it is not archived."""

    id: str
    name: str = ""
    delete_at: int = 0


class Identified(BaseModel):
    """Whatever has an id."""

    id: str


class _Post(BaseModel):
    id: str
    props: dict[str, Any] | None = None


class _Posts(BaseModel):
    posts: dict[str, _Post]


class _Uploaded(BaseModel):
    file_infos: list[Identified]


@dataclass(frozen=True)
class Mattermost:
    """An exchange with one server."""

    exchange: Exchange
    server: str

    async def ask(self, *path: str, telling: Collection[int] = (), **asked: str) -> Answer:
        """Read what is at this path, given in segments."""
        return await self.exchange.send("GET", self._at(path), params=asked, telling=telling)

    async def tell(self, method: str, *path: str, told: Any = None) -> Answer:
        """Change what is at this path."""
        return await self.exchange.send(method, self._at(path), json=told)

    async def user(self, address: str) -> User:
        """The member with this mail address, or else with this user name."""
        name = address.removeprefix("@")
        kind = "email" if "@" in name else "username"
        return (await self.ask("users", kind, name)).read_as(User)

    async def said(self, key: str, channel: str) -> str:
        """The id of the post that has our key; empty: it was not said, or long ago."""
        latest = (await self.ask("channels", channel, "posts", per_page=_LATEST)).read_as(_Posts)
        found = (post.id for post in latest.posts.values() if (post.props or {}).get(_OUR_KEY) == key)
        return next(found, "")

    async def say(
        self,
        key: str,
        channel: str,
        text: str,
        thread: str = "",
        files: Sequence[str] = (),
        more: Mapping[str, Any] | None = None,
    ) -> str:
        """Post with our key, and more properties if given; returns the post's id."""
        post: dict[str, Any] = {
            "channel_id": channel,
            "message": text[:POST_LENGTH],
            "props": {_OUR_KEY: key, **(more or {})},
            **({"root_id": thread} if thread else {}),
            **({"file_ids": list(files)} if files else {}),
        }
        return (await self.tell("POST", "posts", told=post)).read_as(Identified).id

    async def put(self, key: str, channel: str, name: str, content: bytes) -> list[str]:
        """Upload a file for a post to come; returns its id."""
        headers, body = _form(key, channel, name, content)
        answer = await self.exchange.send("POST", self._at(("files",)), content=body, headers=headers)
        return [file.id for file in answer.read_as(_Uploaded).file_infos]

    def _at(self, path: Sequence[str]) -> str:
        return "/".join([self.server.rstrip("/"), "api/v4", *(quote(part, safe="") for part in path)])


class InMattermost(HttpConnection):
    """What its connections have in common: the server, and a bot there."""

    repeat: ClassVar[Repeat] = Repeat.SAFE

    server: Annotated[
        str, Field(title="Server", description="https://chat.example.com", pattern=r"^https?://[^/?#]+/?$")
    ]
    token: Annotated[
        SecretStr, Field(title="Bot's token", description="The access token of a bot account.", min_length=1)
    ]

    def _mattermost(self, method: Any, token: SecretStr | None = None) -> Mattermost:
        value = (token or self.token).get_secret_value()
        return Mattermost(self._exchange(method, {"Authorization": f"Bearer {value}"}), self.server)


def _form(key: str, channel: str, name: str, content: bytes) -> tuple[Mapping[str, str], bytes]:
    # The boundary comes from the key, so that a repeated request is the same; httpx quotes the file's name.
    kind = f"multipart/form-data; boundary={sha256(key.encode()).hexdigest()}"
    form = httpx.Request(
        "POST",
        "http://localhost",  # never asked: only the form is taken out of this request
        headers={"Content-Type": kind},
        data={"channel_id": channel},
        files={"files": (name, content)},
    )
    return {"Content-Type": kind}, form.read()
