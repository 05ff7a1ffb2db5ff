"""Does a contact work? A test message by it, with a code and a link to confirm that it arrived."""

from typing import cast

from blocks.interfaces import Channel
from incident.configuration import Configuration
from incident.contacts import Address, addresses
from incident.errors import ConfigurationError, ConnectionFailure, RetryLater
from ledger.configurations import configuration_in_force
from ledger.notification_tables import VerificationRow
from ledger.verifications import (
    take_verification,
    verification_failed,
    verification_sent,
    verifications_owed,
)
from tasks.surroundings import here
from templates.render import render


async def send_verifications() -> int:
    """Send the test messages that are owed; returns how many left."""
    owed = await here().ledger.aread(verifications_owed, here().now())
    return sum([await _send(row.id or 0) for row in owed])


async def _send(number: int) -> bool:
    """Send one, unless another process has it; one whose channel is busy is tried again later."""
    ledger = here().ledger
    row = await ledger.awrite(take_verification, number, here().now())
    if row is None:
        return False
    try:
        await _deliver(row)
    except RetryLater:
        return False  # the lease runs out, and the next look tries again
    except (ConnectionFailure, ConfigurationError) as failure:
        await ledger.awrite(verification_failed, number, str(failure))
        return False
    await ledger.awrite(verification_sent, number, here().now())
    return True


async def _deliver(row: VerificationRow) -> None:
    _, configuration = await here().ledger.aread(configuration_in_force)
    if row.person not in configuration.people or _address(row) not in addresses(configuration, row.person):
        raise ConfigurationError([f"{row.method} is no contact of {row.person} any more"])
    channel = cast(Channel, await here().contacted(row.via, configuration))
    key = f"verification/{row.id}@{row.asked_at:%Y%m%dT%H%M%S}"
    subject, text, html = (
        _text(part, row, configuration) for part in ("subject.line", "test.txt", "test.html")
    )
    await channel.send(row.to, key, subject, text, html)


def _text(part: str, row: VerificationRow, configuration: Configuration) -> str:
    person = configuration.people[row.person]
    return render(
        f"contact/{part}",
        language=person.language or configuration.organisation.language,
        people={row.person: person.name},
        person=row.person,
        method=row.method,
        code=row.code,
        organisation=configuration.organisation.name,
        confirm_url=here().links.verify(row.id or 0, row.person, here().now()),
    )


def _address(row: VerificationRow) -> Address:
    return Address(row.person, row.via, row.to)
