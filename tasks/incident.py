"""Which incident is this about? What every deed reads before it acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from blocks.catalogue import Purpose
from blocks.interfaces import Connection
from incident.configuration import Configuration, Language
from incident.story import Story
from incident.timeline import Kind
from ledger.incidents import configuration_for
from ledger.story import tell
from ledger.timeline import note
from tasks.surroundings import here
from templates.render import render


@dataclass(frozen=True)
class Matter:
    """An incident as it stands now, with the configuration it was opened with and the people of today."""

    id: int
    story: Story
    configuration: Configuration

    def key_of(self, effect: str) -> str:
        """Names an effect to providers: also unlike those of an earlier ledger that counted from one, too."""
        return f"{self.story.key}/{effect}@{self.story.opened_at:%Y%m%dT%H%M%S}"

    def text(self, name: str, *, language: Language | None = None, **values: Any) -> str:
        """A text about this incident, in its language; values may replace the usual ones."""
        usual = {
            "story": self.story,
            "incident_url": here().links.incident(self.story.key),
            "people": {key: person.name for key, person in self.configuration.people.items()},
        }
        return render(name, language=language, **(usual | values))

    def language_of(self, person: str) -> Language:
        """The language that a person reads."""
        known = self.configuration.people.get(person)
        return (known.language if known else None) or self.story.language

    async def serving(self, purpose: Purpose) -> Connection:
        """The connection that serves a purpose."""
        return await here().serving(purpose, self.configuration)


async def matter(key: str) -> Matter:
    """Read an incident."""
    return await here().ledger.aread(_read, key)


async def remember(incident_id: int, kind: Kind, text: str, *, by: str = "") -> None:
    """Add a line to the timeline."""
    await here().ledger.awrite(note, incident_id, here().now(), kind, text, by=by)


def next_update_at(about: Matter, now: datetime) -> datetime:
    """When the next message is promised."""
    return now + about.configuration.deadlines.of(about.story.severity).next_update


def _read(session: Session, key: str) -> Matter:
    incident, configuration = configuration_for(session, key)
    return Matter(id=incident.id or 0, story=tell(session, key), configuration=configuration)
