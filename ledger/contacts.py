"""Which contacts has a person, do they work, and how is a test message asked for? The same by every door."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.configuration import Configuration, Contact
from incident.contacts import BUILT_IN, Address, addresses
from incident.errors import NotFoundError
from ledger.configurations import configuration_in_force
from ledger.notification_tables import VerificationRow
from ledger.verifications import VALID, newest_verifications, owe_verification

ONE_IN = timedelta(minutes=1)
"""Somebody who asks twice within this time gets one message."""
DIGITS = 6


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact that can be used, with the last test message to it."""

    person: str
    contact: Contact
    newest: VerificationRow | None

    @property
    def can_be_tested(self) -> bool:
        """The console wakes nobody, so there is nothing to find out."""
        return self.contact.via != BUILT_IN


def contacts_of(session: Session, person: str | None = None) -> Sequence[KnownContact]:
    """Every contact that can be used, of everybody or of one person.

    Raises:
        NotFoundError: the person is not known.
    """
    _, configuration = configuration_in_force(session)
    newest = newest_verifications(session)
    return [
        KnownContact(name, contact, newest.get(address))
        for name in ([_known(configuration, person)] if person else configuration.people)
        for address, contact in addresses(configuration, name).items()
    ]


def ask_for_tests(
    session: Session, person: str, method: str | None, by: str, now: datetime
) -> Mapping[str, int]:
    """Have test messages sent, to one contact of a person or to all; the numbers of the messages by method.

    Raises:
        NotFoundError: the person or the contact is not known.
    """
    _, configuration = configuration_in_force(session)
    chosen = _chosen(configuration, person, method)
    return {
        contact.method: _under_way(session, address, now)
        or owe_verification(session, address, contact, _code(), by=by, now=now)
        for address, contact in chosen.items()
    }


def _under_way(session: Session, address: Address, now: datetime) -> int | None:
    """A message to the address that is still to be sent, or has just been, and that nobody confirmed."""
    query = select(VerificationRow).where(
        VerificationRow.person == address.person,
        VerificationRow.via == address.via,
        VerificationRow.to == address.to,
        VerificationRow.problem == "",
        VerificationRow.asked_at > now - VALID,
        col(VerificationRow.confirmed_at).is_(None),
    )
    row = session.exec(query.order_by(col(VerificationRow.id).desc())).first()
    return row.id if row and (row.sent_at is None or row.sent_at > now - ONE_IN) else None


def _code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _chosen(configuration: Configuration, person: str, method: str | None) -> dict[Address, Contact]:
    found = addresses(configuration, _known(configuration, person))
    chosen = {address: contact for address, contact in found.items() if method in (None, contact.method)}
    if not chosen:
        known = ", ".join(contact.method for contact in found.values()) or "none that can be used"
        raise NotFoundError(f"{person} has no contact {method or ''!r}; known: {known}")
    return chosen


def _known(configuration: Configuration, person: str) -> str:
    if person not in configuration.people:
        raise NotFoundError(
            f"{person!r} is not under people:; known: {', '.join(sorted(configuration.people))}"
        )
    return person
