"""How is somebody told something that is no page?

By the organisation's mail connection, once per occasion.
"""

from typing import cast

from blocks.catalogue import Purpose
from blocks.interfaces import Channel
from incident.configuration import Configuration, Language
from incident.errors import Rejected
from tasks.incident import Matter
from tasks.once import once
from tasks.phase import carrying_on


async def send_mail(about: Matter, occasion: str, to: str, subject: str, text: str, html: str = "") -> None:
    """Send a message; without a mail connection, or without an address, nothing is sent."""
    if not to or about.configuration.use.mail is None:
        return
    name = f"mail/{occasion}/{to}"
    key = about.key_of(name)
    async with carrying_on(about.id, f"the mail to {to}"):
        channel = cast(Channel, await about.serving(Purpose.MAIL))
        await once(
            about.id,
            name,
            channel.repeat_of(channel.send),
            lambda: channel.send(to, key, subject, text, html),
        )


def language_of(configuration: Configuration, person: str) -> Language:
    """The language that a person reads."""
    known = configuration.people.get(person)
    return (known.language if known else None) or configuration.organisation.language


def address_of(configuration: Configuration, person: str) -> str:
    """Where a person gets what wakes nobody; on the console their name is enough.

    Raises:
        Rejected: they have no mail address.
    """
    known = configuration.people.get(person)
    if configuration.use.mail is None:
        return known.name if known else person
    if known is None or not known.email:
        raise Rejected(f"{person} has no mail address")
    return known.email
