"""What stands in for a vendor when no account exists anywhere? The ledger, and the web service that shows it.

None of these calls leaves the process. What is said in the room and published on the status page is in the
ledger already, as a recorded effect or an update, and the web pages show it. The ids are made from the keys,
so that the same key always gives the same id.
"""

from typing import Annotated, ClassVar
from urllib.parse import quote

from pydantic import Field
from typing_extensions import override

from blocks.interfaces import (
    Chat,
    Component,
    ComponentState,
    Connection,
    Maintenance,
    Post,
    Repeat,
    Room,
    StatusPage,
    StatusUpdate,
    Ticket,
    TicketFields,
    TicketState,
    Tracker,
)
from blocks.keys import incident_of

_BASE_URL = Field(
    title="Address of the web service",
    description="Where people reach this product, such as https://incidents.example.com.",
    pattern=r"^https?://",
)
_DESCRIPTION = "Built in: needs no account. "


class _OnOurPages(Connection):
    """A connection to our own web pages."""

    repeat: ClassVar[Repeat] = Repeat.SAFE
    base_url: Annotated[str, _BASE_URL]

    def _page_of(self, key: str) -> str:
        return f"{self.base_url.rstrip('/')}/incidents/{quote(incident_of(key), safe='')}"


class BuiltInTracker(_OnOurPages, Tracker):
    """The ticket is the incident's own record."""

    _block_type_name: ClassVar[str | None] = "Built-in tracker"
    _block_type_slug: ClassVar[str | None] = "built-in-tracker"
    _description: ClassVar[str | None] = (
        _DESCRIPTION + "The ticket is the incident's own record in the ledger."
    )

    @override
    async def create(self, fields: TicketFields) -> Ticket:
        return Ticket(id=incident_of(fields.key), url=self._page_of(fields.key))

    @override
    async def update(self, ticket: str, fields: TicketFields, comment: str) -> None:
        """Nothing to do: the record is the ledger."""

    @override
    async def move(self, ticket: str, to: TicketState) -> None:
        """Nothing to do: the record is the ledger."""

    @override
    async def comment(self, key: str, ticket: str, text: str) -> None:
        """Nothing to do: the timeline has it."""

    @override
    async def link(self, key: str, ticket: str, title: str, url: str) -> None:
        """Nothing to do: the incident's page has it."""

    @override
    async def close(self, ticket: str, comment: str) -> None:
        """Nothing to do: the record is the ledger."""


class BuiltInChat(_OnOurPages, Chat):
    """The room is the incident's web page, whose timeline shows what was said."""

    _block_type_name: ClassVar[str | None] = "Built-in room"
    _block_type_slug: ClassVar[str | None] = "built-in-chat"
    _description: ClassVar[str | None] = _DESCRIPTION + "The room is the incident's web page."

    @override
    async def create_room(self, key: str, name: str, topic: str) -> Room:
        return Room(id=incident_of(key), url=self._page_of(key))

    @override
    async def set_topic(self, room: str, topic: str) -> None:
        """Nothing to do: the page shows severity, status and links by itself."""

    @override
    async def post(self, key: str, room: str, text: str, thread: str = "") -> Post:
        return Post(id=key)

    @override
    async def upload(self, key: str, room: str, name: str, content: bytes) -> Post:
        """Nothing to do: what we could upload, the page shows."""
        return Post(id=key)

    @override
    async def invite(self, room: str, address: str) -> None:
        """Nothing to do: whoever has the link can read the page."""

    @override
    async def pin(self, room: str, post: str) -> None:
        """Nothing to do: the page begins with what matters."""

    @override
    async def set_status(self, address: str, text: str) -> str:
        return ""

    @override
    async def restore_status(self, address: str, before: str) -> None:
        """Nothing to do: the page shows who holds which role now."""

    @override
    async def archive(self, room: str) -> None:
        """Nothing to do: a closed incident takes no more answers."""


class BuiltInStatusPage(_OnOurPages, StatusPage):
    """The web service shows the updates that the ledger holds."""

    _block_type_name: ClassVar[str | None] = "Built-in status page"
    _block_type_slug: ClassVar[str | None] = "built-in-status-page"
    _description: ClassVar[str | None] = _DESCRIPTION + "The web service shows the updates from the ledger."

    @property
    def url(self) -> str:
        """Where people read it."""
        return f"{self.base_url.rstrip('/')}/status"

    @override
    async def open(self, key: str, update: StatusUpdate) -> str:
        return update.incident

    @override
    async def update(self, key: str, page: str, update: StatusUpdate) -> None:
        """Nothing to do: the update is in the ledger before this is called."""

    @override
    async def resolve(self, key: str, page: str, update: StatusUpdate) -> None:
        """Nothing to do: the update is in the ledger before this is called."""

    @override
    async def components(self) -> tuple[Component, ...]:
        return ()

    @override
    async def set_component(self, component: str, state: ComponentState) -> None:
        """Nothing to do: the page shows what the incidents say."""

    @override
    async def schedule(self, key: str, maintenance: Maintenance) -> str:
        """Nothing to do: the page shows no announced work."""
        return key
