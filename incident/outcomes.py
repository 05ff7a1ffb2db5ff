"""What can become of an alert? Four outcomes, each with its reason; triage gives every alert exactly one."""

from typing import Annotated, assert_never

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import EndState
from incident.severity import Proposal


class _Outcome(BaseModel):
    model_config = ConfigDict(frozen=True)

    reason: str
    until: Annotated[
        AwareDatetime | None, Field(description="The alert is triaged again then; None: this stays.")
    ] = None
    by: Annotated[str, Field(description="What may have ended by then, such as `silence 7`.")] = ""


class Open(_Outcome):
    """Open a new incident for it."""


class Attach(_Outcome):
    """It belongs to an incident that is open."""

    incident: str
    rises: Annotated[
        Proposal | None, Field(description="The unassessed incident takes this severity from it.")
    ] = None


class Resolve(_Outcome):
    """The condition that an incident is about has ended; the incident's manager is told."""

    incident: str


class Suppress(_Outcome):
    """Nobody needs to do anything; ``end_state`` is the class of the reason."""

    end_state: EndState


Outcome = Open | Attach | Resolve | Suppress


def end_state(outcome: Outcome) -> EndState:
    """The end state that an outcome leads to."""
    match outcome:
        case Open():
            return EndState.OPENED
        case Attach():
            return EndState.ATTACHED
        case Resolve():
            return EndState.RESOLVED
        case Suppress():
            return outcome.end_state
        case _:
            assert_never(outcome)
