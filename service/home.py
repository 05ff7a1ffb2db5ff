"""Where does a running system leave word of itself, so that the command line finds it?

`incident up` writes `state.json` into its home directory (`.incident/`, or INCIDENT_HOME): addresses, no
secrets. The environment has the last word.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from incident.errors import ConfigurationError

HOME = "INCIDENT_HOME"
DEFAULT_HOME = Path(".incident")
VARIABLES = {
    "ledger_url": "INCIDENT_LEDGER_URL",
    "base_url": "INCIDENT_BASE_URL",
    "prefect_api_url": "PREFECT_API_URL",
}
NOWHERE = "no incident system found here; run `incident up` or set INCIDENT_LEDGER_URL"


class Place(BaseModel):
    """The addresses of one system; empty where nothing is known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ledger_url: str
    base_url: str = ""
    prefect_api_url: str = ""
    config_path: Path | None = None


@dataclass(frozen=True)
class Home:
    """The directory in which a system keeps what it must find again."""

    path: Path

    @property
    def state_file(self) -> Path:
        """The file with the addresses."""
        return self.path / "state.json"

    def read(self) -> Place | None:
        """What the last `incident up` wrote; None when there is nothing.

        Raises:
            ConfigurationError: the file was damaged.
        """
        try:
            return Place.model_validate_json(self.state_file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError):
            message = f"{self.state_file}: cannot be read; delete it, and `incident up` writes it again"
            raise ConfigurationError([message]) from None

    def write(self, place: Place) -> None:
        """Leave word; a password in an address is left out: .pgpass or the environment has it."""
        self.path.mkdir(parents=True, exist_ok=True)
        plain = place.model_dump(mode="json")
        public = {key: _without_password(value) if value else value for key, value in plain.items()}
        _put(self.state_file, json.dumps(public, indent=2) + "\n")


def home_of(environment: Mapping[str, str]) -> Home:
    """The home that the environment names, else `.incident` in the current directory."""
    return Home(Path(environment.get(HOME) or DEFAULT_HOME).absolute())


def find_place(environment: Mapping[str, str]) -> Place:
    """The system that is meant here: what the home says, and the environment over it.

    Raises:
        ConfigurationError: there is neither.
    """
    written = home_of(environment).read()
    known = written.model_dump() if written else {}
    known |= {key: environment[name] for key, name in VARIABLES.items() if environment.get(name)}
    if not known.get("ledger_url"):
        raise ConfigurationError([NOWHERE])
    return Place(**known)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    address = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username}@{address}").geturl()


def _put(file: Path, text: str) -> None:
    """Write the whole file or nothing, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)
