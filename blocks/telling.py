"""What do providers tell us by themselves? What became of a page, what was answered, what was pressed.

A block that is told things also checks that they come from its provider. The doors know no vendor: they ask
the block of the connection that stands in the address.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from blocks.interfaces import Delivery


@dataclass(frozen=True)
class Told:
    """A call of the provider: at which address, headers in lower case, query, and form or body."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: bytes = field(default=b"", repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form; of a repeated one the last counts."""
        return dict(self.form)

    def asked(self, encoding: str = "utf-8") -> dict[str, str]:
        """The fields of the query."""
        pairs = parse_qsl(
            self.query.decode("latin-1"), keep_blank_values=True, encoding=encoding, errors="replace"
        )
        return dict(pairs)


@dataclass(frozen=True)
class Text:
    """A text message that somebody sent us; ``id`` is the provider's, empty if it gives none."""

    number: str
    text: str
    id: str = ""


@dataclass(frozen=True)
class Answer:
    """What the provider is to do with it."""

    content: str
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class TellsDelivery(ABC):
    """Calls us when it knows what became of a page."""

    @abstractmethod
    def delivery_told(self, told: Told) -> Delivery | None:
        """What became of it; None if that is no news. ConfidenceError: it is not the provider who says so."""


class TakesTexts(ABC):
    """Hands over what people answer by text message."""

    @abstractmethod
    def text_told(self, told: Told) -> Text:
        """The message. ConfidenceError: it is not the provider who says so, or replies are not taken."""

    @abstractmethod
    def text_back(self, text: str) -> Answer:
        """Send this to whoever wrote; empty: say nothing."""


class TakesKeys(ABC):
    """Hands over which key somebody pressed in a call."""

    @abstractmethod
    def key_told(self, told: Told) -> str:
        """The key. ConfidenceError: it is not the provider who says so."""

    @abstractmethod
    def say_back(self, text: str, language: str, again_at: str = "") -> Answer:
        """Speak this and hang up; or wait for another key, which is told at an address."""


class TakesPresses(ABC):
    """Hands over which button below a page somebody pressed."""

    @abstractmethod
    def press_told(self, told: Told) -> str:
        """What the button says; empty: nothing of ours. PayloadError: it is no button."""

    @abstractmethod
    def press_back(self, text: str) -> Answer:
        """Show this to whoever pressed it (markdown)."""
