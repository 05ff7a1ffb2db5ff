"""How does a template write a time, a duration, a person or a link, in the language of the text?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from templates.formats import Format, clean, escape_markdown, markdown_to_html, one_line, safe_url, shorten
from templates.walls import WALLS
from templates.words import count, fill


@pass_context
def time(context: Context, at: datetime) -> str:
    """`23 Nov 03:10 UTC`."""
    return f"{day(context, at)} {at.astimezone(UTC):%H:%M} UTC"


def clock(at: datetime) -> str:
    """`03:10 UTC`, where the day is plain."""
    return f"{at.astimezone(UTC):%H:%M} UTC"


def second(at: datetime) -> str:
    """`03:10:42`, where the day and UTC are plain."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


@pass_context
def day(context: Context, at: datetime) -> str:
    """`23 Nov`."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {context['words']['months'][utc.month - 1]}"


@pass_context
def date(context: Context, at: datetime) -> str:
    """`23 Nov 2026`."""
    return f"{day(context, at)} {at.astimezone(UTC).year}"


def local(written: str) -> str:
    """`2026-11-23T03:10` in UTC, as a field for a date and time wants it; other text stays as it is."""
    try:
        return f"{datetime.fromisoformat(written).astimezone(UTC):%Y-%m-%dT%H:%M}"
    except ValueError:
        return written


@pass_context
def stamp(context: Context, at: datetime) -> Markup:
    """The time as HTML that machines can read."""
    machine = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}">{}</time>').format(machine, time(context, at))


@pass_context
def duration(context: Context, length: timedelta) -> str:
    """`42 s`, `4 min 12 s`, `2 h 5 min` or `3 d 4 h`: the two largest units."""
    units = context["words"]["units"]
    seconds = int(length.total_seconds())
    if seconds < 1:
        return str(units["moment"])
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    numbers = {"day": days, "hour": hours, "minute": minutes, "second": seconds % 60}
    parts = [(number, units[name]) for name, number in numbers.items()]
    first = next(index for index, (number, _) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


@pass_context
def person(context: Context, identity: str) -> str:
    """The person's name; the identity itself where no name is known."""
    names: dict[str, str] = context["people"]
    return names.get(identity) or str(context["words"]["people"].get(identity, identity))


@pass_context
def place(context: Context, name: str) -> str:
    """What a link's place is called: the room, the call, the ticket."""
    return str(context["words"]["places"].get(name, name))


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: an empty line starts a paragraph."""
    blocks = [block for block in clean(text).strip().split("\n\n") if block.strip()]
    broken = (Markup("<br>").join(line for line in block.strip().split("\n")) for block in blocks)
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in broken)


def _lines_of_text(text: str) -> Markup:
    return Markup(clean(text).strip())  # noqa: S704 - plain text needs no escaping


def _lines_of_markdown(text: str) -> Markup:
    lines = [escape_markdown(line) for line in clean(text).split("\n") if line.strip()]
    return Markup("  \n".join(lines))  # noqa: S704 - escaped for Markdown


def _verbatim(text: str) -> Markup:
    """Text for inside a fence, which it cannot end."""
    return Markup(clean(text).replace("`", "'"))  # noqa: S704 - nothing else is special inside a fence


def _link_in_html(url: str, text: str = "") -> Markup:
    address = safe_url(url)
    shown = one_line(text or url)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, shown) if address else escape(shown)


def _link_in_markdown(url: str, text: str = "") -> Markup:
    address = safe_url(url)
    shown = escape_markdown(text or url)
    return Markup(f"[{shown}]({address})" if address else shown)  # noqa: S704 - escaped for Markdown


def _link_in_text(url: str, text: str = "") -> str:
    return f"{text}: {url}" if text and text != url else url


Filter = Callable[..., Any]

_EVERYWHERE: dict[str, Filter] = {
    "time": time,
    "clock": clock,
    "second": second,
    "day": day,
    "date": date,
    "local": local,
    "duration": duration,
    "person": person,
    "place": place,
    "fill": fill,
    "counted": count,
    "shorten": shorten,
    "safe_url": safe_url,
    **WALLS,
}
_HTML: dict[str, Filter] = {
    "stamp": stamp,
    "link": _link_in_html,
    "lines": paragraphs,
    "markdown": markdown_to_html,
}
_MARKDOWN: dict[str, Filter] = {"link": _link_in_markdown, "lines": _lines_of_markdown, "verbatim": _verbatim}
_TEXT: dict[str, Filter] = {"link": _link_in_text, "lines": _lines_of_text}
_OWN = {
    Format.HTML: _HTML,
    Format.SVG: _HTML,
    Format.MARKDOWN: _MARKDOWN,
    Format.TEXT: _TEXT,
    Format.LINE: _TEXT,
}


def filters(form: Format) -> dict[str, Filter]:
    """The filters of a format by name."""
    return {**_EVERYWHERE, **_OWN[form]}
