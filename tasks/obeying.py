"""What does each command do to an incident? Which deed it is; the deeds are those of all doors."""

from typing import assert_never

from incident.commands import (
    Acknowledge,
    Command,
    Experiment,
    GiveRole,
    Help,
    Note,
    Observe,
    PageTeam,
    PassOn,
    Resolve,
    SetSeverity,
    Status,
    Theory,
    Unclear,
    Update,
)
from tasks.deciding import decide
from tasks.incident import Matter
from tasks.speech import Reply, Said, about_it
from tasks.taking import take
from tasks.writing_down import write_down


async def do(said: Said, about: Matter, command: Command) -> Reply:
    """Do it; whoever says it may.

    Raises:
        AnswerError: the words cannot be acted on.
        NotFoundError: somebody or something that is named is not known.
        TransitionError: the incident is over, or pages nobody.
    """
    match command:
        case Acknowledge() | PassOn() | PageTeam():
            return await take(said, about, command)
        case SetSeverity() | GiveRole() | Update() | Resolve():
            return await decide(said, about, command)
        case Observe() | Theory() | Experiment() | Note():
            return await write_down(said, about, command)
        case Status():
            return about_it(said, about, "status")
        case Help() | Unclear():
            raise AssertionError("what is about no incident is answered before")
        case _:
            assert_never(command)
