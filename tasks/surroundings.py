"""Where does this process work? The ledger, the addresses, the secrets and the clock, from the environment.

Everything below flows and doors takes the time and the ledger from here, so that a test can put others in
place.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from blocks.catalogue import DEFAULTS, Purpose, connect, contacted, resolve, serving
from blocks.interfaces import Connection
from incident.configuration import Configuration
from incident.configuration import Connection as Settings
from incident.errors import ConfigurationError, ConnectionFailure, RetryLater
from ledger.engine import Ledger
from tasks.links import Links

LEDGER_URL, BASE_URL, SIGNING_KEY = "INCIDENT_LEDGER_URL", "INCIDENT_BASE_URL", "INCIDENT_SIGNING_KEY"

LOADED_WITHIN = timedelta(seconds=3)
"""A page cannot wait for a Prefect that hangs: then the block that was loaded last is used."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Surroundings:
    """What a deed needs to know of the place where it happens."""

    ledger: Ledger
    links: Links
    environment: Mapping[str, str]
    now: Callable[[], datetime] = utc_now
    _connections: dict[str, Connection] = field(default_factory=dict)

    async def serving(self, purpose: Purpose, configuration: Configuration) -> Connection:
        """The connection that serves a purpose."""
        name, settings = serving(purpose, configuration)
        return await self._connection(name, settings)

    def built_in(self, purpose: Purpose) -> Connection:
        """The connection that serves a purpose without any account, and without a call to anybody."""
        return connect(f"built-in {purpose}", DEFAULTS[purpose], self.environment, self.links.base_url)

    async def contacted(self, via: str, configuration: Configuration) -> Connection:
        """The connection that a contact names."""
        return await self._connection(via, contacted(via, configuration))

    async def connected(self, name: str, configuration: Configuration) -> Connection:
        """The connection of this name."""
        if name not in configuration.connections:
            raise ConfigurationError([f"{name}: is not under connections:"])
        return await self._connection(name, configuration.connections[name])

    async def _connection(self, name: str, settings: Settings) -> Connection:
        """The block, freshly loaded; while Prefect does not answer, the one that was loaded last."""
        key = f"{name}={settings.model_dump_json()}"
        try:
            async with asyncio.timeout(LOADED_WITHIN.total_seconds()):
                block = await resolve(name, settings, self.environment, self.links.base_url)
            self._connections[key] = block
        except (ConnectionFailure, TimeoutError):
            if key not in self._connections:
                raise RetryLater(f"{name}: Prefect, which has its settings, does not answer") from None
        return self._connections[key]


@lru_cache(maxsize=1)
def _from_environment() -> Surroundings:
    missing = [name for name in (LEDGER_URL, BASE_URL, SIGNING_KEY) if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(
            [f"{name} is not set; `incident up` sets it, docs/operations.md says how" for name in missing]
        )
    links = Links(base_url=os.environ[BASE_URL].rstrip("/"), key=os.environ[SIGNING_KEY])
    return Surroundings(ledger=Ledger(os.environ[LEDGER_URL]), links=links, environment=os.environ)


_put_in_place: ContextVar[Surroundings | None] = ContextVar("surroundings", default=None)


def here() -> Surroundings:
    """The surroundings of this process, or those that `within` put in place."""
    return _put_in_place.get() or _from_environment()


@contextmanager
def within(surroundings: Surroundings) -> Iterator[Surroundings]:
    """Work in other surroundings for a while."""
    token = _put_in_place.set(surroundings)
    try:
        yield surroundings
    finally:
        _put_in_place.reset(token)
