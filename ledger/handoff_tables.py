"""Which rows are kept about changes of hands? The note, who was told, and what people wrote for the next.

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from incident.decisions import Via
from incident.handoff import HandoffNote
from ledger.columns import Frozen, Instant, Word


def _instant(*, index: bool = False, nullable: bool = False) -> Any:
    return Column(Instant(), index=index, nullable=nullable)


class DutyRow(SQLModel, table=True):
    """Who has the duty of a schedule, as far as it was looked at; what changed since then is noted next."""

    __tablename__ = "duty"

    schedule: str = Field(primary_key=True)
    people: tuple[str, ...] = Field(sa_column=Column(Frozen(tuple[str, ...]), nullable=False))
    since: datetime = Field(sa_column=_instant())
    until: datetime = Field(sa_column=_instant(), description="Up to here every change was noted.")


class HandoffRow(SQLModel, table=True):
    """The note of one change of hands."""

    __tablename__ = "handoff"
    __table_args__ = (UniqueConstraint("schedule", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule: str = Field(index=True)
    at: datetime = Field(sa_column=_instant(index=True))
    noted_at: datetime = Field(sa_column=_instant())
    note: HandoffNote = Field(sa_column=Column(Frozen(HandoffNote), nullable=False))


class HandoffMessageRow(SQLModel, table=True):
    """One person to be sent a note once: written with the note, claimed before it is sent."""

    __tablename__ = "handoff_message"
    __table_args__ = (UniqueConstraint("handoff_id", "person"),)

    id: int | None = Field(default=None, primary_key=True)
    handoff_id: int = Field(foreign_key="handoff.id", index=True)
    person: str
    due_at: datetime | None = Field(
        sa_column=_instant(index=True, nullable=True), description="The next try; None: it is settled."
    )
    holder: str = Field(default="", description="Who claimed it last and has not settled it.")
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    provider_id: str = ""
    problem: str = Field(default="", description="Why the last try failed.")
    uncertain: bool = Field(default=False, description="It may have been sent twice.")


class RemarkRow(SQLModel, table=True):
    """What somebody wrote for the next on a schedule; it goes into the next note."""

    __tablename__ = "handoff_remark"

    id: int | None = Field(default=None, primary_key=True)
    schedule: str = Field(index=True)
    at: datetime = Field(sa_column=_instant())
    by: str
    via: Via = Field(sa_column=Column(Word(Via), nullable=False))
    text: str
    handoff_id: int | None = Field(default=None, foreign_key="handoff.id", index=True)
