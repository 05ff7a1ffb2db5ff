"""Which rows are kept about schedules? Their versions, and what people changed about them.

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from incident.decisions import Via
from incident.notices import Notice
from incident.schedule import Override, Schedule
from incident.swaps import SwapState
from ledger.columns import Frozen, Instant, Word


def _instant(*, index: bool = False, nullable: bool = False) -> Any:
    return Column(Instant(), index=index, nullable=nullable)


def _word(of: type[StrEnum], *, nullable: bool = False) -> Any:
    return Column(Word(of), nullable=nullable)


class ScheduleVersionRow(SQLModel, table=True):
    """A schedule as it was written in a configuration, from when until when it holds."""

    __tablename__ = "schedule_version"

    id: int | None = Field(default=None, primary_key=True)
    schedule: str = Field(index=True)
    configuration_version: int = Field(foreign_key="configuration.version")
    since: datetime | None = Field(
        default=None, sa_column=_instant(nullable=True), description="None: the first text of this name."
    )
    until: datetime | None = Field(default=None, sa_column=_instant(index=True, nullable=True))
    written: str = Field(description="The digest of what stands in the configuration.")
    digest: str = Field(index=True, description="The digest of the document.")
    document: Schedule = Field(
        sa_column=Column(Frozen(Schedule), nullable=False),
        description="As written, its rotations turned so that whoever was on call stayed.",
    )


class OverrideRow(SQLModel, table=True):
    """What somebody changed about a schedule for a time; a withdrawn one stays as a row."""

    __tablename__ = "schedule_override"

    id: int | None = Field(default=None, primary_key=True)
    schedule: str = Field(index=True)
    override: Override = Field(
        sa_column=Column(Frozen(Override), nullable=False), description="As it was made."
    )
    starts_at: datetime = Field(sa_column=_instant())
    ends_at: datetime = Field(
        sa_column=_instant(index=True), description="When it ceased, if it was withdrawn."
    )
    made_at: datetime = Field(sa_column=_instant())
    by: str
    via: Via = Field(sa_column=_word(Via))
    reason: str
    withdrawn_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    withdrawn_by: str | None = None
    withdrawn_because: str = ""


class SwapRow(SQLModel, table=True):
    """A shift that somebody offers; the first one who takes it stands in."""

    __tablename__ = "swap"

    id: int | None = Field(default=None, primary_key=True)
    schedule: str = Field(index=True)
    person: str = Field(description="Whose shift it is.")
    to: str | None = Field(default=None, description="Who is asked; None: anybody.")
    starts_at: datetime = Field(sa_column=_instant())
    ends_at: datetime = Field(sa_column=_instant(index=True))
    reason: str
    offered_at: datetime = Field(sa_column=_instant())
    via: Via = Field(sa_column=_word(Via))
    expires_at: datetime = Field(sa_column=_instant())
    state: SwapState = Field(sa_column=_word(SwapState))
    answered_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    answered_by: str | None = None
    answered_via: Via | None = Field(default=None, sa_column=_word(Via, nullable=True))
    answer: str = Field(default="", description="What was said with the answer.")
    override_id: int | None = Field(default=None, foreign_key="schedule_override.id")


class NoticeRow(SQLModel, table=True):
    """One person to be told once about a change of schedules: written with the change, sent after it."""

    __tablename__ = "notice"

    id: int | None = Field(default=None, primary_key=True)
    person: str
    notice: Notice = Field(sa_column=Column(Frozen(Notice), nullable=False))
    made_at: datetime = Field(sa_column=_instant())
    due_at: datetime | None = Field(
        sa_column=_instant(index=True, nullable=True), description="The next try; None: it is settled."
    )
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    provider_id: str = ""
    problem: str = Field(default="", description="Why the last try failed.")
