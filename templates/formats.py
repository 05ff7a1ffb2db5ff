"""How is a value made harmless in the format that it lands in?

Every name in an alert is hostile until it has been here. A template is trusted, what it prints is not. Each
format has one rule for what ``{{ ... }}`` prints; a filter that has already followed it returns ``Markup``.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

# With these a text can say something else than it shows.
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_DIRECTIONS_AND_NO_WIDTH = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_INVISIBLE = re.compile(f"[{_CONTROLS}{_DIRECTIONS_AND_NO_WIDTH}]")
_MARKDOWN = re.compile(r"([\\`*\[\]<>|~&@]|(?<![^\W_])_|_(?![^\W_])|(?<=www)\.|:(?=//))", re.IGNORECASE)
_BLOCK_START = re.compile(r"^(\s*)([#+=>-]|\d+(?=[.)]))")
_LONG_GAP = re.compile(r"\n{3,}")
_AS_DOCUMENT = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


class Format(StrEnum):
    """What a template's suffix says about its output."""

    HTML = "html"
    SVG = "svg"
    MARKDOWN = "md"
    TEXT = "txt"
    LINE = "line"

    @classmethod
    def of(cls, name: str) -> "Format":
        """The format of a template by its name."""
        return cls(name.rpartition(".")[2])


def clean(text: str) -> str:
    """The text without characters that cannot be seen; line breaks stay."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text on one line: a line break in a name must not start a header, a heading or a false sentence."""
    return " ".join(clean(text).split())


def shorten(text: str, length: int) -> str:
    """The text on one line, and of at most so many characters."""
    line = one_line(text)
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def escape_markdown(text: str) -> str:
    """One line that reads as it is in Markdown: no image, link, mention, emphasis or HTML comes out of it."""
    return _BLOCK_START.sub(_escape_start, _MARKDOWN.sub(r"\\\1", one_line(text)))


def _escape_start(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def safe_url(url: str) -> str:
    """The address if a browser may be sent there, else an empty text."""
    address = clean(url).strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https", "mailto"} or not (parts.netloc or parts.scheme == "mailto"):
        return "" if not re.match(r"^/(?!/)", address) else quote(address, safe="/?&=%#:@+,;~!$*'")
    return quote(address, safe="/?&=%#:@+,;~!$*'[]")


def print_value(form: Format) -> Callable[[Any], Any]:
    """The rule for what ``{{ ... }}`` prints in a format; ``None`` is a mistake in the template."""
    rules: dict[Format, Callable[[str], str]] = {
        Format.HTML: lambda text: escape(clean(text)),
        Format.SVG: lambda text: escape(clean(text)),
        Format.MARKDOWN: escape_markdown,
        Format.TEXT: one_line,
        Format.LINE: one_line,
    }
    rule = rules[form]

    def printed(value: Any) -> Any:
        if value is None:
            raise TypeError("a template printed a value that is not there")
        return value if isinstance(value, Markup) else Markup(rule(str(value)))  # noqa: S704 - the rule escapes

    return printed


def finish(form: Format, rendered: str) -> str:
    """The last touch to a whole text: one line where one is meant, no trailing or triple empty lines."""
    match form:
        case Format.LINE:
            return one_line(rendered)
        case Format.TEXT | Format.MARKDOWN:
            lines = "\n".join(line.rstrip() for line in rendered.splitlines())
            return _LONG_GAP.sub("\n\n", lines).strip() + "\n"
        case Format.HTML | Format.SVG:
            return rendered.strip() + "\n"


def markdown_to_html(text: str) -> Markup:
    """HTML from Markdown; HTML and images inside it stay text."""
    return Markup(_AS_DOCUMENT.render(text))  # noqa: S704 - the renderer escapes HTML
