"""Which rows are kept of silences that an incident has made at the monitors of its alerts?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from ledger.columns import Instant


class SourceSilenceRow(SQLModel, table=True):
    """An alert that its monitor keeps quiet about; `due_at` is a timer until the monitor has been told."""

    __tablename__ = "source_silence"
    __table_args__ = (Index("ix_source_silence_due", "due_at", "silencer"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    alert_id: int = Field(foreign_key="alert.id")
    silencer: str = Field(description="The connection to it: a name in the incident's configuration.")
    person: str
    made_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    until: datetime = Field(sa_column=Column(Instant(), index=True, nullable=False))
    wanted: bool = Field(default=True, description="False: it is to end, or has ended.")
    silence: str = Field(default="", description="The monitor's own id, once it has told it.")
    due_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    attempts: int = 0
    outcome: str = ""
