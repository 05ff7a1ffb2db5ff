"""How are silences and maintenance asked for and told at the doors? Stable fields, see docs/silences.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from incident.decisions import Via
from incident.errors import AnswerError
from incident.maintenance import Maintenance
from incident.restriction import Interval
from incident.silences import NewSilence, SilenceState
from incident.window import Window
from ledger.quiet import as_silence
from ledger.quiet_tables import MaintenanceRow, SilenceRow
from service.configuration_words import sentence


class SilenceTold(BaseModel):
    """A silence as programs read it."""

    model_config = ConfigDict(frozen=True)

    id: int
    key: str = Field(description="The UUID that the Alertmanager API knows it by.")
    state: SilenceState
    matchers: list[str]
    incident: str | None = Field(description="The incident whose paging it holds back; then no matchers.")
    start: AwareDatetime
    end: AwareDatetime = Field(description="When it ends, or ended because somebody ended it.")
    by: str
    via: Via
    comment: str
    made_at: AwareDatetime
    moved_at: AwareDatetime | None = Field(description="When somebody last gave it another end.")
    moved_by: str | None
    ended_at: AwareDatetime | None = Field(description="When somebody ended it early.")
    ended_by: str | None


class MaintenanceState(StrEnum):
    """Where a maintenance stands."""

    ACTIVE = "active"
    COMING = "coming"
    OVER = "over"


class Span(BaseModel):
    """One time of a window."""

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    end: AwareDatetime


class MaintenanceTold(BaseModel):
    """A maintenance as programs read it; `window` has the words of incident.yaml."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: MaintenanceState
    comment: str
    window: dict[str, Any]
    now: Span | None = Field(description="The time of it that is now.")
    next: Span | None = Field(description="The next one, within a year.")
    in_file: bool = Field(description="It stands in incident.yaml, and can only be changed there.")
    by: str
    made_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    ended_by: str | None


class NewMaintenance(BaseModel):
    """A window that somebody asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: Window
    key: UUID | None = Field(default=None, description="The same again makes no second one.")


class NewEnd(BaseModel):
    """Another end of a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    end: AwareDatetime


Wanted = TypeVar("Wanted", NewSilence, NewMaintenance, NewEnd)


def read_wanted(kind: type[Wanted], values: Mapping[str, Any]) -> Wanted:
    """What somebody asks for, from plain values.

    Raises:
        AnswerError: it cannot be read; its problems name the field and what to write instead.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise AnswerError([_problem(dict(each)) for each in found]) from None


def tell_silence(row: SilenceRow, incident: str | None, now: datetime) -> SilenceTold:
    """A silence and where it stands."""
    kept = row.model_dump(include={"key", "by", "via", "comment", "made_at", "moved_at", "moved_by"})
    return SilenceTold(
        **kept,
        id=row.id or 0,
        state=as_silence(row).state(now),
        matchers=[str(matcher) for matcher in row.matchers],
        incident=incident,
        start=row.starts_at,
        end=row.ends_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def tell_silences(found: Sequence[tuple[SilenceRow, str | None]], now: datetime) -> list[SilenceTold]:
    """Silences as a list of them was read."""
    return [tell_silence(row, incident, now) for row, incident in found]


def tell_maintenance(each: Maintenance, row: MaintenanceRow | None, now: datetime) -> MaintenanceTold:
    """A maintenance and where it stands; without a row it is one of incident.yaml."""
    time, coming = each.time_at(now), each.coming(now)
    state = MaintenanceState.COMING if coming else MaintenanceState.OVER
    return MaintenanceTold(
        name=each.name,
        state=MaintenanceState.ACTIVE if time else state,
        comment=each.window.comment,
        window=each.window.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        now=_span(time),
        next=_span(coming),
        in_file=row is None,
        by=each.by,
        made_at=row.made_at if row else None,
        ended_at=row.ended_at if row else None,
        ended_by=row.ended_by if row else None,
    )


def _span(time: Interval | None) -> Span | None:
    return Span(start=time[0], end=time[1]) if time else None


def _problem(error: dict[str, Any]) -> str:
    """A problem in the words of incident.yaml, with its place in what was sent."""
    place = tuple(each for each in error["loc"] if each != "window")
    if error["type"] == "extra_forbidden":
        return f"{place[-1]}: there is no such field; docs/silences.md names them"
    dotted = ".".join(map(str, place))
    words = sentence(error, ("maintenance", "this", *place))
    return f"{dotted}: {words}" if dotted else words
