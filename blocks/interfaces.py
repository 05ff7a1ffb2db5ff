"""What must a connection be able to do? One interface per kind; every vendor's block implements one of them.

A method does one thing at the vendor and returns what is needed to find it again. ``key`` names the effect,
begins with the incident's key (``INC-1/...``), or with what it is about where there is no incident, and
differs from recipient to recipient: a vendor that takes an idempotency key gets it, and ``find_*`` looks a
thing up by it where the vendor can be asked. Methods raise only the leaves of
``incident.errors.ConnectionFailure``, with no URL, address or secret in the message.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import AwareDatetime, BaseModel, ConfigDict

from incident.alert import Alert
from incident.delivery import Delivery as Delivery  # noqa: PLC0414  part of the interface of blocks
from incident.delivery import DeliveryState as DeliveryState  # noqa: PLC0414  and this
from incident.matching import Matcher
from incident.severity import Severity
from incident.story import UpdateState

TIMEOUT = timedelta(seconds=8)
"""Of one method, however many requests it makes; shorter than the lease of a claim, so that none is settled
while its call is under way."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Repeat(StrEnum):
    """What happens at the vendor when the same call is made twice with the same key."""

    SAFE = "safe"
    MAY_DOUBLE = "may double"


class Room(_Value):
    """A chat room."""

    id: str
    url: str


class Call(_Value):
    """A video call."""

    id: str
    url: str


class Ticket(_Value):
    """A tracker's record of the incident."""

    id: str
    url: str


class Post(_Value):
    """A message in a room."""

    id: str


class Button(_Value):
    """Something to press below a message: its label, the command that it says, and what it is about.

    ``value`` is opaque to the vendor: the token of a page, or the key of an incident.
    """

    label: str
    says: str
    value: str


class PageMessage(_Value):
    """A page, ready to be sent: what it says and where it can be answered.

    Below ``callback_url`` the provider itself says what it knows: `/delivery`, `/keys`, `/button`. The
    prompts say, in the person's language, what a reply and a key do; a channel that takes none leaves them
    out. ``spoken`` are the words of a call, and ``key_failed`` those for a key that could not be taken.
    """

    key: str
    incident: str
    severity: Severity
    subject: str
    text: str
    html: str = ""
    acknowledge_url: str
    incident_url: str
    language: str = "en"
    callback_url: str = ""
    reply_prompt: str = ""
    key_prompt: str = ""
    spoken: str = ""
    key_failed: str = ""
    buttons: tuple[Button, ...] = ()


class Receipt(_Value):
    """What the channel said when it took the page."""

    provider_id: str
    detail: str = ""


class TicketState(StrEnum):
    """Where a ticket stands; a tracker maps each to a state of its own workflow."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    RESOLVED = "resolved"
    CLOSED = "closed"


class TicketFields(_Value):
    """What phase 1 writes into the tracker; ``key`` is the incident's own, such as INC-1."""

    key: str
    summary: str
    description: str
    service: str
    products: tuple[str, ...] = ()
    severity: Severity


class ComponentState(StrEnum):
    """How a part of the product fares, in the words that status pages share."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded performance"
    PARTIAL_OUTAGE = "partial outage"
    MAJOR_OUTAGE = "major outage"
    MAINTENANCE = "under maintenance"


class Component(_Value):
    """A part of the product that a status page shows."""

    id: str
    name: str
    state: ComponentState


class Maintenance(_Value):
    """Announced work; ``components`` by their id."""

    title: str
    body: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    components: tuple[str, ...] = ()
    notify: bool = True


class StatusUpdate(_Value):
    """One message for a status page; ``components`` by their name, ``notify``: subscribers are told."""

    incident: str
    title: str
    body: str
    state: UpdateState
    severity: Severity
    service: str
    products: tuple[str, ...] = ()
    components: Mapping[str, ComponentState] = {}
    notify: bool = True


class Connection(Block):
    """A connection to the outside.

    ``repeat`` holds for all of its methods but those named in ``safe``, which look for what is there first.
    """

    repeat: ClassVar[Repeat] = Repeat.MAY_DOUBLE
    safe: ClassVar[frozenset[str]] = frozenset()

    def repeat_of(self, method: Callable[..., Awaitable[Any]]) -> Repeat:
        """What happens when this method is called twice with the same key."""
        return Repeat.SAFE if method.__name__ in self.safe else self.repeat


class Chat(Connection):
    """A chat tool: one room per incident, and people's statuses."""

    @abstractmethod
    async def create_room(self, key: str, name: str, topic: str) -> Room:
        """Create the incident's room; the same key finds the one that exists."""

    @abstractmethod
    async def set_topic(self, room: str, topic: str) -> None:
        """Replace the room's topic."""

    @abstractmethod
    async def post(self, key: str, room: str, text: str, thread: str = "") -> Post:
        """Say something (markdown) in the room, or below the post whose id is ``thread``."""

    async def offer(self, key: str, room: str, text: str, buttons: Sequence[Button]) -> Post:
        """Say something with buttons below it; a chat that has none leaves them out."""
        del buttons
        return await self.post(key, room, text)

    @abstractmethod
    async def upload(self, key: str, room: str, name: str, content: bytes) -> Post:
        """Put a file into the room."""

    @abstractmethod
    async def invite(self, room: str, address: str) -> None:
        """Bring a person in; somebody who is there already is no error."""

    @abstractmethod
    async def pin(self, room: str, post: str) -> None:
        """Pin a message."""

    @abstractmethod
    async def set_status(self, address: str, text: str) -> str:
        """Show a text as the person's status; returns the one before, for `restore_status`."""

    @abstractmethod
    async def restore_status(self, address: str, before: str) -> None:
        """Put the person's status back."""

    @abstractmethod
    async def archive(self, room: str) -> None:
        """Close the room for writing; what was said stays readable."""


class Video(Connection):
    """A video tool."""

    @abstractmethod
    async def create_call(self, key: str, topic: str) -> Call:
        """Create the incident's call."""

    @abstractmethod
    async def end_call(self, call: str) -> None:
        """End it for everybody; one that is over is no error."""


class Tracker(Connection):
    """A ticket tracker."""

    @abstractmethod
    async def create(self, fields: TicketFields) -> Ticket:
        """Create the incident's ticket; the same key finds the one that exists."""

    @abstractmethod
    async def update(self, ticket: str, fields: TicketFields, comment: str) -> None:
        """Write changed fields and add a comment."""

    @abstractmethod
    async def move(self, ticket: str, to: TicketState) -> None:
        """Bring the ticket into another state; one that is there already is no error."""

    @abstractmethod
    async def comment(self, key: str, ticket: str, text: str) -> None:
        """Add a comment."""

    @abstractmethod
    async def link(self, key: str, ticket: str, title: str, url: str) -> None:
        """Add a link, such as to the room; the same key replaces it."""

    @abstractmethod
    async def close(self, ticket: str, comment: str) -> None:
        """Close the ticket."""


class StatusPage(Connection):
    """A status page."""

    @abstractmethod
    async def open(self, key: str, update: StatusUpdate) -> str:
        """Publish the incident; returns its id on the page."""

    @abstractmethod
    async def update(self, key: str, page: str, update: StatusUpdate) -> None:
        """Publish an update."""

    @abstractmethod
    async def resolve(self, key: str, page: str, update: StatusUpdate) -> None:
        """Publish that the impact has ended."""

    @abstractmethod
    async def components(self) -> tuple[Component, ...]:
        """The parts that the page shows."""

    @abstractmethod
    async def set_component(self, component: str, state: ComponentState) -> None:
        """Show another state of a part, named by its id."""

    @abstractmethod
    async def schedule(self, key: str, maintenance: Maintenance) -> str:
        """Announce work; returns its id on the page."""


class Channel(Connection):
    """A way to page a person, or to send them a message."""

    @abstractmethod
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        """Deliver one page."""

    @abstractmethod
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        """Send a message that is no page: an update, a role card, a notice."""

    async def follow(self, receipt: str) -> Delivery | None:
        """What became of a page, by the provider's id; None: this channel cannot tell."""
        del receipt
        return None

    async def ended(self, receipt: str) -> Delivery | None:
        """Wait until nothing of a message goes on, as a phone call does; how it ended, if one went on."""
        del receipt
        return None


class Silencer(Connection):
    """A monitor that can be told to keep quiet for a time about alerts that meet all of some matchers."""

    @abstractmethod
    async def silence(
        self, key: str, matchers: Sequence[Matcher], until: datetime, author: str, comment: str
    ) -> str:
        """Silence them from now on; returns the silence's id. The same key finds the one that lasts."""

    @abstractmethod
    async def expire(self, silence: str) -> None:
        """End a silence; one that is over, or unknown, is no error."""


class Monitor(Connection):
    """A monitor that sends alerts, and can show who takes one of its problems."""

    @abstractmethod
    async def acknowledge(self, key: str, alert: Alert, author: str, comment: str) -> Receipt:
        """Show who takes the problem that an alert is about; one that is taken or over is no error."""


class RotationSource(Connection):
    """A tool in which a team keeps its schedules."""

    @abstractmethod
    async def on_call(self, schedule: str) -> tuple[str, ...]:
        """Who is on call there now, first responder first: mail addresses, or names where it knows none."""
