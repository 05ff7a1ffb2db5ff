"""How can a person be paged, and who knows that it works?"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from incident.configuration import Configuration, Contact, Person
from incident.findings import Finding, Place, unknown
from incident.notification_rules import Rule, Urgency

BUILT_IN = "console"
"""The one connection for pages that is always there; it wakes nobody, so there is nothing to verify."""


class Address(NamedTuple):
    """Where a person is reached; when any of it changes, it has to be verified again."""

    person: str
    via: str
    to: str


def usable_contacts(configuration: Configuration, person: Person) -> tuple[Contact, ...]:
    """Those over connections that exist, in their order; the organisation's mail as the last one (E4)."""
    connections = {BUILT_IN, *configuration.connections}
    own = tuple(contact for contact in person.contacts if contact.via in connections)
    mail = configuration.use.mail
    if not person.email or mail not in configuration.connections or mail in {contact.via for contact in own}:
        return own
    return (*own, Contact(via=mail, to=person.email))


def addresses(configuration: Configuration, name: str) -> dict[Address, Contact]:
    """Where a person is reached by each contact that can be used, in their order."""
    contacts = usable_contacts(configuration, configuration.people[name])
    return {Address(name, contact.via, contact.to): contact for contact in contacts}


def check_verified(configuration: Configuration, verified: Collection[Address]) -> Iterator[Finding]:
    """The contacts of which nobody has confirmed that a test message arrives; they are used all the same."""
    for name, person in configuration.people.items():
        for address, contact in addresses(configuration, name).items():
            if address not in verified and contact.via != BUILT_IN:
                message = (
                    f"nobody has confirmed that a message by {contact.method} arrives; "
                    f"send one with `incident contacts verify {name}`"
                )
                yield Finding(place=_place(name, person, contact), message=message, fatal=False)


def check_rules(configuration: Configuration) -> Iterator[Finding]:
    """Rules that name no contact, rules of which none is at once, and contacts that no rule can name."""
    for name, person in configuration.people.items():
        methods = [contact.method for contact in usable_contacts(configuration, person)]
        for urgency in Urgency:
            for number, rule in enumerate(person.rules.of(urgency)):
                place: Place = ("people", name, "rules", urgency.value, number, "by")
                yield from unknown(place, rule.by, "contacts", methods)
            yield from _nothing_at_once(("people", name, "rules", urgency.value), person.rules.of(urgency))
        for number, contact in enumerate(person.contacts):
            if contact.method in [other.method for other in person.contacts[:number]]:
                message = f"is another contact called {contact.method}; give it a name: of its own to use it"
                yield Finding(place=("people", name, "contacts", number), message=message, fatal=False)


def _nothing_at_once(place: Place, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    if rules and rules[0].after:
        message = f"nothing is sent at once: {rules[0]}; by then the level may be over, so give one no after:"
        yield Finding(place=(*place, 0), message=message, fatal=False)


def _place(name: str, person: Person, contact: Contact) -> Place:
    if contact in person.contacts:
        return ("people", name, "contacts", person.contacts.index(contact))
    return ("people", name, "email")
