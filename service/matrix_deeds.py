"""What does it mean for us that somebody said, marked or pinned something in Matrix?

Commands (`!ack`) count in an incident's room and in the room of a person's pages, a sign beside a page
acknowledges it, and what is pinned or marked in an incident's room lands on its timeline. A deed that was
done is known by its event: a homeserver that did not hear our answer pushes it again.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from blocks.matrix_events import ACKNOWLEDGING, Deed, Pinned, Reacted, Spoken
from blocks.matrix_pager import MatrixPager
from incident.configuration import Configuration
from incident.decisions import Via
from incident.trust.request import Once
from ledger.paged_by import is_room_of_pages, pages_of_message
from ledger.rooms import incident_of_room
from ledger.taken import claim_once, was_taken
from service.matrix_keeping import keep
from service.matrix_listening import Listener
from service.matrix_people import person_of, with_people
from tasks.background import later
from tasks.commands import Said, obey, stranger
from tasks.surroundings import here

KEEPING = frozenset({"\N{PUSHPIN}", "\N{ROUND PUSHPIN}"})

REMEMBERED = timedelta(days=7)
"""So long a deed is known to be done; a homeserver repeats what was not answered, until it is."""

MOST_PINS = 20
"""The newest of a list of pins: the older ones were news before."""

_COMMAND = re.compile(r"!\s*[\w?]")


@dataclass(frozen=True)
class Heeding:
    """What a connection heard, in the light of a configuration."""

    listener: Listener
    configuration: Configuration

    async def heed(self, deed: Deed) -> None:
        """Do what it means, if it means anything; it is in the ledger when this returns.

        Raises:
            LedgerUnavailable: it cannot be written.
            ConnectionFailure: what was pinned cannot be read now.
        """
        if deed.sender in self.listener.ours:
            return
        match deed:
            case Spoken():
                if _COMMAND.match(deed.text):
                    await self._obey(deed)
            case Reacted():
                if deed.sign in ACKNOWLEDGING:
                    await self._acknowledge(deed)
                elif deed.sign in KEEPING:
                    await self._keep(deed.room, (deed.about,))
            case Pinned():
                await self._keep(deed.room, deed.messages)
            case _:
                assert_never(deed)

    async def _obey(self, deed: Spoken) -> None:
        """A command is about the incident of its room, or about the page that it answers."""
        ledger, pagers = here().ledger, self._pagers()
        key = await ledger.aread(incident_of_room, deed.room)
        if key is None and not await ledger.aread(is_room_of_pages, pagers, deed.room):
            return
        answered = f"{deed.room}/{deed.about}"
        pages = await ledger.aread(pages_of_message, pagers, answered) if deed.about else ()
        text = with_people(self.listener, self.configuration, deed.text)
        said = Said(text, "", Via.CHAT, incident=key, page=pages[-1] if pages else None)
        await self._say_once(deed, (said,), deed.id, deed.thread)

    async def _acknowledge(self, deed: Reacted) -> None:
        pages = await here().ledger.aread(pages_of_message, self._pagers(), f"{deed.room}/{deed.about}")
        said = tuple(Said("ack", "", Via.CHAT, page=page) for page in pages)
        await self._say_once(deed, said, deed.about)

    async def _say_once(
        self, deed: Deed, commands: Collection[Said], answered: str, thread: str = ""
    ) -> None:
        """Obey in the name of whoever it was, unless that was done; the answer follows by itself."""
        ledger, once = here().ledger, Once(deed.id, here().now() + REMEMBERED)
        source = f"matrix {self.listener.name}"
        if not commands or await ledger.aread(was_taken, source, once.key):
            return
        person = person_of(self.listener, self.configuration, deed.sender)
        if person is None:
            replies = [await stranger(self.listener.name, deed.sender)]
        else:
            replies = [await obey(replace(said, person=person)) for said in commands]
        await ledger.awrite(claim_once, source, once, here().now())
        text = "\n\n".join(reply.text for reply in replies)
        answering = self.listener.chat.reply(deed.room, deed.id, answered, text, thread)
        later(f"answering in Matrix, {self.listener.name}", answering)

    async def _keep(self, room: str, messages: Collection[str]) -> None:
        if key := await here().ledger.aread(incident_of_room, room):
            for message in tuple(messages)[-MOST_PINS:]:
                await keep(self.listener, self.configuration, key, room, message)

    def _pagers(self) -> tuple[str, ...]:
        return self.configuration.connections_of(MatrixPager.get_block_type_slug())
