"""What does a Matrix homeserver have to know so that it tells us what people say? A file, with two secrets.

Source: the Application Service API of the Matrix specification, "Registration".
"""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from incident.errors import ConfigurationError
from service.reading_yaml import SyntaxProblem, read_yaml
from service.writing_yaml import write_yaml

SENDER = "incident-response"
"""The name of the service's own user, who makes rooms and speaks in them."""

_TOKEN_BYTES = 32
_ALIASES = "(inc|trial|incident-pages)-.*"


class Registration(BaseModel):
    """What of a registration its connections need."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    as_token: str
    hs_token: str

    def settings(self) -> dict[str, str]:
        """The settings of a connection; a user of its own is one of them, unless there is another."""
        return {
            "token": self.as_token,
            "as_token": self.as_token,
            "hs_token": self.hs_token,
            "service_id": self.id,
        }


def read_registration(file: Path) -> Registration | None:
    """The registration in a file; None: there is no file.

    Raises:
        ConfigurationError: the file is no registration.
    """
    try:
        text = file.read_text()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError([f"{file} cannot be read"]) from None
    try:
        return Registration.model_validate(read_yaml(text).values)
    except (SyntaxProblem, ValidationError):
        message = f"{file} is no registration of an application service: it needs id, as_token and hs_token"
        raise ConfigurationError([message]) from None


def write_registration(file: Path, url: str, homeserver: str) -> Registration:
    """Make a registration with new secrets, which only we and whoever owns the file can read.

    ``url`` is where the homeserver reaches us. People are taken to be on a server named like the homeserver's
    address, without a `matrix.` before it.
    """
    domain = re.escape((urlsplit(homeserver).hostname or "").removeprefix("matrix."))
    registration = Registration(
        id="incidents",
        as_token=secrets.token_urlsafe(_TOKEN_BYTES),
        hs_token=secrets.token_urlsafe(_TOKEN_BYTES),
    )
    namespaces = {
        "users": [{"regex": f"@.*:{domain}", "exclusive": False}],
        "aliases": [{"regex": f"#{_ALIASES}:{domain}", "exclusive": False}],
        "rooms": [],
    }
    content = {
        "id": registration.id,
        "url": url,
        "as_token": registration.as_token,
        "hs_token": registration.hs_token,
        "sender_localpart": SENDER,
        "rate_limited": False,
        "namespaces": namespaces,
    }
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(write_yaml(content))
    return registration
