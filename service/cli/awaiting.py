"""How does it stand with those who must call, and which address do they call?"""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlmodel import Session

from incident.duration import write_duration
from incident.errors import NotFoundError
from incident.heartbeat import Trouble
from ledger.awaited_calls import awaited_calls
from ledger.call_tables import AwaitedCallRow
from ledger.configurations import configuration_in_force
from service.cli.found import found_ledger, here
from service.cli.signing import signed_links
from templates.heartbeats import Awaited, Standing


class Line(BaseModel):
    """One of them; durations are in seconds, ``trouble`` is set while an alert fires."""

    model_config = ConfigDict(frozen=True)

    name: str
    standing: Standing
    trouble: Trouble | None
    since: AwareDatetime | None
    every: float
    grace: float
    called_at: AwareDatetime | None
    next_by: AwareDatetime | None

    def __str__(self) -> str:
        every = write_duration(timedelta(seconds=self.every))
        last = f"called {_written(self.called_at)}" if self.called_at else "never called"
        then = f", missed from {_written(self.next_by)}" if self.next_by else ""
        trouble = f" ({self.trouble.replace('_', ' ')})" if self.trouble else ""
        return f"{self.name}: {self.standing}{trouble}; every {every}, {last}{then}"


def lines(session: Session, now: datetime) -> list[Line]:
    """All of them, by name."""
    return [_line(row, now) for row in awaited_calls(session)]


def address_of(name: str) -> str:
    """The address to call; a heartbeat with a token: of its own is called with that as a bearer token.

    Raises:
        NotFoundError: nobody of this name is awaited.
        ConfigurationError: the key or the address of the system is not known here.
    """
    with found_ledger() as ledger:
        known = ledger.read(configuration_in_force)[1].heartbeats
    if name not in known:
        raise NotFoundError(f"no heartbeat {name!r}; known: {', '.join(sorted(known)) or 'none'}")
    if variable := known[name].token:
        return f"{here().base_url.rstrip('/')}/heartbeats/{name}/<the value of {variable.env}>"
    return signed_links(here()).heartbeat(name)


def _line(row: AwaitedCallRow, now: datetime) -> Line:
    watch, beat = row.watch, row.heartbeat
    return Line(
        name=row.name,
        standing=Awaited(row.name, beat, watch).standing(now),
        trouble=watch.trouble,
        since=watch.since,
        every=beat.every.total_seconds(),
        grace=beat.grace.total_seconds(),
        called_at=watch.called_at,
        next_by=watch.due_at,
    )


def _written(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M UTC}" if at else ""
