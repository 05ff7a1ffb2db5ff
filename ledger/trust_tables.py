"""Which rows are kept so that a delivery counts once, and a topic is subscribed to without a request waiting?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from ledger.columns import Instant


class TakenRow(SQLModel, table=True):
    """The key of a signed delivery that was taken; it is forgotten once the signature has expired."""

    __tablename__ = "taken"
    __table_args__ = (UniqueConstraint("source", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    key: str
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    until: datetime = Field(sa_column=Column(Instant(), index=True, nullable=False))


class SubscriptionRow(SQLModel, table=True):
    """A subscription that a topic has asked us to confirm: written at the door, confirmed after it."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("source", "message_id"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    topic: str
    message_id: str
    address: str = Field(description="Confirms it; holds a secret.")
    asked_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    due_at: datetime | None = Field(
        default=None,
        sa_column=Column(Instant(), index=True, nullable=True),
        description="When it is tried next; None: it is settled.",
    )
    attempts: int = 0
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    problem: str = Field(default="", description="Why the last attempt failed.")
