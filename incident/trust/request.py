"""What of a request can prove where it comes from, and what is known of one that did?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from incident.errors import ConfidenceError


@dataclass(frozen=True)
class Request:
    """A request as far as it is looked at; header names are in lower case."""

    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    token_in_path: str = field(default="", repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Once:
    """What makes a delivery one of a kind: until then, whatever has the same key is the same delivery."""

    key: str
    until: datetime


class Forged(ConfidenceError):  # noqa: N818  said of the request, as the leaves of ConfidenceError are
    """The token or the signature is missing or wrong; ``challenge`` is how HTTP asks for it."""

    def __init__(self, message: str, *, challenge: str = "Bearer") -> None:
        self.challenge = challenge
        super().__init__(message)


class Expired(ConfidenceError):  # noqa: N818  said of the request
    """The signature is right, but for another time than now."""
