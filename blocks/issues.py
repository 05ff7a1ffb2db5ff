"""What is an incident as an issue where code is kept: which labels, which marks, and what harmless text?"""

import re
from hashlib import sha256

from blocks.interfaces import TicketFields, TicketState
from incident.severity import Severity

LABEL_LENGTH = 50
"""Characters of a label; GitHub takes no more."""

STATE_LABELS = {
    TicketState.IN_PROGRESS: "incident-in-progress",
    TicketState.RESOLVED: "incident-resolved",
}
"""An issue is open or closed and nothing between; the states between are labels of an open one."""

SEVERITY_LABELS = frozenset(f"severity-{severity:d}" for severity in Severity)

_MENTION = re.compile(r"(?<![\w.@/-])@(?=\w)")
_COMMAND = re.compile(r"^([ \t]*)/(?=\w)", re.MULTILINE)
_CUT = "\n\n…"


def found_by(key: str) -> str:
    """The label by which the issue of an incident is found again."""
    return _label(f"incident-{key}")


def labels_of(fields: TicketFields) -> tuple[str, ...]:
    """Every label of a new issue."""
    return found_by(fields.key), *labels_that_change(fields)


def labels_that_change(fields: TicketFields) -> tuple[str, ...]:
    """The labels that are written again whenever the incident changes."""
    return f"severity-{fields.severity:d}", _label(f"service-{fields.service}")


def mark(key: str) -> str:
    """An unseen line by which a comment is found again."""
    return f"<!-- incident-response {sha256(key.encode()).hexdigest()} -->"


def title_of(fields: TicketFields, length: int) -> str:
    """The summary in one line."""
    return " ".join(fields.summary.split())[:length]


def body_of(fields: TicketFields, length: int) -> str:
    """The description, with the products that are affected below it."""
    products = f"\n\n{', '.join(fields.products)}" if fields.products else ""
    return _within(harmless(fields.description + products), length)


def comment_of(text: str, key: str, length: int) -> str:
    """A comment with its mark."""
    end = f"\n\n{mark(key)}"
    return _within(harmless(text), length - len(end)) + end


def link_of(title: str, url: str) -> str:
    """A link in Markdown; brackets of its title would end it early."""
    return f"[{re.sub(r'[][]', ' ', title)}](<{url}>)"


def harmless(text: str) -> str:
    """The text of an alert, which calls nobody by @name and gives no /command, as comments there may."""
    return _COMMAND.sub(r"\1\\/", _MENTION.sub("@\u200b", text))


def _label(name: str) -> str:
    """No spaces, and no comma: it parts labels from each other in a search."""
    return re.sub(r"[\s,]+", "-", name.strip())[:LABEL_LENGTH]


def _within(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - len(_CUT)] + _CUT
