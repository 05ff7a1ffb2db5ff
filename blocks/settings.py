"""How do settings in `incident.yaml` become a block? Secrets come from the environment."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from blocks.interfaces import Connection
from incident.errors import ConfigurationError

Environment = Mapping[str, str]


def build(
    block: type[Connection], place: str, settings: Mapping[str, Any], environment: Environment, base_url: str
) -> Connection:
    """A block from its settings; ``place`` is where they stand. ConfigurationError names every problem."""
    problems = [
        *_unknown(block, settings),
        *_secrets_in_clear(block, settings),
        *_unset(settings, environment),
    ]
    if problems:
        raise ConfigurationError([f"{place}.{problem}" for problem in problems])
    known = {"base_url": base_url} if "base_url" in block.model_fields else {}
    values = {name: _value(setting, environment) for name, setting in settings.items()}
    try:
        return block(**(known | values))
    except ValidationError as error:
        raise ConfigurationError([f"{place}.{problem}" for problem in _invalid(error)]) from None


def variable(setting: object) -> str | None:
    """The environment variable that a setting names with ``{env: NAME}``; None if it is an ordinary value."""
    if isinstance(setting, Mapping) and set(setting) == {"env"}:
        return str(setting["env"])
    return None


def _value(setting: Any, environment: Environment) -> Any:
    name = variable(setting)
    return setting if name is None else environment[name]


def _unknown(block: type[Connection], settings: Mapping[str, Any]) -> Iterator[str]:
    known = sorted(block.model_fields)
    for name in settings:
        if name not in known:
            yield f"{name}: {block.get_block_type_slug()} has no such setting; it has {', '.join(known)}"


def _secrets_in_clear(block: type[Connection], settings: Mapping[str, Any]) -> Iterator[str]:
    for name in block.model_json_schema()["secret_fields"]:
        if name in settings and settings[name] is not None and variable(settings[name]) is None:
            yield f"{name}: is a secret; write {{env: NAME}} instead, or name a saved block"


def _unset(settings: Mapping[str, Any], environment: Environment) -> Iterator[str]:
    for name, setting in settings.items():
        wanted = variable(setting)
        if wanted is not None and not environment.get(wanted):
            yield f"{name}: the environment variable {wanted} is not set"


def _invalid(error: ValidationError) -> Iterator[str]:
    # The input is left out: it may be a secret.
    for finding in error.errors(include_url=False, include_context=False, include_input=False):
        yield f"{'.'.join(str(part) for part in finding['loc'])}: {finding['msg']}"
