"""What keeps people from being woken for a while? A silence or a maintenance, and the reason in words."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import EndState


class QuietKind(StrEnum):
    """Which of the two it is."""

    SILENCE = "silence"
    MAINTENANCE = "maintenance"


class Quiet(BaseModel):
    """One that applies to an alert now; it says when it ends, so that somebody looks again then."""

    model_config = ConfigDict(frozen=True)

    kind: QuietKind
    name: Annotated[str, Field(description="The number of a silence, the name of a maintenance.")]
    until: AwareDatetime
    comment: str
    by: Annotated[str, Field(description="Who made it; empty for those in incident.yaml.")] = ""

    @property
    def label(self) -> str:
        """What it is called in reasons and rows, such as `silence 7`."""
        return f"{self.kind} {self.name}"

    @property
    def words(self) -> str:
        """What it is, whose, and what for."""
        return f"{self.label}{self._whose} ({self.comment})"

    @property
    def reason(self) -> str:
        """Why nobody is woken, and until when."""
        return f"{self.label}{self._whose} lasts until {self.until:%a %d %b %H:%M UTC}: {self.comment}"

    @property
    def _whose(self) -> str:
        return f" of {self.by}" if self.by else ""

    @property
    def end_state(self) -> EndState:
        """What becomes of an alert that it applies to."""
        return EndState.SILENCED if self.kind is QuietKind.SILENCE else EndState.IN_MAINTENANCE


def longest(found: Iterable[Quiet]) -> Quiet | None:
    """Of several the one that ends last, so that an alert is not looked at more often than needed."""
    return max(found, key=lambda quiet: quiet.until, default=None)
