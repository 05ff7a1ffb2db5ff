"""What did somebody say to us, and what do they hear? The texts stand in ``command/`` of each language."""

from dataclasses import dataclass
from typing import Any

from incident.configuration import Configuration, Language
from incident.decisions import Via
from ledger.configurations import configuration_in_force
from tasks.incident import Matter
from tasks.surroundings import here
from templates.render import render


@dataclass(frozen=True)
class Said:
    """A line of text from somebody whose identity is settled.

    ``incident`` is the one whose room it was said in or whose button was pressed, ``page`` the page that is
    answered; a key that the text begins with counts more than both.
    """

    text: str
    person: str
    via: Via
    incident: str | None = None
    page: int | None = None


@dataclass(frozen=True)
class Reply:
    """What they hear (markdown), and whether it was done."""

    text: str
    ok: bool


def about_it(said: Said, about: Matter, name: str, *, ok: bool = True, **values: Any) -> Reply:
    """A reply about an incident, in the language of the person."""
    language = about.language_of(said.person)
    usual = {"person": said.person}
    return Reply(about.text(f"command/{name}.md", language=language, **(usual | values)), ok)


def in_general(
    configuration: Configuration, name: str, person: str = "", *, ok: bool = True, **values: Any
) -> Reply:
    """A reply about no incident, in the language of the person, else that of the organisation."""
    known = configuration.people.get(person)
    language: Language = (known.language if known else None) or configuration.organisation.language
    people = {key: each.name for key, each in configuration.people.items()}
    return Reply(render(f"command/{name}.md", language=language, people=people, person=person, **values), ok)


async def stranger(connection: str, handle: str) -> Reply:
    """For somebody who is nobody under people: what to write into incident.yaml."""
    _, configuration = await here().ledger.aread(configuration_in_force)
    return in_general(configuration, "stranger", ok=False, connection=connection, handle=handle)
