"""What is set up around an incident, and how does each thing stand?

A resource has the name of the outside effect that makes it: `room`, `call`, `ticket`, `topic/opened`,
`invite/bob`, `status-page/internal`.
"""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict


class ResourceState(StrEnum):
    """How a resource stands."""

    THERE = "there"
    COMING = "coming"
    MISSING = "missing"
    REFUSED = "refused"


class Resource(BaseModel):
    """A thing that the incident should have: `missing` is tried again at `next_at`, `refused` when asked."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: ResourceState
    problem: str = ""
    missing_since: AwareDatetime | None = None
    tries: int = 0
    next_at: AwareDatetime | None = None
    stand_in: bool = False

    @property
    def kind(self) -> str:
        """What sort of thing it is: the first part of its name."""
        return self.name.partition("/")[0]

    @property
    def detail(self) -> str:
        """Which one of its sort: the rest of its name."""
        return self.name.partition("/")[2]


class Owed(BaseModel):
    """What did not work: since when, how often, and when it is tried again; None: not by itself."""

    model_config = ConfigDict(frozen=True)

    problem: str
    since: AwareDatetime
    tries: int
    due_at: AwareDatetime | None


_WORDS = {
    "invite/": "inviting {}",
    "status/": "the status of {}",
    "status-back/": "putting back the status of {}",
    "say/": "announcing the incident in its room",
    "pin/": "pinning the announcement",
    "topic/": "the topic",
    "status-page/internal": "the internal status page",
    "status-page/external": "the external status page",
    "ticket/link/": "the link to the {} on the ticket",
    "ticket/": "bringing the ticket to {}",
    "call/end": "ending the call",
    "archive": "archiving the room",
}


def described(name: str) -> str:
    """A resource in the words of the timeline."""
    prefix = next((prefix for prefix in _WORDS if name.startswith(prefix)), None)
    return _WORDS[prefix].format(name.removeprefix(prefix)) if prefix else f"the {name}"
