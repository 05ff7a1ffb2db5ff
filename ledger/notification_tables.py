"""Which rows are kept of notifications: each method of a page, and each test of a contact?

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from incident.circuit import Answer
from incident.configuration import Contact
from incident.decisions import Via
from incident.delivery import DeliveryState
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
        Index("ix_notification_tries", "via", "started_at"),
        Index("ix_notification_told", "via", "provider_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    page_id: int = Field(foreign_key="page.id", index=True)
    person: str
    method: str = Field(description="What the person's rules call the contact.")
    contact: Contact = Field(sa_column=Column(Frozen(Contact), nullable=False))
    via: str = Field(description="The connection that it goes through.")
    effect: str = Field(description="The name of its effect: a method that is used again has another one.")
    urgency: Urgency = Field(sa_column=Column(Word(Urgency), nullable=False))
    because: str
    state: PageState = Field(default=PageState.OWED, sa_column=Column(Word(PageState), nullable=False))
    due_at: datetime = Field(sa_column=Column(Instant(), nullable=False))
    slot: bool = Field(default=False, description="It waited for its turn, and brings what waits with it.")
    started_at: datetime | None = Field(
        default=None,
        sa_column=Column(Instant(), nullable=True),
        description="When it was given to the provider; None while it was not, also when it never will be.",
    )
    answer: Answer | None = Field(
        default=None, sa_column=Column(Word(Answer), nullable=True), description="How the provider took it."
    )
    sent_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
    provider_id: str = ""
    uncertain: bool = False
    outcome: str = ""
    follow_at: datetime | None = Field(
        default=None,
        sa_column=Column(Instant(), nullable=True, index=True),
        description="When the provider is asked what became of it.",
    )
    followed: int = Field(default=0, description="How often it was asked.")
    delivery: DeliveryState | None = Field(
        default=None, sa_column=Column(Word(DeliveryState), nullable=True), description="What it said."
    )
    delivered_at: datetime | None = Field(default=None, sa_column=Column(Instant(), nullable=True))
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
