"""Which handoff notes does somebody at a terminal ask for, and how do they read?"""

from datetime import datetime

from sqlmodel import Session

from incident.configuration import Configuration
from incident.errors import NotFoundError
from incident.handoff import HandoffNote
from ledger.configurations import configuration_in_force
from ledger.handoffs import draft, handoffs
from service.cli.found import found_ledger, here
from templates.render import render

Found = tuple[int | None, HandoffNote]
"""A note with its number; a draft has none."""


def notes(only: str | None, at: datetime, *, drafts: bool) -> list[Found]:
    """The note of the last change of each schedule before an instant, or what one would say then.

    Raises:
        ConfigurationError: there is no system.
        NotFoundError: no schedule is called so.
    """
    with found_ledger() as ledger:
        return ledger.read(_notes, only, at, drafts=drafts)


def as_text(number: int | None, note: HandoffNote) -> str:
    """The note as it is sent, in the language of the organisation."""
    place = here()
    with found_ledger(place) as ledger:
        configuration = ledger.read(_configuration)
    base = place.base_url
    return render(
        "handoff/body.txt",
        language=configuration.organisation.language,
        note=note,
        person="",
        people={name: person.name for name, person in configuration.people.items()},
        handoff_url=f"{base}/handoffs/{number}" if base and number else "",
        incidents_url=f"{base}/incidents/" if base else "",
    )


def _configuration(session: Session) -> Configuration:
    return configuration_in_force(session)[1]


def _notes(session: Session, only: str | None, at: datetime, *, drafts: bool) -> list[Found]:
    known = _configuration(session).schedules
    if only is not None and only not in known:
        raise NotFoundError(f"{only!r} is not under schedules:; known: {', '.join(sorted(known)) or 'none'}")
    names = [only] if only else list(known)
    if drafts:
        return [(None, draft(session, name, at)) for name in names]
    return [(row.id, row.note) for name in names for row in handoffs(session, name, at, limit=1)]
