"""Whose call is awaited until when?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from incident.heartbeat import Heartbeat, Watch
from ledger.columns import Frozen, Instant


class AwaitedCallRow(SQLModel, table=True):
    """Somebody who must call every so often; `due_at` is the timer, empty while an alert fires."""

    __tablename__ = "awaited_call"

    name: str = Field(primary_key=True)
    heartbeat: Heartbeat = Field(sa_column=Column(Frozen(Heartbeat), nullable=False))
    watch: Watch = Field(sa_column=Column(Frozen(Watch), nullable=False))
    due_at: datetime | None = Field(
        default=None, sa_column=Column(Instant(), index=True, nullable=True), description="That of the watch."
    )
