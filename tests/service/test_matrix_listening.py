"""Is a homeserver known by its token, also while other connections cannot be read?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import httpx
import pytest
from starlette.exceptions import HTTPException

from blocks import MatrixChat
from blocks.interfaces import Connection
from incident.configuration import Configuration
from incident.errors import ConfidenceError, ConfigurationError, RetryLater
from service.matrix_listening import BELIEVED, Listeners
from tasks.surroundings import Surroundings
from tests.house import House

US = "@incidents:example.org"


@dataclass
class Place:
    """Where some connections can be read; counts how often they are."""

    ledger: object
    blocks: Mapping[str, Connection | Exception]
    read: list[str] = field(default_factory=list)

    async def connected(self, name: str, _configuration: Configuration) -> Connection:
        """The block of this name, or what is wrong with it."""
        self.read.append(name)
        found = self.blocks[name]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Stopwatch:
    """A clock that a test puts forward, in seconds."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


def chat(hs_token: str | None) -> MatrixChat:
    block = MatrixChat(homeserver="https://matrix.example.org", token="t", hs_token=hs_token)
    block._transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"user_id": US}))
    return block


@pytest.fixture
def place(house: House) -> Place:
    """A house with three connections to Matrix, one of which listens to nobody, and one to something else."""
    kinds = {"ops": "matrix-chat", "shy": "matrix-chat", "dm": "matrix-pager", "saved": None}
    connections = {name: {"type": kind} for name, kind in kinds.items() if kind}
    house.employ(
        connections={
            **connections,
            "saved": {"block": "matrix-chat/saved"},
            "mail": {"type": "smtp-mail"},
        }
    )
    return Place(house.ledger, {"ops": chat("of ops"), "shy": chat(None), "saved": chat("of saved")})


async def found(place: Place, token: str, listeners: Listeners | None = None) -> str:
    known = await (listeners or Listeners()).with_token(cast(Surroundings, place), token)
    assert known.ours == {US}
    return known.name


async def test_each_connection_has_a_token_of_its_own(place: Place) -> None:
    assert [await found(place, token) for token in ("of ops", "of saved")] == ["ops", "saved"]


async def test_without_a_token_nobody_is_known(place: Place) -> None:
    with pytest.raises(ConfidenceError, match="hs_token"):
        await found(place, "")


@pytest.mark.parametrize("token", ["of", "of ops ", "None", "t"])
async def test_another_token_is_forbidden(place: Place, token: str) -> None:
    with pytest.raises(HTTPException) as refused:
        await found(place, token)
    assert refused.value.status_code == 403


@pytest.mark.parametrize(
    "trouble", [RetryLater("away"), ConfigurationError(["as_token: is wrong"])], ids=repr
)
async def test_one_that_cannot_be_read_hinders_no_other_and_is_asked_for_again(
    place: Place, trouble: Exception
) -> None:
    place.blocks = {**place.blocks, "saved": trouble}
    assert await found(place, "of ops") == "ops"
    with pytest.raises(type(trouble)):
        await found(place, "of saved")


async def test_they_are_read_again_after_a_moment_only(place: Place) -> None:
    clock = Stopwatch()
    listeners = Listeners(clock)
    for _ in range(3):
        await found(place, "of ops", listeners)
    assert place.read == ["ops", "shy", "saved"]
    clock.seconds += BELIEVED.total_seconds()
    await found(place, "of ops", listeners)
    assert len(place.read) == 6
