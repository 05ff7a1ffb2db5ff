"""How does somebody get a role by the command line, with their card and their place in the room?"""

from functools import partial

from prefect.blocks.system import Secret

from incident.configuration import Role
from incident.decisions import Via
from incident.errors import IncidentError
from ledger.by_hand import assign as give
from ledger.incidents import configuration_for
from service.cli.app import sentences, utc_now
from service.cli.found import found_ledger, here, speaker
from service.cli.prefect_link import AWAY, run_linked, surroundings_of
from service.home import Place
from tasks.surroundings import SIGNING_KEY, Surroundings, within
from tasks.welcome import welcome


def assign(key: str, role: Role, whom: str, person: str | None) -> str:
    """Give the role and welcome its holder; returns what to tell.

    Raises:
        NotFoundError: the incident or one of the two people is not known.
        TransitionError: the incident is over.
    """
    place = here()
    with found_ledger(place) as ledger:
        _, configuration = ledger.read(configuration_for, key)
        by = speaker(person, configuration.people)
        changed = ledger.write(give, key, role, whom, by=by, now=utc_now(), via=Via.CLI)
        title = role.replace("_", " ")
        if not changed:
            return f"{whom} is {title} of {key} already"
        missed = _welcome(place, surroundings_of(ledger, place), key, whom)
        return "\n".join(filter(None, (f"{whom} is {title} of {key}", missed)))


def _welcome(place: Place, surroundings: Surroundings, key: str, whom: str) -> str:
    """Send the card and the invitation; the role is given whether or not that works just now."""
    if not place.prefect_api_url:
        return f"PREFECT_API_URL is not known here, so {whom} was not told; tell them yourself"
    try:
        run_linked(place, surroundings, partial(_send_card, place, surroundings, key, whom))
    except IncidentError as failure:
        return f"{whom} could not be told ({'; '.join(sentences(failure))}); tell them yourself"
    except AWAY as away:
        return (
            f"{whom} could not be told, Prefect does not answer ({type(away).__name__}); tell them yourself"
        )
    return ""


async def _send_card(place: Place, surroundings: Surroundings, key: str, whom: str) -> None:
    secret: Secret[str] = await Secret[str].aload(SIGNING_KEY.lower().replace("_", "-"))
    with within(surroundings_of(surroundings.ledger, place, secret.get())):
        await welcome(key, whom)
