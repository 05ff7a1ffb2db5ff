"""How do answers at a terminal become a saved connection that works?"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from pydantic.fields import FieldInfo

from blocks.catalogue import BLOCKS, block_type
from blocks.interfaces import Channel, Chat, Connection, RotationSource, StatusPage, Tracker, Video
from blocks.saved import document_name, register_type, save_block
from blocks.settings import build
from incident.errors import ConfigurationError, NotFoundError
from ledger.configurations import configuration_in_force
from service.cli.app import utc_now
from service.cli.found import found_ledger, here
from service.cli.prefect_link import AWAY, linked
from service.cli.registering import registered, what_to_do_with
from service.home import Place
from service.trial import attempt
from templates.render import render

KINDS = {
    Chat: "chat",
    Video: "video",
    Tracker: "tracker",
    StatusPage: "status page",
    Channel: "channel",
    RotationSource: "rotation source",
}


@dataclass(frozen=True)
class Known:
    """A type of connection."""

    type: str
    kind: str
    name: str
    settings: tuple[str, ...]


def known_types() -> list[Known]:
    """Every type, in the order of their kinds."""
    kinds = list(KINDS.values())
    found = [
        Known(block.get_block_type_slug(), _kind(block), block.get_block_type_name(), _settings(block))
        for block in BLOCKS
    ]
    return sorted(found, key=lambda each: (kinds.index(each.kind), each.type))


def set_up(
    slug: str,
    name: str,
    settings: Sequence[str],
    secrets: Sequence[str],
    to: str,
    *,
    trial: bool,
    registration: Path | None = None,
) -> Iterator[str]:
    """Ask for what is missing, save the block, try it; says what was done.

    Raises:
        ConfigurationError: a setting is wrong or missing, or Prefect does not answer.
        ConnectionFailure: it was saved, and the trial failed.
    """
    block = block_type("TYPE", slug)
    place = here()
    given: dict[str, Any] = _pairs(settings, "--set")
    given |= {name: {"env": variable} for name, variable in _pairs(secrets, "--secret").items()}
    found = registered(registration, block, given, place.base_url)
    given = {**found.settings, **given}
    asked, environment = _ask(block, given)
    connection = build(block, slug, given | asked, {**environment, **found.environment}, place.base_url)
    reference = _saved(place, connection, name)
    yield f"saved as {reference}; it can be edited in the Prefect UI under Blocks"
    if registration and found.new:
        yield from what_to_do_with(registration)
    elif trial:
        yield from _tried(connection, to)
    yield "write into incident.yaml:"
    yield "connections:"
    yield f"  {document_name(name)}: {{block: {reference}}}"


def _kind(block: type[Connection]) -> str:
    return next(word for kind, word in KINDS.items() if issubclass(block, kind))


def _settings(block: type[Connection]) -> tuple[str, ...]:
    return tuple(name for name in block.model_fields if name != "base_url")


def _pairs(written: Sequence[str], option: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in written]
    wrong = [name for name, equals, _ in pairs if not equals]
    if wrong:
        raise ConfigurationError([f"{option} {each}: write NAME=VALUE" for each in wrong])
    return {name: value for name, _, value in pairs}


def _ask(block: type[Connection], given: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, str]]:
    """The required settings that were not given; typed secrets go by the environment of this process only."""
    secret = set(block.model_json_schema()["secret_fields"])
    asked: dict[str, Any] = {}
    typed: dict[str, str] = {}
    for name, field in block.model_fields.items():
        if not field.is_required() or name in given or name == "base_url":
            continue
        answer = _prompt(name, field, hidden=name in secret)
        if name in secret:
            typed[f"typed: {name}"] = answer
        asked[name] = {"env": f"typed: {name}"} if name in secret else answer
    return asked, {**os.environ, **typed}


def _prompt(name: str, field: FieldInfo, *, hidden: bool) -> str:
    if not sys.stdin.isatty():
        option = "--secret NAME=VARIABLE" if hidden else "--set NAME=VALUE"
        raise ConfigurationError([f"{name} is missing ({field.description}); give it with {option}"])
    return str(typer.prompt(f"{field.title} ({field.description})", hide_input=hidden, err=True))


def _saved(place: Place, connection: Connection, name: str) -> str:
    async def save() -> str:
        await register_type(type(connection))
        return await save_block(connection, document_name(name))

    try:
        with linked(place):
            return asyncio.run(save())
    except AWAY:
        raise ConfigurationError(["Prefect does not answer; start the system first: `incident up`"]) from None


def _tried(connection: Connection, to: str) -> Iterator[str]:
    try:
        with found_ledger() as ledger:
            _, configuration = ledger.read(configuration_in_force)
    except NotFoundError:
        raise ConfigurationError(["no configuration is in force yet; `incident up` accepts one"]) from None
    organisation = configuration.organisation
    text = render("connection/trial.txt", language=organisation.language, organisation=organisation.name)
    steps = attempt(connection, to, text, utc_now())
    with asyncio.Runner() as runner, suppress(StopAsyncIteration):
        while True:
            yield runner.run(_next(steps))


async def _next(steps: AsyncIterator[str]) -> str:
    return await anext(steps)
