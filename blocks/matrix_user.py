"""Who are we on a Matrix homeserver? A user of its own, or an application service's; and who is who there.

Source: the Client-Server API of the Matrix specification.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr

from blocks.exchange import HttpConnection
from blocks.interfaces import Repeat
from blocks.matrix_api import Homeserver, home

_NOT_IN_A_USER = re.compile(r"[^a-z0-9._=/+-]+")


class InMatrix(HttpConnection):
    """A user of ours on a homeserver, and how the people there are called."""

    repeat: ClassVar[Repeat] = Repeat.SAFE

    homeserver: Annotated[
        str,
        Field(
            title="Homeserver",
            description="The address that clients use, such as https://matrix.example.com.",
            pattern=r"^https?://",
        ),
    ]
    token: Annotated[
        SecretStr, Field(title="Access token", description="Of a user, or an application service, for this.")
    ]
    members: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            title="Members",
            description="Who is not found by what stands before the @ of their mail address, as "
            "{ann@example.com: '@ada:example.com'}.",
        ),
    ]

    def _server(self, method: Any, token: SecretStr | None = None) -> Homeserver:
        value = (token or self.token).get_secret_value()
        return Homeserver(self._exchange(method, {"Authorization": f"Bearer {value}"}), self.homeserver)

    def user_of(self, address: str, server_name: str) -> str:
        """The id of a person; who is known by a mail address or a name is taken to be on this server."""
        known = self.members.get(address, address)
        if _is_id(known):
            return known
        local = _NOT_IN_A_USER.sub("", known.partition("@")[0].lower())
        return f"@{local}:{server_name}"

    async def _user(self, server: Homeserver, address: str) -> str:
        """The same, on our own server; it is only asked its name where that is needed."""
        known = self.members.get(address, address)
        return known if _is_id(known) else self.user_of(address, home(await server.myself()))


def _is_id(known: str) -> bool:
    return known.startswith("@") and ":" in known
