"""How does a person at a terminal have repaired what is missing around an incident?

By the watchdog, which has the secrets: the ledger says that all of it is due now, and the command waits until
each thing was tried.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incident.resources import Resource, ResourceState, described
from ledger.engine import Ledger
from ledger.repairs import ask_for_repair, tried_since
from ledger.story import tell
from service.cli.app import printable

PATIENCE = timedelta(seconds=60)
LOOK_EVERY_SECONDS = 0.5


class Outcome(BaseModel):
    """What was missing, and what became of it."""

    model_config = ConfigDict(frozen=True)

    resource: str
    was: str
    missing_since: AwareDatetime
    state: ResourceState
    problem: str = ""
    next_at: AwareDatetime | None = None
    url: str = ""
    tried: bool = True

    @property
    def sentence(self) -> str:
        """For a person."""
        what = described(self.resource)
        match self.state:
            case ResourceState.THERE:
                return f"{what}: works now{f', {self.url}' if self.url else ''}"
            case _ if not self.tried:
                return f"{what}: not tried yet; is `incident up` running?"
            case ResourceState.REFUSED:
                return f"{what}: refused: {self.problem}"
            case _:
                again = f"; tried again at {self.next_at:%H:%M:%S} UTC" if self.next_at else ""
                return f"{what}: does not work: {self.problem}{again}"


def repair(
    ledger: Ledger,
    key: str,
    now: Callable[[], datetime],
    *,
    patience: timedelta = PATIENCE,
    wait: Callable[[float], None] = time.sleep,
) -> tuple[Outcome, ...]:
    """Have everything tried that is missing; returns what became of it, empty if nothing is.

    Raises:
        NotFoundError: there is no such incident.
    """
    asked = now()
    missing = ledger.write(ask_for_repair, key, asked)
    while not ledger.read(tried_since, key, missing, asked) and now() - asked < patience:
        wait(LOOK_EVERY_SECONDS)
    story = ledger.read(tell, key)
    standing = {each.name: each for each in story.resources}
    urls = {each.name: each.url for each in story.links}
    return tuple(
        _outcome(name, owed.problem, owed.since, standing.get(name), urls.get(name, ""), asked)
        for name, owed in missing.items()
    )


def sentences(key: str, outcomes: Iterable[Outcome]) -> list[str]:
    """What the command prints."""
    return [printable(each.sentence) for each in outcomes] or [f"{key} lacks nothing"]


def _outcome(
    name: str, was: str, since: datetime, resource: Resource | None, url: str, asked: datetime
) -> Outcome:
    """A thing that is not shown any more is there, or of no use any more."""
    known = {"resource": name, "was": was, "missing_since": since}
    if resource is None or resource.state is ResourceState.THERE:
        return Outcome(**known, state=ResourceState.THERE, url=url)
    return Outcome(
        **known,
        state=resource.state,
        problem=resource.problem,
        next_at=resource.next_at,
        tried=resource.next_at is None or resource.next_at > asked,
    )
