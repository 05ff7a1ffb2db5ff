"""How does a text look in a Matrix room? As plain text, and as HTML that is made from its Markdown.

HTML and images within a text stay text, and a link leads only where a browser may be sent, so that nothing in
an alert's name becomes more than a name.
"""

import re
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from blocks.interfaces import PageMessage

BODY_LENGTH, HTML_BYTES = 8_000, 24_000
"""An event may have 65,536 bytes in all; a text whose HTML is too long is sent without it."""

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")
_RENDERER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


def message(text: str) -> dict[str, Any]:
    """The content of an event that says this Markdown."""
    shown = plain(text)
    return _content(shown, _RENDERER.render(shown))


def page(told: PageMessage, user: str) -> dict[str, Any]:
    """The content of an event that pages somebody; the page's own links can be touched."""
    subject, text = escape(plain(told.subject)), escape(plain(told.text))
    ours = "|".join(re.escape(escape(url)) for url in (told.acknowledge_url, told.incident_url))
    text = re.sub(rf"({ours})(?=\s|$)", r'<a href="\1">\1</a>', text)
    html = f"<h3>{subject}</h3><p>{text.replace(chr(10), '<br>')}</p>"
    return mentioning(user, _content(plain(f"{told.subject}\n\n{told.text}"), html))


def mentioning(user: str, content: dict[str, Any]) -> dict[str, Any]:
    """The same, meant for this user's attention."""
    return content | {"m.mentions": {"user_ids": [user]}}


def below(thread: str, answered: str = "") -> dict[str, Any]:
    """What puts a message into the thread of another; clients without threads show it as a reply.

    ``answered`` is the message of the thread that it really replies to.
    """
    return {
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": not answered,
            "m.in_reply_to": {"event_id": answered or thread},
        }
    }


def in_reply_to(event: str) -> dict[str, Any]:
    """What makes a message the reply to another."""
    return {"m.relates_to": {"m.in_reply_to": {"event_id": event}}}


def plain(text: str) -> str:
    """The text without what cannot be shown or stored, and not too long for an event."""
    visible = _HALF_A_CHARACTER.sub("?", _INVISIBLE.sub("", text.replace("\r\n", "\n")))
    return visible if len(visible) <= BODY_LENGTH else visible[: BODY_LENGTH - 1] + "…"


def _content(body: str, html: str) -> dict[str, Any]:
    content = {"msgtype": "m.text", "body": body, "m.mentions": {}}
    if len(html.encode()) > HTML_BYTES:
        return content
    return content | {"format": "org.matrix.custom.html", "formatted_body": html.strip()}
