"""Which connections can stand in for each other? Those whose contacts have the same sort of address."""

from collections.abc import Iterator

from incident.configuration import Configuration

TELEPHONES = frozenset({"twilio-text", "twilio-call", "kannel-text", "sip-call"})
"""Block types whose addresses are telephone numbers."""


def check_second_providers(configuration: Configuration) -> Iterator[str]:
    """What `instead:` names although it cannot reach the same addresses."""
    for name, connection in configuration.connections.items():
        other = configuration.connections.get(connection.instead or "")
        if other is None:
            continue  # a name that leads nowhere is found with the other references
        mine, its = connection.slug, other.slug
        if mine != its and not TELEPHONES.issuperset({mine, its}):
            yield (
                f"connections.{name}.instead: {connection.instead} is a {its}, where the address of a {mine} "
                "means nothing; name one of the same type, or give people a contact over each"
            )
