"""Is a connection there when it is needed, even while Prefect, which has its settings, is not?"""

import time

import pytest
from pydantic import SecretStr

from blocks.interfaces import Connection
from blocks.webhook import SignedWebhook
from incident.configuration import Configuration
from incident.configuration import Connection as Settings
from incident.errors import RetryLater
from tasks.surroundings import LOADED_WITHIN, Surroundings
from tests.false_prefect import at_address, prefect_that
from tests.house import House
from tests.incident.organisations import organisation

SAVED = Settings(block="signed-webhook/on-call")
NOWHERE = "http://127.0.0.1:1/api"


@pytest.fixture
def configuration() -> Configuration:
    return organisation(connections={"hook": SAVED, "mail": {"type": "smtp-mail"}})


@pytest.fixture
def known() -> SignedWebhook:
    return SignedWebhook(secret=SecretStr("s" * 40))


def at(house: House, **loaded: Connection) -> Surroundings:
    """Surroundings that have loaded these connections before."""
    blocks = {f"{name}={SAVED.model_dump_json()}": block for name, block in loaded.items()}
    return Surroundings(house.ledger, house.links, house.environment, house.clock, blocks)


async def test_while_prefect_hangs_a_page_waits_only_a_moment_for_its_connection(
    house: House, configuration: Configuration, known: SignedWebhook
) -> None:
    began = time.monotonic()
    async with prefect_that(None):
        assert await at(house, hook=known).contacted("hook", configuration) is known
    assert time.monotonic() - began < LOADED_WITHIN.total_seconds() + 10


async def test_while_prefect_is_away_the_connection_that_was_loaded_last_is_used(
    house: House, configuration: Configuration, known: SignedWebhook
) -> None:
    with at_address(NOWHERE):
        assert await at(house, hook=known).contacted("hook", configuration) is known


async def test_one_that_was_never_loaded_may_work_later(house: House, configuration: Configuration) -> None:
    with at_address(NOWHERE), pytest.raises(RetryLater, match="hook: Prefect"):
        await at(house).contacted("hook", configuration)


async def test_one_that_stands_in_the_file_needs_no_prefect(house: House) -> None:
    inline = {"hook": {"type": "signed-webhook", "secret": {"env": "HOOK"}}}
    with at_address(NOWHERE):
        found = await at(house).contacted("hook", organisation(connections=inline, use={}))
    assert isinstance(found, SignedWebhook)
