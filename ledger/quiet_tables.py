"""Which rows are kept about silences and maintenance? Nothing is deleted: what was ended early says by whom.

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from incident.decisions import Via
from incident.matching import Matcher
from incident.window import Window
from ledger.columns import Frozen, Instant, Word


def _instant(*, index: bool = False, nullable: bool = False) -> Any:
    return Column(Instant(), index=index, nullable=nullable)


def _word(of: type[StrEnum], *, nullable: bool = False) -> Any:
    return Column(Word(of), nullable=nullable)


class SilenceRow(SQLModel, table=True):
    """A silence of alerts that match, or of one incident; one that was ended early stays as a row."""

    __tablename__ = "silence"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, description="A UUID: what the Alertmanager API calls it; made once.")
    matchers: tuple[Matcher, ...] = Field(
        sa_column=Column(Frozen(tuple[Matcher, ...]), nullable=False), description="None: of the incident."
    )
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    by: str = Field(description="Its author.")
    via: Via = Field(sa_column=_word(Via))
    comment: str
    starts_at: datetime = Field(sa_column=_instant())
    ends_at: datetime = Field(
        sa_column=_instant(index=True), description="When it ceased, if it was ended early."
    )
    made_at: datetime = Field(sa_column=_instant())
    moved_at: datetime | None = Field(
        default=None, sa_column=_instant(nullable=True), description="When somebody last gave it another end."
    )
    moved_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    ended_by: str | None = None


class MaintenanceRow(SQLModel, table=True):
    """A maintenance window that somebody made at run time, once or recurring."""

    __tablename__ = "maintenance"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, description="A UUID: sent twice, it is made once.")
    window: Window = Field(sa_column=Column(Frozen(Window), nullable=False))
    by: str
    via: Via = Field(sa_column=_word(Via))
    made_at: datetime = Field(sa_column=_instant())
    over_at: datetime | None = Field(
        default=None, sa_column=_instant(index=True, nullable=True), description="None: it comes for ever."
    )
    ended_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    ended_by: str | None = None


class MaintenanceCutRow(SQLModel, table=True):
    """One time of a window, of incident.yaml too, that somebody ended early."""

    __tablename__ = "maintenance_cut"
    __table_args__ = (UniqueConstraint("window", "starts_at"),)

    id: int | None = Field(default=None, primary_key=True)
    window: str = Field(description="The name in incident.yaml, or M and the number of the row.")
    starts_at: datetime = Field(sa_column=_instant(), description="Of the time that was ended.")
    until: datetime = Field(sa_column=_instant(index=True), description="When it would have ended.")
    ended_at: datetime = Field(sa_column=_instant())
    ended_by: str
    via: Via = Field(sa_column=_word(Via))
