"""Which rows are kept of acknowledgements that go back to monitors?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ledger.columns import Instant


class PassingOnRow(SQLModel, table=True):
    """An alert whose monitor is to show who has acknowledged; `due_at` is its timer until that is settled."""

    __tablename__ = "passing_on"
    __table_args__ = (
        UniqueConstraint("alert_id"),
        Index("ix_passing_on_due", "monitor", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    alert_id: int = Field(foreign_key="alert.id")
    monitor: str = Field(description="The connection to it: a name in the incident's configuration.")
    person: str
    made_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    due_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    attempts: int = 0
    outcome: str = ""
