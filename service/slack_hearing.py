"""Which app of Slack's calls us, and who of `people:` is it that speaks there?

Slack waits three seconds. So the settings of an app that stand in Prefect are believed for a minute, and are
used for longer while Prefect hangs; the mail address of a member is asked for once.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from blocks.slack_app import Member, SlackApp
from blocks.slack_events import members_in, with_names
from incident.configuration import Configuration
from incident.errors import ConfigurationError, ConnectionFailure, LedgerUnavailable, NotFoundError
from incident.identity import who
from tasks.surroundings import here

BELIEVED = timedelta(minutes=1)
BELIEVED_ON = timedelta(seconds=10)
"""Settings that could not be loaded anew are used for so long before somebody waits for Prefect again."""
LOADED_WITHIN, TOLD_WITHIN = timedelta(seconds=1), timedelta(seconds=1.5)
ANSWERED_WITHIN = timedelta(seconds=2.2)
"""Slack waits three seconds, the way there and back included."""
MOST_MEMBERS = 10_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hearing:
    """A call of Slack's in the light of a configuration."""

    name: str
    app: SlackApp
    configuration: Configuration
    members: dict[str, Member] = field(default_factory=dict)

    async def person(self, user: str) -> str | None:
        """The key under people: of a member; None: nobody, or more than one."""
        if known := who(self.configuration, self.name, user):
            return known
        member = await self.member(user)
        return who(self.configuration, self.name, user, email=member.email) if member.email else None

    async def member(self, user: str) -> Member:
        """Who a member is; while Slack does not say, their id stands for their name."""
        if user in self.members:
            return self.members[user]
        try:
            async with asyncio.timeout(TOLD_WITHIN.total_seconds()):
                member = await self.app.member(user)
        except (ConnectionFailure, TimeoutError) as failure:
            logger.warning("Slack does not say who a member is: %s", failure or "it takes too long")
            return Member(name=user)
        if len(self.members) < MOST_MEMBERS:
            self.members[user] = member
        return member

    async def readable(self, text: str) -> str:
        """A text with the keys of people, or the names that they have there, for the ids of members."""
        names = {user: await self.person(user) or (await self.member(user)).name for user in members_in(text)}
        return with_names(text, names)


class SlackApps:
    """The apps that have called, and the members who have."""

    def __init__(
        self, clock: Callable[[], float] = monotonic, answered_within: timedelta = ANSWERED_WITHIN
    ) -> None:
        self._clock, self.answered_within = clock, answered_within
        self._apps: dict[str, tuple[float, SlackApp]] = {}
        self._members: dict[str, dict[str, Member]] = {}

    async def hearing(self, name: str, configuration: Configuration) -> Hearing:
        """What is needed to hear what an app says.

        Raises:
            NotFoundError: there is no such connection, or it is none to Slack.
            LedgerUnavailable: its settings cannot be read at this moment.
        """
        if name not in configuration.connections:
            raise NotFoundError(f"no connection {name!r} is under connections:")
        key = f"{name}={configuration.connections[name].model_dump_json()}"
        app = await self._app(key, name, configuration)
        return Hearing(name, app, configuration, self._members.setdefault(key, {}))

    async def _app(self, key: str, name: str, configuration: Configuration) -> SlackApp:
        until, known = self._apps.get(key, (0.0, None))
        if known and self._clock() < until:
            return known
        try:
            async with asyncio.timeout(LOADED_WITHIN.total_seconds()):
                found = await here().connected(name, configuration)
        except (ConfigurationError, ConnectionFailure, TimeoutError) as trouble:
            logger.warning("%s cannot tell us anything: %s", name, trouble or "Prefect takes too long")
            if known is None:
                raise LedgerUnavailable(f"the settings of {name} cannot be had at this moment") from None
            self._apps[key] = self._clock() + BELIEVED_ON.total_seconds(), known
            return known
        if not isinstance(found, SlackApp):
            raise NotFoundError(f"{name} is no connection to Slack")
        self._apps[key] = self._clock() + BELIEVED.total_seconds(), found
        return found
