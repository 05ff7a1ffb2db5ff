"""Who of `people:` speaks in Matrix? Whom an invitation would reach by the same name."""

import re

from blocks.matrix_api import home
from incident.configuration import Configuration
from incident.identity import who
from service.matrix_listening import Listener

_USER = re.compile(r"@[^\s:@]+:[^\s,;]+")


def person_of(listener: Listener, configuration: Configuration, user: str) -> str | None:
    """The key under people: of a user; None: nobody, or more than one.

    `known_as:` and the `to` of a contact come first; then whoever the chat would invite under this id, by
    their mail address or their name here. On another server than ours only the former count.
    """
    if known := who(configuration, listener.name, user):
        return known
    chat, server = listener.chat, home(next(iter(listener.ours)))
    others = {
        key: person for key, person in configuration.people.items() if listener.name not in person.known_as
    }
    found = [key for key, person in others.items() if chat.user_of(person.email or key, server) == user]
    return found[0] if len(found) == 1 else None


def with_people(listener: Listener, configuration: Configuration, text: str) -> str:
    """The text with `@` and the keys of people instead of the ids that Matrix has for them."""

    def named(found: re.Match[str]) -> str:
        person = person_of(listener, configuration, found[0])
        return f"@{person}" if person else found[0]

    return _USER.sub(named, text)
