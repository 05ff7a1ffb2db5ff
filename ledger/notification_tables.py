"""Which rows are kept of notifications: each method of a page, and each test of a contact?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incident.configuration import Contact
from incident.decisions import Via
from incident.notification_rules import Urgency
from incident.story import PageState
from ledger.columns import Frozen, Instant, Word


class NotificationRow(SQLModel, table=True):
    """One method of a page: when it is due while nobody has answered, and what became of it."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("page_id", "effect"),
        Index("ix_notification_contact", "person", "method"),
        Index("ix_notification_due", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    page_id: int = Field(foreign_key="page.id", index=True)
    person: str
    method: str = Field(description="What the person's rules call the contact.")
    contact: Contact = Field(sa_column=Column(Frozen(Contact), nullable=False))
    effect: str = Field(description="The name of its effect: a method that is used again has another one.")
    urgency: Urgency = Field(sa_column=Column(Word(Urgency), nullable=False))
    because: str
    state: PageState = Field(default=PageState.OWED, sa_column=Column(Word(PageState), nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    provider_id: str = ""
    uncertain: bool = False
    outcome: str = ""
    names: tuple[int, ...] | None = Field(
        default=None,
        sa_column=Column(Frozen(tuple[int, ...]), nullable=True),
        description="The notifications that its message tells about, this one first, once it is fixed.",
    )


class VerificationRow(SQLModel, table=True):
    """One test message to a contact, and whether somebody confirmed that it arrived."""

    __tablename__ = "verification"
    __table_args__ = (Index("ix_verification_contact", "person", "via", "to"),)

    id: int | None = Field(default=None, primary_key=True)
    person: str
    method: str
    via: str
    to: str
    code: str = Field(description="What the message says; it proves nothing but that it was read.")
    asked_by: str
    asked_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    lease_until: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    problem: str = Field(default="", description="Why it could not be sent.")
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    confirmed_via: Via | None = Field(default=None, sa_column=Column(Word(Via), nullable=True))
