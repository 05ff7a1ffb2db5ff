"""What came in lately, and what became of it? The read model of the list of alerts and deliveries."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import Alert, AlertStatus, EndState

REJECTED, WAITING = "rejected", "waiting"
"""Of a delivery that was not understood, and of an alert that is not triaged yet."""


_PLACE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
"""Numbers that every database knows."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Place(_Value):
    """Where in the list something stands: by its delivery, then by the alert in it; the newest come first."""

    delivery: int
    alert: int = 0

    def __str__(self) -> str:
        """As it stands in an address: `17` or `17-4`."""
        return f"{self.delivery}-{self.alert}" if self.alert else str(self.delivery)

    @classmethod
    def read(cls, written: str) -> "Place | None":
        """A place from an address; None: it is none."""
        found = _PLACE.fullmatch(written)
        return cls(delivery=int(found[1]), alert=int(found[2] or 0)) if found else None


class Asked(_Value):
    """Which of them are asked for; empty: all."""

    source: str = ""
    state: Annotated[str, Field(description="An end state, or rejected, or waiting.")] = ""
    service: str = ""
    text: Annotated[
        str, Field(description="In title, fingerprint, service or labels; or in the problem.")
    ] = ""
    since: AwareDatetime | None = None


class Came(_Value):
    """An alert and what became of it; or a delivery without any, mostly because it was rejected."""

    place: Place
    source: str
    received_at: AwareDatetime
    fingerprint: str = ""
    status: AlertStatus | None = None
    service: str | None = None
    end_state: EndState | None = None
    reason: Annotated[str, Field(description="Why; of a rejected delivery, what is wrong with it.")] = ""
    incident: str | None = None
    alert: Annotated[Alert | None, Field(description="None: the delivery has no alert.")] = None

    @property
    def state(self) -> str:
        """What became of it, in a word."""
        if self.alert is None:
            return REJECTED if self.reason else ""
        return self.end_state or WAITING


class Line(_Value):
    """A line of the list: the newest of those that say the same, and how many there are."""

    came: Came
    count: int = 1
    since: Annotated[AwareDatetime, Field(description="When the oldest of them came.")]


class Incoming(_Value):
    """A page of the list."""

    lines: tuple[Line, ...]
    older: Annotated[Place | None, Field(description="Where the next page begins; None: this is the last.")]


def fold(found: Sequence[Came], at_most: int, *, repeats: bool) -> tuple[tuple[Line, ...], int]:
    """The lines of a page, and of how many alerts they tell.

    Without `repeats` those of one condition that say the same, with the same outcome, are one line.
    """
    lines: dict[object, Line] = {}
    for number, came in enumerate(found):
        says = (came.source, came.fingerprint, came.status, came.end_state, came.incident)
        key = says if came.alert and not repeats else came.place
        if key in lines:
            known = lines[key]
            lines[key] = known.model_copy(update={"count": known.count + 1, "since": came.received_at})
        elif len(lines) == at_most:
            return tuple(lines.values()), number
        else:
            lines[key] = Line(came=came, since=came.received_at)
    return tuple(lines.values()), len(found)


def newest_first(*lists: Iterable[Came]) -> list[Came]:
    """Several lists as one."""
    everything = [came for each in lists for came in each]
    return sorted(everything, key=lambda came: (came.place.delivery, came.place.alert), reverse=True)
