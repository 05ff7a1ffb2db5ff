"""How is somebody paged when nothing is connected? On the terminal that this process runs in."""

import sys
import unicodedata
from textwrap import wrap
from typing import Annotated, ClassVar, TextIO

from pydantic import Field, PrivateAttr
from typing_extensions import override

from blocks.interfaces import Channel, PageMessage, Receipt, Repeat
from blocks.keys import incident_of
from incident.errors import Rejected


def _heading(subject: str, to: str) -> str:
    return f"{subject} → {to}" if to else subject


class ConsolePager(Channel):
    """Shows pages on the standard output of the process that sends them."""

    _block_type_name: ClassVar[str | None] = "Console pager"
    _block_type_slug: ClassVar[str | None] = "console-pager"
    _description: ClassVar[str | None] = (
        "Built in: shows pages on the terminal. To try things out; it wakes nobody who does not look at it."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    width: Annotated[int, Field(title="Width", description="Columns of the frame.", ge=40, le=200)] = 88
    _stream: TextIO | None = PrivateAttr(default=None)

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        title = f"PAGE · {message.incident} · severity {message.severity} ({message.severity.name.lower()})"
        links = {"acknowledge": message.acknowledge_url, "incident": message.incident_url}
        missing = [f"{name}: {url}" for name, url in links.items() if url not in message.text]
        text = "\n".join([message.text.strip(), *([""] if missing else []), *missing])
        return self._show(message.key, title, _heading(message.subject, to), text)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return self._show(key, f"MESSAGE · {incident_of(key)}", _heading(subject, to), text.strip())

    def _show(self, key: str, title: str, heading: str, text: str) -> Receipt:
        lines = [heading, "", *text.splitlines()]
        frame = framed(title, [part for line in lines for part in self._fitted(line)], self.width)
        self._write(printable(frame))
        return Receipt(provider_id=key, detail="shown on the console")

    def _fitted(self, line: str) -> list[str]:
        # A link that is broken over two lines cannot be clicked.
        return wrap(line, self.width - 2, break_long_words=False, break_on_hyphens=False) or [""]

    def _write(self, text: str) -> None:
        stream = self._stream or sys.stdout
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:  # a closed pipe, a closed file
            raise Rejected(f"{type(error).__name__}: the console cannot be written to") from None


def framed(title: str, lines: list[str], width: int) -> str:
    """The lines under a rule with a title, open on the right so that a long link can be copied whole."""
    top = f"┏━ {title} ".ljust(width, "━")
    return "\n".join(["", top, *(f"┃ {line}".rstrip() for line in lines), "┗".ljust(width, "━"), ""])


def printable(text: str) -> str:
    """The text without control characters: an alert's title must not be able to move the cursor."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) != "Cc")
