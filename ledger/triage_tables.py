"""Which rows does triage remember by? One per condition, per cause that fires, per alert that is counted.

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incident.alert import AlertStatus
from ledger.columns import Frozen, Instant, Word


def _instant(*, nullable: bool = False) -> Any:
    return Column(Instant(), nullable=nullable)


def _status(*, nullable: bool = False) -> Any:
    return Column(Word(AlertStatus), nullable=nullable)


class ConditionRow(SQLModel, table=True):
    """What a source and a fingerprint are about, as the last alert left it (`incident.condition`)."""

    __tablename__ = "condition"
    __table_args__ = (
        UniqueConstraint("source", "fingerprint"),
        Index("ix_condition_incident", "incident_id", "status", "service"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str
    fingerprint: str
    service: str
    status: AlertStatus = Field(sa_column=_status())
    starts_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    told: AlertStatus | None = Field(default=None, sa_column=_status(nullable=True))
    changes: tuple[datetime, ...] = Field(
        default=(), sa_column=Column(Frozen(tuple[AwareDatetime, ...]), nullable=False)
    )
    flapping: bool = False
    incident_id: int | None = Field(default=None, foreign_key="incident.id")
    waiting_id: int | None = Field(
        default=None, foreign_key="alert.id", description="The alert that is to be triaged again."
    )


class InhibitorRow(SQLModel, table=True):
    """A cause that fires, under the key of a rule and its equal labels (`incident.inhibition`)."""

    __tablename__ = "inhibitor"
    __table_args__ = (UniqueConstraint("condition_id", "key"), Index("ix_inhibitor_key", "key", "heard_at"))

    id: int | None = Field(default=None, primary_key=True)
    condition_id: int = Field(foreign_key="condition.id")
    key: str
    title: str
    is_consequence_too: bool
    heard_at: datetime = Field(sa_column=_instant())


class TallyRow(SQLModel, table=True):
    """An alert that counts for a threshold (`incident.thresholds`)."""

    __tablename__ = "tally"
    __table_args__ = (Index("ix_tally_key", "key", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    alert_id: int = Field(foreign_key="alert.id")
    at: datetime = Field(sa_column=_instant())
