"""What stands in the bytes of a mail? Headers and text, however badly it was written.

Broken parts are left out and noted. Nothing is ever raised: a mail that cannot be taken apart is its bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from functools import cached_property
from html.parser import HTMLParser

from incident.sources import reading
from incident.sources.remarks import note

MOST_PARTS = 200
LONGEST_TEXT = 20_000
"""Characters of a mail's text that are kept in the alert; the delivery has all of it."""

LONGEST_HEADER = 2000
_OURS = "X-Incident"
_BLOCKS = {"p", "br", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
_UNSEEN = {"script", "style", "head", "title", "template"}


@dataclass(frozen=True)
class Letter:
    """A mail, as far as it can be read."""

    parsed: Message

    def header(self, name: str) -> str:
        """A header as text, on one line."""
        return " ".join(_decoded(str(self.parsed.get(name) or "")[:LONGEST_HEADER]).split())

    @property
    def sender(self) -> str:
        """The address that it says it is from, in small letters."""
        addresses = [address for _, address in getaddresses([self.header("From")]) if "@" in address]
        return reading.text(addresses[0]).lower() if addresses else ""

    @property
    def thread(self) -> str:
        """The message with which the conversation began, else this one; empty if nothing tells."""
        known = " ".join(map(self.header, ("References", "In-Reply-To", "Message-ID")))
        first = re.search(r"<([^<>\s]+)>", known)
        return first[1] if first else ""

    @property
    def is_automatic(self) -> str:
        """Why it is no alert, for a reply of a machine, a bounce or a mail of ours; else empty."""
        automatic = self.header("Auto-Submitted").lower()
        if self.header(_OURS):
            return "this system has sent it itself"
        if self.parsed.get_content_type() == "multipart/report" or self.header("Return-Path") == "<>":
            return "it reports on the delivery of another mail"
        if automatic.startswith("auto-replied") or self.header("X-Autoreply") or self.header("X-Autorespond"):
            return "it is an automatic reply"
        if self.header("Precedence").lower() in {"auto_reply", "auto-reply"}:
            return "it is an automatic reply"
        return ""

    @cached_property
    def text(self) -> str:
        """What it says: plain text, or else its HTML without markup."""
        plain, html = [], []
        for part in self._parts():
            match part.get_content_type():
                case "text/plain":
                    plain.append(_content(part))
                case "text/html":
                    html.append(_without_markup(_content(part)))
        said = "\n\n".join(filter(None, plain)) or "\n\n".join(filter(None, html))
        if len(said) > LONGEST_TEXT:
            note(None, f"the text is cut off after {LONGEST_TEXT} characters; the delivery has all of it")
        return said[:LONGEST_TEXT]

    def _parts(self) -> Iterator[Message]:
        left_out = 0
        for number, part in enumerate(self.parsed.walk()):
            if number == MOST_PARTS:
                note(None, f"it has more than {MOST_PARTS} parts; the others were not looked at")
                break
            if part.is_multipart():
                continue
            if part.get_filename() or part.get_content_disposition() == "attachment":
                left_out += 1
            elif part.get_content_maintype() == "text":
                yield part
            else:
                left_out += 1
        if left_out:
            note(None, f"{left_out} attachment{'s' if left_out > 1 else ''} left out; only text is read")


def read_letter(body: bytes) -> Letter:
    """A mail from its bytes; one that is nested without end is read by its headers."""
    try:
        return Letter(message_from_bytes(body, policy=policy.compat32))
    except RecursionError:
        note(None, "its parts are nested too deeply; only its headers are read")
        return Letter(BytesHeaderParser(policy=policy.compat32).parsebytes(body[:LONGEST_TEXT]))


def _decoded(written: str) -> str:
    try:
        pieces = decode_header(written)
    except (HeaderParseError, ValueError):
        return written
    return "".join(_piece(content, charset) for content, charset in pieces)


def _piece(content: bytes | str, charset: str | None) -> str:
    return content if isinstance(content, str) else _as_text(content, charset)


def _as_text(content: bytes, charset: str | None) -> str:
    """Bytes in a character set that may be none; what is no letter in it is replaced."""
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        note(charset, "is no character set that is known; it was read as UTF-8")
        return content.decode("utf-8", "replace")


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    said = _as_text(content, part.get_content_charset("utf-8"))
    return said.replace("\r\n", "\n").strip()


class _Words(HTMLParser):
    """The words of an HTML text, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """A block begins a line; what no browser shows is not read."""
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """The end of what is not shown, or of a line."""
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._unseen:
            self.words.append(data)


def _without_markup(html: str) -> str:
    words = _Words()
    words.feed(html[: LONGEST_TEXT * 10])
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.words).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
