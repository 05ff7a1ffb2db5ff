"""How is a command obeyed, whatever chat, telephone or button it came through?

`obey` finds the incident that is meant, asks `incident.authority` who may do what, and does it by the same
functions as the web page and the command line. It answers every bad input with a text, and is fast enough for
those who wait three seconds: what is done is in the ledger when it returns, and what Prefect and the room
hear of it follows in the background.
"""

from sqlmodel import Session

from incident.commands import Command, Help, Status, Unclear, incident_named, understand
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.story import Story
from ledger.configurations import configuration_in_force
from ledger.incidents import live_incidents
from ledger.involved import live_with
from ledger.pages import find_page
from ledger.story import tell
from tasks.incident import matter
from tasks.obeying import do
from tasks.permission import refusal
from tasks.speech import Reply, Said, in_general, stranger
from tasks.surroundings import here

__all__ = ["Reply", "Said", "incident_meant", "obey", "stranger", "which"]


async def obey(said: Said) -> Reply:
    """Do what a command says; every refusal and every mistake is a reply that is not ``ok``.

    Raises:
        LedgerUnavailable: nothing can be read or written at this moment.
    """
    command = understand(said.text)
    _, configuration = await here().ledger.aread(configuration_in_force)
    if said.person not in configuration.people:
        return in_general(configuration, "unknown_person", said.person, ok=False)
    match command:
        case Help():
            return in_general(configuration, "help", said.person)
        case Unclear():
            return in_general(configuration, "unclear", said.person, ok=False, **command.model_dump())
        case _:
            pass
    try:
        return await _obey(said, command)
    except AnswerError as error:
        return in_general(configuration, "problems", said.person, ok=False, problems=error.problems)
    except (NotFoundError, TransitionError) as error:
        return in_general(configuration, "impossible", said.person, ok=False, problem=str(error))


async def _obey(said: Said, command: Command) -> Reply:
    key = await here().ledger.aread(incident_meant, said)
    if key is None:
        return await which(said, asks=isinstance(command, Status))
    about = await matter(key)
    return await refusal(said, about, command) or await do(said, about, command)


def incident_meant(session: Session, said: Said) -> str | None:
    """The one that is named, else the one it was said about, else the only open one that they are on."""
    if named := incident_named(said.text) or said.incident:
        return named
    if said.page is not None:
        return find_page(session, said.page).incident.key
    theirs = live_with(session, said.person)
    return theirs[0] if len(theirs) == 1 else None


async def which(said: Said, *, asks: bool = False) -> Reply:
    """Nobody can know which one is meant: the open ones, which is what a status ``asks`` for."""
    _, configuration = await here().ledger.aread(configuration_in_force)
    stories = await here().ledger.aread(_open)
    return in_general(configuration, "open", said.person, ok=asks, stories=stories, asks=asks)


def _open(session: Session) -> tuple[Story, ...]:
    return tuple(tell(session, row.key) for row in live_incidents(session))
