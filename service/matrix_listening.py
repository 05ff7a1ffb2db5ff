"""Which connection does a homeserver speak to? The one whose `hs_token` it sends."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from starlette.exceptions import HTTPException

from blocks.matrix import MatrixChat
from incident.errors import ConfidenceError, ConfigurationError, RetryLater
from incident.trust.tokens import is_one_of
from service.in_force import in_force_soon
from tasks.surroundings import Surroundings

BELIEVED = timedelta(seconds=5)
"""So long what was read counts: a homeserver may push many times a second."""


@dataclass(frozen=True)
class Listener:
    """A connection that hears what is said in Matrix; ``ours`` are the users who speak for it."""

    name: str
    chat: MatrixChat
    ours: frozenset[str] = frozenset()


@dataclass
class Listeners:
    """The connections that have a token for a homeserver, as they were read last."""

    clock: Callable[[], float] = monotonic
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A homeserver that lost patience pushes again while we are still at it: one after the other."""

    _known: tuple[Listener, ...] = ()
    _ours: dict[str, frozenset[str]] = field(default_factory=dict)
    _until: float = 0.0

    async def with_token(self, place: Surroundings, token: str) -> Listener:
        """The connection with this token.

        Raises:
            ConfidenceError: no token was sent.
            HTTPException: 403, no connection has it.
            ConnectionFailure, ConfigurationError: a connection that may have it cannot be read.
        """
        if not token:
            raise ConfidenceError("send 'Authorization: Bearer <the hs_token of the registration>'")
        trouble = await self._read(place) if self.clock() >= self._until else None
        found = _having(token, self._known)
        if found is None:
            raise trouble or HTTPException(403)
        if found.name not in self._ours:
            self._ours[found.name] = await found.chat.ourselves()
        return Listener(found.name, found.chat, self._ours[found.name])

    async def _read(self, place: Surroundings) -> RetryLater | ConfigurationError | None:
        """Read them again; returns why one of them could not be read."""
        configuration = await in_force_soon(place)
        trouble: RetryLater | ConfigurationError | None = None
        known = []
        for name in configuration.connections_of(MatrixChat.get_block_type_slug()):
            try:
                block = await place.connected(name, configuration)
            except (RetryLater, ConfigurationError) as problem:
                trouble = problem
            else:
                known += [Listener(name, block)] if isinstance(block, MatrixChat) else []
        self._known, self._ours = tuple(known), {}
        self._until = self.clock() + BELIEVED.total_seconds() if trouble is None else 0.0
        return trouble


def _having(token: str, known: tuple[Listener, ...]) -> Listener | None:
    """The first that has this token; each is compared, in a time that tells nothing."""
    secrets = [(each, each.chat.hs_token) for each in known]
    same = [each for each, secret in secrets if secret and is_one_of(token, (secret.get_secret_value(),))]
    return same[0] if same else None
