"""Where does everybody talk without an account with a video vendor? In a Jitsi room that nobody can guess."""

import hmac
import secrets
from hashlib import sha256
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr
from typing_extensions import override

from blocks.interfaces import Call, Repeat, Video
from blocks.keys import incident_of

_NAME_LENGTH = 32


def _random_secret() -> SecretStr:
    return SecretStr(secrets.token_hex(32))


class JitsiVideo(Video):
    """A link to a Jitsi room with an unguessable name; the first person who opens it makes the room."""

    _block_type_name: ClassVar[str | None] = "Jitsi video call"
    _block_type_slug: ClassVar[str | None] = "jitsi-video"
    _description: ClassVar[str | None] = (
        "A link to a Jitsi room that nobody can guess. The first person who opens it starts the room."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    server: Annotated[
        str,
        Field(
            title="Jitsi server",
            description="The public one (it asks whoever opens a room to sign in), or one of your own.",
            pattern=r"^https?://",
        ),
    ] = "https://meet.jit.si"
    secret: Annotated[
        SecretStr,
        Field(
            title="Secret",
            description="Room names are made from it. Left out: a new one per process.",
        ),
    ] = Field(default_factory=_random_secret)

    @override
    async def create_call(self, key: str, topic: str) -> Call:
        digest = hmac.new(self.secret.get_secret_value().encode(), key.encode(), sha256).hexdigest()
        room = f"{incident_of(key)}-{digest[:_NAME_LENGTH]}"
        return Call(id=room, url=f"{self.server.rstrip('/')}/{room}")

    @override
    async def end_call(self, call: str) -> None:
        """Nothing to do: the room is gone when the last person has left."""
