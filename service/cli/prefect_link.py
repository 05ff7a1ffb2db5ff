"""How does a command reach Prefect? At the address of the system it speaks to, or not at all.

Without an address Prefect's client would start a server of its own for a moment, and the command would talk
to that instead: so there is no link without one.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from prefect.exceptions import PrefectException
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_LOGGING_LEVEL,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    temporary_settings,
)

from ledger.engine import Ledger
from service.home import Place
from tasks.links import Links
from tasks.surroundings import Surroundings, within

T = TypeVar("T")
AWAY = (httpx.HTTPError, PrefectException, OSError, RuntimeError, ValueError)
"""What Prefect's client raises when its server is away; RuntimeError when it cannot connect,
ValueError when nobody knows its address."""


def surroundings_of(ledger: Ledger, place: Place, key: str = "") -> Surroundings:
    """The surroundings of a command; without the signing key it cannot make links for people."""
    return Surroundings(ledger=ledger, links=Links(base_url=place.base_url, key=key), environment=os.environ)


@contextmanager
def linked(place: Place) -> Iterator[None]:
    """Talk to the Prefect server of this system."""
    wanted = {
        PREFECT_API_URL: place.prefect_api_url,
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
        PREFECT_LOGGING_LEVEL: "CRITICAL",
    }
    with temporary_settings(updates=wanted):
        yield


def run_linked(place: Place, surroundings: Surroundings, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do something that needs Prefect, in these surroundings."""
    with linked(place), within(surroundings):
        return asyncio.run(work())
