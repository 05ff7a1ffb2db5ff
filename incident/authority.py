"""Who may do what about an incident, by a command? A ruling with its reason.

Everybody under `people:` may look, write down what they see, take a page, pass it on and call others in: at
night nobody should have to ask. Decisions (severity, roles, messages to customers, the end) are for those on
the incident: its manager and everybody else with a role, whoever acknowledged or was paged, and whoever is on
call for what it pages. `docs/chat.md` has the table.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from incident.commands import Command, GiveRole, Resolve, SetSeverity, Update
from incident.story import Story


class Standing(StrEnum):
    """What somebody is to an incident; the first that is true."""

    MANAGER = "manager"
    ROLE = "role"
    ACKNOWLEDGED = "acknowledged"
    PAGED = "paged"
    ON_CALL = "on call"
    KNOWN = "known"


class Ruling(NamedTuple):
    """May they, and as what?"""

    allowed: bool
    standing: Standing
    reason: str


_REASONS = {
    Standing.MANAGER: "{person} is incident manager of {key}",
    Standing.ROLE: "{person} has a role in {key}",
    Standing.ACKNOWLEDGED: "{person} acknowledged {key}",
    Standing.PAGED: "{person} was paged for {key}",
    Standing.ON_CALL: "{person} is on call for {key}",
    Standing.KNOWN: "{person} is neither on call for {key}, nor was paged for it, nor has a role in it",
}


def rule(story: Story, person: str, command: Command, on_call: Collection[str] = ()) -> Ruling:
    """May this person do it? ``on_call``: whoever the incident's escalations could page now."""
    standing = standing_of(story, person, on_call)
    allowed = standing is not Standing.KNOWN or not decides(command)
    return Ruling(allowed, standing, _REASONS[standing].format(person=person, key=story.key))


def decides(command: Command) -> bool:
    """Is it for those on the incident only?"""
    return isinstance(command, SetSeverity | GiveRole | Update | Resolve)


def standing_of(story: Story, person: str, on_call: Collection[str] = ()) -> Standing:
    """What somebody who is known is to an incident."""
    if story.manager == person:
        return Standing.MANAGER
    if any(held.person == person and held.until is None for held in story.roles):
        return Standing.ROLE
    if any(fact.acknowledged_by == person for fact in story.escalations):
        return Standing.ACKNOWLEDGED
    if any(page.person == person for page in story.pages):
        return Standing.PAGED
    return Standing.ON_CALL if person in on_call else Standing.KNOWN
