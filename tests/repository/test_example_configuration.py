"""Does incident.example.yaml show everything, and does it work?"""

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from incident.configuration import Configuration
from service.configuration import Examined, examine
from service.outlook import outlook

EXAMPLE = Path(__file__).parents[2] / "incident.example.yaml"
ENVIRONMENT = {"SMTP_PASSWORD": "s", "WEBHOOK_SECRET": "s", "ALERTMANAGER_TOKEN": "s"}
AUTUMN = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def examined() -> Examined:
    return examine(EXAMPLE, ENVIRONMENT, partial(outlook, now=AUTUMN))


def keys() -> set[str]:
    """Every key of every model of the file."""
    schema = Configuration.model_json_schema()
    return {key for model in (schema, *schema["$defs"].values()) for key in model.get("properties", {})}


def test_the_example_has_no_problem_and_no_warning(examined: Examined) -> None:
    assert (examined.problems, examined.warnings) == ((), ())


@pytest.mark.parametrize("key", sorted(keys()))
def test_the_example_shows_every_key(key: str) -> None:
    assert re.search(rf"(?<![\w-]){key}:", EXAMPLE.read_text()), f"{key}: is nowhere in the example"


def test_the_example_says_which_variables_it_needs() -> None:
    head = EXAMPLE.read_text().partition("organisation:")[0]
    assert all(f"{name}=" in head for name in ENVIRONMENT)


def test_the_example_is_an_organisation_worth_reading(examined: Examined) -> None:
    configuration = examined.accepted()
    assert len(configuration.people) >= 6
    assert len(configuration.schedules) == 2
    assert {service.language for service in configuration.services.values()} >= {"it"}
    assert len({service.tier for service in configuration.services.values()}) == 3
