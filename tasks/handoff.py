"""Who is told when a duty changes hands? Whoever comes and whoever goes, by mail or on the console.

A note wakes nobody, so it is the watchdog that writes and sends it; no run waits for it.
"""

from typing import cast

from blocks.catalogue import Purpose
from blocks.interfaces import Channel, Receipt, Repeat
from incident.errors import ConfigurationError, Rejected, RetryLater, UnknownOutcome
from ledger.configurations import configuration_in_force
from ledger.handoff_messages import Claimed, claim_message, message_failed, message_sent, messages_due
from ledger.handoffs import keep, look
from tasks.mail import address_of, language_of
from tasks.once import holder
from tasks.surroundings import here
from templates.render import render


async def note_handoffs() -> int:
    """Write the notes of all changes since somebody looked last; returns how many."""
    ledger, now = here().ledger, here().now()
    found = await ledger.aread(look, now)
    return await ledger.awrite(keep, found, now) if found else 0


async def send_notes() -> int:
    """Send every note that is due to somebody; returns how many were sent."""
    due = await here().ledger.aread(messages_due, here().now())
    return sum([await _send(number) for number in due])


async def _send(number: int) -> bool:
    ledger = here().ledger
    message = await ledger.awrite(claim_message, number, holder(), here().now())
    if message is None:
        return False
    try:
        receipt, doubtful = await _deliver(message)
    except UnknownOutcome:
        return False  # the claim stays open, and the next try settles it
    except (RetryLater, Rejected, ConfigurationError) as failure:
        for_good = isinstance(failure, Rejected)
        await ledger.awrite(message_failed, number, str(failure), here().now(), for_good=for_good)
        return False
    await ledger.awrite(message_sent, number, receipt.provider_id, here().now(), uncertain=doubtful)
    return True


async def _deliver(message: Claimed) -> tuple[Receipt, bool]:
    """Send it in the language of the person; says also whether it may have been sent twice."""
    _, configuration = await here().ledger.aread(configuration_in_force)
    channel = cast(Channel, await here().serving(Purpose.MAIL, configuration))
    note, links = message.note, here().links
    personal = links.rota(message.person, here().now()).partition("?as=")[2]
    key = f"handoff/{note.schedule}/{note.at:%Y%m%dT%H%M%S}/{message.person}"
    subject, text = (
        render(
            f"handoff/{part}",
            language=language_of(configuration, message.person),
            note=note,
            person=message.person,
            people={name: person.name for name, person in configuration.people.items()},
            handoff_url=f"{links.base_url}/handoffs/{message.handoff}?as={personal}",
            incidents_url=f"{links.base_url}/incidents/",
        )
        for part in ("subject.line", "body.txt")
    )
    receipt = await channel.send(address_of(configuration, message.person), key, subject, text)
    return receipt, message.left_open and channel.repeat_of(channel.send) is Repeat.MAY_DOUBLE
