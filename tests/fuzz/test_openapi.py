"""Does any request that the description of the web service allows, or nearly, find a fault of ours?

`INCIDENT_FUZZ=N` tries N requests; without it a few of each door, in seconds.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.generation import GenerationMode
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.tables import AlertRow, DeliveryRow
from tests.house import TOKEN, House, opened, prepared
from tests.ledger.desk import START

REQUESTS = int(os.environ.get("INCIDENT_FUZZ", "0"))
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def without_loops(app: ASGIApp) -> ASGIApp:
    """The application, of which only the doors are open."""

    async def only_doors(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        kind = ""
        while not kind.endswith("shutdown"):
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})

    return only_doors


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    house = House(opened(prepared(folder / "prepared.db")))
    house.desk.open()
    house.desk.climb(0)
    yield house
    house.ledger.close()


@pytest.fixture(scope="module")
def doors(house: House) -> list[Any]:
    schema = schemathesis.openapi.from_asgi("/openapi.json", without_loops(house.client().app))
    schema.config.generation.update(modes=list(GenerationMode))
    return [found.ok() for found in schema.get_all_operations()]


def known(house: House) -> dict[str, list[str]]:
    """What path and query parameters may name so that something is there."""
    links = (
        house.links.acknowledge(1, "alice", "INC-1", START),
        house.links.decide("alice", "INC-1", START),
        house.links.rota("alice", START),
    )
    tokens = [re.split(r"/|=", link)[-1] for link in links]
    return {
        "source": ["generic", "alertmanager"],
        "token": [*tokens, TOKEN],
        "as": tokens,
        "key": ["INC-1", "INC-999999999999999999999"],
        "person": ["alice"],
        "name": ["alice", "checkout", "rota"],
        "number": ["1", "999999999999999999999"],
        "whose": ["person", "schedule"],
        "connection": ["mail"],
    }


def aimed(data: st.DataObject, case: Case, names: dict[str, list[str]]) -> Case:
    """The request, now and then at something that exists."""
    for parameters in (case.path_parameters, case.query):
        for name in set(parameters or {}) & set(names):
            if parameters is not None and data.draw(st.booleans()):
                parameters[name] = data.draw(st.sampled_from(names[name]))
    return case


def test_no_request_finds_a_fault_and_every_answer_is_one_that_the_description_names(
    house: House, doors: list[Any]
) -> None:
    wrong = set[tuple[str, str, int]]()  # gathered, because to shrink one of them takes minutes
    for door in doors:
        _ask(house, door, wrong)
    assert not wrong, "\n".join(" ".join(map(str, each)) for each in sorted(wrong))
    assert house.desk.rows(DeliveryRow)
    assert all(alert.end_state and alert.reason for alert in house.desk.rows(AlertRow))


def _ask(house: House, door: Any, wrong: set[tuple[str, str, int]]) -> None:
    documented, names = set(door.definition.raw["responses"]), known(house)

    @given(data=st.data())
    @settings(
        max_examples=max(2, REQUESTS // 60),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(data: st.DataObject) -> None:
        case = aimed(data, data.draw(door.as_strategy()), names)
        status = case.call(headers=BEARER if data.draw(st.booleans()) else {}).status_code
        if str(status) not in documented or status == 500:
            wrong.add((case.method, door.path, status))

    ask()
