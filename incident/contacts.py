"""How can a person be paged?"""

from incident.configuration import Configuration, Contact, Person

BUILT_IN = "console"
"""The one connection for pages that is always there."""


def usable_contacts(configuration: Configuration, person: Person) -> tuple[Contact, ...]:
    """Those over connections that exist, in their order; the organisation's mail as the last one (E4)."""
    connections = {BUILT_IN, *configuration.connections}
    own = tuple(contact for contact in person.contacts if contact.via in connections)
    mail = configuration.use.mail
    if not person.email or mail not in configuration.connections or mail in {contact.via for contact in own}:
        return own
    return (*own, Contact(via=mail, to=person.email))
