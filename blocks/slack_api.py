"""What does Slack's Web API answer? HTTP 200 for nearly everything; the body's `ok` and `error` decide.

Source: Slack's Web API documentation, "Evaluating responses" and the error tables of each method. Error codes
are words of Slack's own, never a text of ours or a secret, so that they may be shown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from blocks.exchange import READING, Exchange
from blocks.failures import Fate, failure, unreadable
from blocks.interfaces import Repeat

M = TypeVar("M", bound=BaseModel)

ADDRESS = "https://slack.com/api/"

_LATER = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})
_LOST = frozenset({"internal_error", "fatal_error", "request_timeout"})


class Said(BaseModel):
    """An answer: `ok`, or the code of what is wrong, and whatever the method returns."""

    model_config = ConfigDict(extra="allow")

    ok: bool
    error: str = ""

    def __getitem__(self, name: str) -> Any:
        return (self.model_extra or {}).get(name)

    def read_as(self, model: type[M]) -> M:
        """What the method returns, of this shape; else UnknownOutcome."""
        try:
            return model.model_validate(self.model_extra)
        except ValidationError:
            raise unreadable("it is not what was expected") from None

    def text(self, *names: str) -> str:
        """The text under these names, one within the other; else UnknownOutcome, because it did happen."""
        value: Any = self.model_extra
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, str):
            raise unreadable(f"it has no {'.'.join(names)}")
        return value


@dataclass(frozen=True)
class Slack:
    """An exchange with Slack."""

    exchange: Exchange

    async def read(self, name: str, **asked: Any) -> Said:
        """Ask without changing anything."""
        return await self._call("GET", name, params={key: str(value) for key, value in asked.items()})

    async def do(self, name: str, told: Mapping[str, Any], fine: Collection[str] = ()) -> Said:
        """Change something; error codes that are ``fine`` say that it was so already."""
        return await self._call("POST", name, fine=fine, json=dict(told))

    async def fill_in(self, name: str, told: Mapping[str, str]) -> Said:
        """Change something by a method that takes forms only."""
        return await self._call("POST", name, form=told)

    async def _call(self, method: str, name: str, fine: Collection[str] = (), **content: Any) -> Said:
        said = (await self.exchange.send(method, ADDRESS + name, **content)).read_as(Said)
        if said.ok or said.error in fine:
            return said
        repeat = Repeat.SAFE if method in READING else self.exchange.repeat
        raise failure(_fate(said.error), f"Slack answers {said.error[:60] or 'no reason'} to {name}", repeat)


def _fate(error: str) -> Fate:
    if error in _LATER:
        return Fate.NOT_DONE
    return Fate.LOST if error in _LOST else Fate.REFUSED
