"""With which key does the system sign its links, when a command is to show one?"""

import asyncio
import os
from collections.abc import Mapping

from prefect.blocks.system import Secret

from incident.errors import ConfigurationError
from service.cli.prefect_link import AWAY, linked
from service.home import Place
from tasks.links import Links
from tasks.surroundings import SIGNING_KEY


def signed_links(place: Place, environment: Mapping[str, str] = os.environ) -> Links:
    """Links as the system itself makes them, with the key of the environment or the one that Prefect keeps.

    Raises:
        ConfigurationError: the key or the address of the system is not known here.
    """
    if not place.base_url:
        raise ConfigurationError(["INCIDENT_BASE_URL is not known here, so an address would lead nowhere"])
    return Links(base_url=place.base_url.rstrip("/"), key=environment.get(SIGNING_KEY) or _kept_key(place))


def _kept_key(place: Place) -> str:
    missing = f"{SIGNING_KEY} is not set"
    if not place.prefect_api_url:
        raise ConfigurationError([f"{missing}, and PREFECT_API_URL, where it is kept, is not known here"])
    try:
        with linked(place):
            secret: Secret[str] = asyncio.run(_loaded())
    except AWAY as away:
        message = f"{missing}, and Prefect, where it is kept, does not answer ({type(away).__name__})"
        raise ConfigurationError([message]) from None
    return secret.get()


async def _loaded() -> Secret[str]:
    return await Secret[str].aload(SIGNING_KEY.lower().replace("_", "-"))
