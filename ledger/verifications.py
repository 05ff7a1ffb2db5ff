"""Which contacts has somebody confirmed, and which test messages are owed?

A test message is a row that the watchdog sends, so that it takes the way of a page: from the system, with its
secrets, and not from the terminal that asked for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.configuration import Contact
from incident.contacts import Address
from incident.decisions import Via
from incident.errors import NotFoundError
from ledger.effects import LEASE
from ledger.notification_tables import VerificationRow

VALID = timedelta(days=1)
"""So long a code counts, and so long a message that could not leave is tried again."""


def owe_verification(
    session: Session, address: Address, contact: Contact, code: str, *, by: str, now: datetime
) -> int:
    """Write down that a test message with this code is to be sent; returns its number."""
    row = VerificationRow(**address._asdict(), method=contact.method, code=code, asked_by=by, asked_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None, "a flushed row has its key"
    return row.id


def verifications_owed(session: Session, now: datetime) -> Sequence[VerificationRow]:
    """The test messages that are neither sent nor given up, oldest first."""
    owed = select(VerificationRow).where(
        col(VerificationRow.sent_at).is_(None),
        VerificationRow.problem == "",
        VerificationRow.asked_at > now - VALID,
    )
    rows = session.exec(owed.order_by(col(VerificationRow.id))).all()
    return [row for row in rows if row.lease_until is None or row.lease_until <= now]


def take_verification(session: Session, number: int, now: datetime) -> VerificationRow | None:
    """The message to send now, for whoever takes it first; None when somebody else has."""
    row = session.get_one(VerificationRow, number, with_for_update=True)
    taken = row.lease_until is not None and now < row.lease_until
    if row.sent_at or row.problem or taken:
        return None
    row.lease_until = now + LEASE
    session.add(row)
    return row


def verification_sent(session: Session, number: int, now: datetime) -> None:
    """The channel took it."""
    row = find_verification(session, number)
    row.sent_at = row.sent_at or now
    session.add(row)


def verification_failed(session: Session, number: int, problem: str) -> None:
    """It will not be sent, and this is why."""
    row = find_verification(session, number)
    row.problem = problem
    session.add(row)


def find_verification(session: Session, number: int) -> VerificationRow:
    """A test message.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = session.get(VerificationRow, number)
    if row is None:
        raise NotFoundError(f"no test message {number}")
    return row


def confirm_code(session: Session, person: str, code: str, via: Via, now: datetime) -> VerificationRow:
    """Somebody read a test message and says its code; again changes nothing.

    Raises:
        NotFoundError: no message of the last day to this person has it.
    """
    said = select(VerificationRow).where(
        VerificationRow.person == person, VerificationRow.code == code, VerificationRow.asked_at > now - VALID
    )
    row = session.exec(said.order_by(col(VerificationRow.id).desc())).first()
    if row is None:
        raise NotFoundError(
            f"no test message of the last day to {person} says {code!r}; "
            f"`incident contacts verify {person}` sends new ones"
        )
    return confirm(session, row.id or 0, via, now)


def confirm(session: Session, number: int, via: Via, now: datetime) -> VerificationRow:
    """Somebody read a test message; the first time counts.

    Raises:
        NotFoundError: there is none with this number.
    """
    row = find_verification(session, number)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_via = now, via
        session.add(row)
    return row


def newest_verifications(session: Session) -> dict[Address, VerificationRow]:
    """The last test message to each address, a confirmed one before all others."""
    rows = session.exec(select(VerificationRow).order_by(col(VerificationRow.id))).all()
    ranked = sorted(rows, key=lambda row: row.confirmed_at is not None)
    return {Address(row.person, row.via, row.to): row for row in ranked}


def verified_addresses(session: Session) -> frozenset[Address]:
    """Where somebody has confirmed that messages arrive."""
    newest = newest_verifications(session)
    return frozenset(address for address, row in newest.items() if row.confirmed_at)
