"""Who of `people:` is it that speaks in a chat, writes an SMS or answers a call?

What stands under `known_as:` comes first, then the mail address, then the address of a contact over the same
vendor, then the number of a telephone. Whoever two people could be is nobody: nobody speaks for another.
"""

from collections.abc import Iterable, Iterator

from incident.configuration import Configuration, Contact
from incident.findings import Finding, Place

SHORTEST_NUMBER = 5
"""Digits; what has fewer is a short code, which many share."""


def who(
    configuration: Configuration, connection: str, handle: str, *, email: str = "", phone: str = ""
) -> str | None:
    """The key under people: of whoever a connection knows as ``handle``; None: nobody, or more than one.

    ``email`` and ``phone`` are only to be given where the other side has confirmed them.
    """
    people, address, number = configuration.people, _address(email), digits(phone)
    ways: tuple[Iterable[str], ...] = (
        (key for key, person in people.items() if handle and person.known_as.get(connection) == handle),
        (key for key, person in people.items() if address and _address(person.email) == address),
        (
            key
            for key, person in people.items()
            if any(_is(configuration, connection, contact, handle, address) for contact in person.contacts)
        ),
        (
            key
            for key, person in people.items()
            if number and number in {digits(contact.to) for contact in person.contacts}
        ),
    )
    for way in ways:
        if found := set(way):
            return found.pop() if len(found) == 1 else None
    return None


def digits(number: str) -> str:
    """A telephone number as its digits, from the country's on: +39 333 1234567 and 0039-3331234567 are one.

    Empty if it is none.
    """
    if set(number) - set("+0123456789 ()-./"):
        return ""
    bare = "".join(each for each in number if each.isdecimal())
    bare = bare.removeprefix("00") if not number.strip().startswith("+") else bare
    return bare if len(bare) >= SHORTEST_NUMBER else ""


def check_identities(configuration: Configuration) -> Iterator[Finding]:
    """Two people whom a chat knows by the same id: a command of theirs would be nobody's."""
    seen: dict[tuple[str, str], str] = {}
    for name, person in configuration.people.items():
        for connection, handle in person.known_as.items():
            first = seen.setdefault((connection, handle), name)
            if first != name:
                place: Place = ("people", name, "known_as", connection)
                yield Finding(place=place, message=f"{handle} is {first} already; one of the two is wrong")


def _is(configuration: Configuration, connection: str, contact: Contact, handle: str, address: str) -> bool:
    vendor = _vendor(configuration, connection)
    same = contact.via == connection or _vendor(configuration, contact.via) == vendor
    known = contact.to == handle or bool(address and _address(contact.to) == address)
    return bool(contact.to) and same and known


def _vendor(configuration: Configuration, connection: str) -> str:
    """Whose it is, such as slack: a pager and a chat of the same tool know the same people."""
    found = configuration.connections.get(connection)
    return found.slug.partition("-")[0] if found else connection


def _address(email: str) -> str:
    return email.strip().casefold()
