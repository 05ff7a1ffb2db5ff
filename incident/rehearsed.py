"""What does a rehearsal tell? One entry for each thing that would happen, with its reasons."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Happening(StrEnum):
    """What happens in a rehearsal."""

    PAGED = "paged"
    SKIPPED = "skipped"
    PASSED_OVER = "passed over"
    WAITS = "waits"
    HANDED_OVER = "handed over"
    UNREACHED = "unreached"
    REOPENED = "paging again"


class Entry(BaseModel):
    """One thing that would happen: somebody is paged by one method, or a level is left, and why."""

    model_config = ConfigDict(frozen=True, ser_json_timedelta="float")

    at: AwareDatetime
    elapsed: Annotated[timedelta, Field(description="Since the beginning; in JSON as seconds.")]
    what: Happening
    policy: str
    level: Annotated[int | None, Field(description="From 1; 0 is the fallback; None: of the policy.")] = None
    round: Annotated[int | None, Field(description="From 1.")] = None
    person: str = ""
    method: str = ""
    rule: Annotated[str, Field(description="The rule of the policy that does it.")]
    because: Annotated[str, Field(description="Why this person.")] = ""
    method_rule: Annotated[str, Field(description="The personal rule that asks for the method.")] = ""


class Ahead(BaseModel):
    """What comes next for an escalation that goes on, if nobody answers."""

    model_config = ConfigDict(frozen=True)

    purpose: str
    entries: tuple[Entry, ...]

    @property
    def next_level(self) -> tuple[Entry, ...]:
        """The first pages: those of one level at one time."""
        pages = [entry for entry in self.entries if entry.what is Happening.PAGED]
        return tuple(each for each in pages if (each.at, each.level) == (pages[0].at, pages[0].level))
