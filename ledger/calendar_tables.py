"""Which rows are kept about calendars? What our feeds have published, and what foreign ones last said.

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import Column, UniqueConstraint
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Field, SQLModel

from incident.foreign_calendar import Imported
from incident.publication import CalendarOf
from ledger.columns import Frozen, Instant, Word


class PublishedRow(SQLModel, table=True):
    """A shift as subscribers have been told of it; it stays as a row, so that they hear when it is off."""

    __tablename__ = "published_shift"

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    schedule: str = Field(index=True)
    person: str = Field(index=True)
    starts_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    ends_at: datetime = Field(sa_column=Column(Instant(), index=True, nullable=False))
    sequence: int = Field(default=0, description="How often it was changed.")
    cancelled: bool = False
    changed_at: datetime = Field(sa_column=Column(Instant(), nullable=False))


class ForeignCalendarRow(SQLModel, table=True):
    """A calendar of somebody else: when it was read last, what it said, and what that means here."""

    __tablename__ = "foreign_calendar"
    __table_args__ = (UniqueConstraint("whose", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    whose: CalendarOf = Field(
        sa_column=Column(Word(CalendarOf), nullable=False), description="Shifts, or a person's vacations."
    )
    name: str
    settings: str = Field(description="The digest of its settings: others are a reason to read it at once.")
    next_at: datetime | None = Field(
        default=None,
        sa_column=Column(Instant(), index=True, nullable=True),
        description="When it is read again; None: it is not in the configuration any more.",
    )
    read_at: datetime | None = Field(
        default=None, sa_column=Column(Instant(), nullable=True), description="When it was read well."
    )
    etag: str = ""
    last_modified: str = ""
    text: str = Field(default="", description="The last good one, word for word.")
    problem: str = Field(default="", description="Why the last attempt failed; empty when it did not.")
    entries: tuple[Imported, ...] = Field(
        default=(), sa_column=Column(Frozen(tuple[Imported, ...]), nullable=False)
    )
    remarks: tuple[str, ...] = Field(
        default=(),
        sa_column=Column(Frozen(tuple[str, ...]), nullable=False),
        description="What in it could not be used, and why.",
    )


WITHOUT_TEXT = defer(cast("QueryableAttribute[str]", ForeignCalendarRow.text))
"""Leaves the texts unread: they are long, and schedules are asked for with every page."""
