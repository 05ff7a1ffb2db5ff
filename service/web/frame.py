"""What does every page about an incident know? Names, language, and who is looking."""

from typing import Any

from incident.configuration import Configuration
from ledger.configurations import configuration_in_force
from ledger.story import configuration_behind
from tasks.links import Grant, May, OtherLink
from tasks.surroundings import here
from templates.pages import Actor


def frame(incident: str, person: str | None = None) -> dict[str, Any]:
    """The common values of a page about an incident, as a person sees it (None: anybody)."""
    configuration = here().ledger.read(configuration_behind, incident)
    known = configuration.people.get(person or "")
    common = _common(configuration)
    if person and known:
        token = here().links.act(person, incident, here().now()).partition("?as=")[2]
        common |= {
            "actor": Actor(person=person, token=token),
            "language": known.language or common["language"],
        }
    return common


def plain_frame() -> dict[str, Any]:
    """The common values of a page about the whole system."""
    return _common(here().ledger.read(configuration_in_force)[1])


def actor_of(token: str, incident: str) -> str | None:
    """Who looks, by the personal link; None without one, or with the one for another incident.

    Raises:
        ConfidenceError: the link is not ours, expired, or for something else.
    """
    if not token:
        return None
    grant = here().links.read(token, here().now(), May.ACT)
    return grant.person if grant.incident == incident else None


def person_frame(person: str, token: str) -> dict[str, Any]:
    """The common values of a page about what a person does, no incident; they keep the link they came by."""
    configuration = here().ledger.read(configuration_in_force)[1]
    common, known = _common(configuration), configuration.people.get(person)
    language = (known.language if known else None) or common["language"]
    return common | {"actor": Actor(person=person, token=token), "language": language}


def person_of(token: str) -> str:
    """Whose personal link this is, to change schedules with; that of any incident will do.

    Raises:
        ConfidenceError: the link is not ours, expired, or for something else.
    """
    return here().links.read(token, here().now(), May.ROTA, May.ACT).person


def grant_of(token: str, incident: str) -> Grant:
    """The personal link of somebody who wants to change something about an incident.

    Raises:
        ConfidenceError: the link is not ours, expired, for something else, or for another incident.
    """
    grant = here().links.read(token, here().now(), May.ACT)
    if grant.incident != incident:
        raise OtherLink(f"this link is for {grant.incident}")
    return grant


def _common(configuration: Configuration) -> dict[str, Any]:
    return {
        "now": here().now(),
        "language": configuration.organisation.language,
        "organisation": configuration.organisation.name,
        "people": {key: person.name for key, person in configuration.people.items()},
    }
