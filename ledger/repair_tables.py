"""Which rows are kept of what is still missing around an incident?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from ledger.columns import Instant


class RepairRow(SQLModel, table=True):
    """A resource that could not be made; it is there as long as it is owed. `due_at` is its timer."""

    __tablename__ = "repair"
    __table_args__ = (UniqueConstraint("incident_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    name: str = Field(description="Of the effect that makes it.")
    problem: str
    since: datetime = Field(sa_column=Column(Instant(), nullable=False))
    tried_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    tries: int = 0
    due_at: datetime | None = Field(
        default=None,
        sa_column=Column(Instant(), index=True, nullable=True),
        description="When it is tried next; None: it was refused, and is tried when somebody asks.",
    )
