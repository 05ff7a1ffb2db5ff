"""How are changes of schedules asked for and told at the doors? Stable fields, documented in docs/cli.md."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from incident.changes import Change, Reason
from incident.decisions import Via
from incident.errors import AnswerError
from incident.swaps import Proposal, SwapState
from ledger.overrides import Made
from ledger.rota_tables import OverrideRow, SwapRow
from ledger.swaps import Taken, offer_of
from service.configuration_words import sentence


class Said(BaseModel):
    """What somebody says with an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: Reason = ""


Wanted = TypeVar("Wanted", Change, Proposal, Said)


class OverrideState(StrEnum):
    """Where an override stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class OverrideTold(BaseModel):
    """An override as programs read it; `override` has the words of incident.yaml."""

    model_config = ConfigDict(frozen=True)

    id: int
    schedule: str
    state: OverrideState
    override: dict[str, Any]
    start: AwareDatetime
    end: AwareDatetime = Field(description="When it ends, or ended because it was withdrawn.")
    by: str
    via: Via
    reason: str
    made_at: AwareDatetime
    withdrawn_at: AwareDatetime | None
    withdrawn_by: str | None
    withdrawn_because: str
    warnings: tuple[str, ...] = Field(default=(), description="Told to whoever makes it, and not kept.")


class SwapTold(BaseModel):
    """An offered shift as programs read it."""

    model_config = ConfigDict(frozen=True)

    id: int
    schedule: str
    state: SwapState
    person: str
    to: str | None = Field(description="Who is asked; null: anybody.")
    start: AwareDatetime
    end: AwareDatetime
    reason: str
    via: Via
    offered_at: AwareDatetime
    expires_at: AwareDatetime
    answered_at: AwareDatetime | None
    answered_by: str | None
    answered_via: Via | None
    answer: str
    override: int | None = Field(description="The id of the override that came of it.")
    warnings: tuple[str, ...] = ()


def read_wish(kind: type[Wanted], values: Mapping[str, Any]) -> Wanted:
    """A change or a proposal from plain values.

    Raises:
        AnswerError: it cannot be read; its problems name the field and what to write instead.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise AnswerError([_problem(dict(each)) for each in found]) from None


def override_told(made: Made, now: datetime) -> OverrideTold:
    """An override that was just made, with its warnings."""
    return tell_override(made.row, now).model_copy(update={"warnings": made.warnings})


def tell_override(row: OverrideRow, now: datetime) -> OverrideTold:
    """An override and where it stands."""
    return OverrideTold(
        **row.model_dump(include={"schedule", "by", "via", "reason", "made_at"}),
        **row.model_dump(include={"withdrawn_at", "withdrawn_by", "withdrawn_because"}),
        id=row.id or 0,
        state=_state(row, now),
        override=row.override.model_dump(mode="json", by_alias=True),
        start=row.starts_at,
        end=row.ends_at,
    )


def swap_told(taken: Taken, now: datetime) -> SwapTold:
    """An offer that was just taken, with its warnings."""
    return tell_swap(taken.row, now).model_copy(update={"warnings": taken.warnings})


def tell_swap(row: SwapRow, now: datetime) -> SwapTold:
    """An offer and where it stands."""
    return SwapTold(
        **row.model_dump(include={"schedule", "person", "to", "reason", "via", "offered_at", "expires_at"}),
        **row.model_dump(include={"answered_at", "answered_by", "answered_via", "answer"}),
        id=row.id or 0,
        state=offer_of(row).state_at(now),
        start=row.starts_at,
        end=row.ends_at,
        override=row.override_id,
    )


def _state(row: OverrideRow, now: datetime) -> OverrideState:
    if row.withdrawn_at is not None:
        return OverrideState.WITHDRAWN
    if row.ends_at <= now:
        return OverrideState.ENDED
    return OverrideState.PLANNED if row.starts_at > now else OverrideState.ACTIVE


def _problem(error: dict[str, Any]) -> str:
    """A problem in the words of incident.yaml; the name of the kind is no key that anybody wrote."""
    place = tuple(each for each in error["loc"] if each not in _KINDS)
    words = sentence(error, ("schedules", "this", "overrides", 0, *place[1:]))
    dotted = ".".join(map(str, place))
    return f"{dotted}: {words}" if dotted else words


_KINDS = frozenset({"cover", "replace", "add", "remove", "fixed", "like"})
