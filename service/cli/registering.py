"""How is an application service of Matrix set up? `incident connect --registration as.yaml`, twice.

The first time the file is written with new secrets, for the homeserver to read; from then on they are read
from it, and the connection can be tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blocks.interfaces import Connection
from blocks.matrix_user import InMatrix
from incident.errors import ConfigurationError
from service.matrix_registration import read_registration, write_registration

_PREFIX = "registration: "


@dataclass(frozen=True)
class Registered:
    """What a registration gives to a connection; secrets go by the environment of this process only."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    new: bool = False


def registered(
    file: Path | None, block: type[Connection], given: Mapping[str, Any], base_url: str
) -> Registered:
    """The settings from a registration, which is written if there is none; no file: none of them.

    Raises:
        ConfigurationError: this type has no registration, or the file cannot be read or written.
    """
    if file is None:
        return Registered()
    if not issubclass(block, InMatrix):
        raise ConfigurationError(["--registration is for Matrix only"])
    if not given.get("homeserver"):
        raise ConfigurationError(["--registration needs --set homeserver=https://..."])
    known = read_registration(file)
    try:
        found = known or write_registration(file, base_url, given["homeserver"])
    except OSError:
        raise ConfigurationError([f"{file} cannot be written"]) from None
    wanted = {name: value for name, value in found.settings().items() if name in block.model_fields}
    return Registered(
        settings={name: {"env": f"{_PREFIX}{name}"} for name in wanted},
        environment={f"{_PREFIX}{name}": value for name, value in wanted.items()},
        new=known is None,
    )


def what_to_do_with(file: Path) -> Iterator[str]:
    """What the operator does with a new registration."""
    yield f"wrote {file}: a registration of an application service, with secrets in it"
    yield "  1. see that url, and the server's name in namespaces, are right"
    yield "  2. let the homeserver read it: on Synapse app_service_config_files, then restart"
    yield "  3. take the lines below into incident.yaml"
    yield "  4. run this command again: it tries the connection, both ways"
