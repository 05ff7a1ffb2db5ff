"""What must be known to show somebody how they are paged, and whether that works?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from templates.pages import Page


class Tested(StrEnum):
    """What is known of a contact."""

    NEVER = "never"
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    VERIFIED = "verified"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class OwnContact:
    """A contact of whoever looks; `at` is when the message was sent, or confirmed."""

    method: str
    via: str
    state: Tested
    at: datetime | None = None
    problem: str = ""


class ContactsPage(Page):
    """GET and POST /contacts: a button for each contact that sends a test message."""

    template = "web/contacts.html"

    person: str
    contacts: tuple[OwnContact, ...]
