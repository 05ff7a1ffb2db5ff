"""What do the tools of a firm do in these tests? They keep what happened, and can be in trouble.

Each finds what is there by our key, as the real ones do; what it really did stands in `done`, once per doing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast

from blocks.catalogue import Purpose
from blocks.interfaces import Call, Connection, Post, Repeat, Room, StatusUpdate, Ticket, TicketFields
from incident.configuration import Configuration
from incident.errors import Rejected, RetryLater, UnknownOutcome
from tests.house import House, Pager, WithPagers

T = TypeVar("T")
EVERYTHING = "everything"


class Trouble(StrEnum):
    """What a vendor does instead of what it is asked."""

    REFUSES = "refuses"
    TIMES_OUT = "does not answer in time"
    LIMITS = "asks to come back in a minute"
    LOSES = "does it and loses the answer"

    def failure(self) -> Exception:
        """What the connection raises then."""
        match self:
            case Trouble.REFUSES:
                return Rejected("HTTP 401")
            case Trouble.TIMES_OUT:
                return RetryLater("ReadTimeout")
            case Trouble.LIMITS:
                return RetryLater("HTTP 429", after=timedelta(minutes=1))
            case Trouble.LOSES:
                return UnknownOutcome("the connection was lost")


@dataclass
class Tool:
    """A vendor of any kind: one method per deed, as `blocks.interfaces` has them."""

    trouble: Trouble | None = None
    done: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def repeat_of(self, _method: object) -> Repeat:
        """What happens when a method is called twice."""
        return Repeat.SAFE

    def did(self, deed: str) -> list[str]:
        """What was done of one sort."""
        return [what for known, what in self.done if known == deed]

    def _do(self, deed: str, what: str, result: T) -> T:
        self.asked.append(deed)
        if self.trouble and self.trouble is not Trouble.LOSES:
            raise self.trouble.failure()
        if (deed, what) not in self.done:
            self.done.append((deed, what))
        if self.trouble:
            raise self.trouble.failure()
        return result


class FakeChat(Tool):
    """A chat."""

    async def create_room(self, key: str, _name: str, _topic: str) -> Room:
        return self._do("room", key, Room(id=f"room of {key}", url=f"https://chat.example/{key}"))

    async def set_topic(self, _room: str, topic: str) -> None:
        return self._do("topic", topic, None)

    async def post(self, key: str, _room: str, text: str, _thread: str = "") -> Post:
        return self._do("post", text, Post(id=key))

    async def offer(self, key: str, room: str, text: str, _buttons: object) -> Post:
        return await self.post(key, room, text)

    async def upload(self, key: str, _room: str, name: str, content: bytes) -> Post:
        return self._do("upload", f"{name}: {content.decode()[:15]}", Post(id=key))

    async def invite(self, _room: str, address: str) -> None:
        return self._do("invite", address, None)

    async def pin(self, _room: str, post: str) -> None:
        return self._do("pin", post, None)

    async def set_status(self, address: str, _text: str) -> str:
        return self._do("busy", address, "at lunch")

    async def restore_status(self, address: str, before: str) -> None:
        return self._do("restored", f"{address}: {before}", None)

    async def archive(self, room: str) -> None:
        return self._do("archive", room, None)


class FakeVideo(Tool):
    """Video calls."""

    async def create_call(self, key: str, _topic: str) -> Call:
        return self._do("call", key, Call(id=f"call of {key}", url=f"https://call.example/{key}"))

    async def end_call(self, call: str) -> None:
        return self._do("end", call, None)


class FakeTracker(Tool):
    """A tracker."""

    async def create(self, told: TicketFields) -> Ticket:
        made = Ticket(id=f"T-{told.key}", url=f"https://tickets.example/{told.key}")
        return self._do("ticket", told.key, made)

    async def update(self, _ticket: str, _told: TicketFields, comment: str) -> None:
        return self._do("update", comment, None)

    async def move(self, _ticket: str, to: str) -> None:
        return self._do("move", to, None)

    async def comment(self, _key: str, _ticket: str, text: str) -> None:
        return self._do("comment", text, None)

    async def link(self, _key: str, _ticket: str, _title: str, url: str) -> None:
        return self._do("link", url, None)

    async def close(self, ticket: str, _comment: str) -> None:
        return self._do("close", ticket, None)


class FakeStatusPage(Tool):
    """A status page; its parts as the last update said."""

    components: Mapping[str, str] = {}

    async def open(self, _key: str, update: StatusUpdate) -> str:
        self.components = update.components
        return self._do("open", update.state, f"page of {update.incident}")

    async def update(self, _key: str, _page: str, update: StatusUpdate) -> None:
        self.components = update.components
        return self._do("update", update.title, None)

    async def resolve(self, _key: str, page: str, update: StatusUpdate) -> None:
        self.components = update.components
        return self._do("resolve", page, None)


@dataclass(frozen=True)
class Tools:
    """All that a firm uses, by purpose."""

    chat: FakeChat = field(default_factory=FakeChat)
    video: FakeVideo = field(default_factory=FakeVideo)
    tracker: FakeTracker = field(default_factory=FakeTracker)
    internal_status_page: FakeStatusPage = field(default_factory=FakeStatusPage)
    external_status_page: FakeStatusPage = field(default_factory=FakeStatusPage)

    def of(self, kind: str) -> Iterator[Tool]:
        """The tools of a kind; `everything` for all."""
        for each in fields(self):
            if kind == EVERYTHING or each.name.endswith(kind):
                yield getattr(self, each.name)


@dataclass(frozen=True)
class WithTools(WithPagers):
    """Surroundings in which each purpose is served by a tool of the test, and mail by its second pager."""

    tools: Tools = field(default_factory=Tools)
    mail: Pager = field(default_factory=Pager)

    async def serving(self, purpose: Purpose, configuration: Configuration) -> Connection:
        """The tool that serves a purpose."""
        del configuration
        found: Any = self.mail if purpose is Purpose.MAIL else getattr(self.tools, purpose)
        return cast(Connection, found)


def equipped(house: House) -> WithTools:
    """The surroundings of a house, with tools."""
    plain = house.surroundings
    return WithTools(
        plain.ledger, plain.links, plain.environment, plain.now, pagers=plain.pagers, mail=house.second
    )
