"""How does plain text become an Atlassian document? Paragraphs, line breaks, and links that can be clicked.

Source: the Atlassian Document Format, version 1.
"""

import re
from typing import Any

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}]")


def document(text: str) -> dict[str, Any]:
    """The document of a text; blank lines part paragraphs."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if part.strip()]
    content = [{"type": "paragraph", "content": _lines(part)} for part in paragraphs]
    return {"type": "doc", "version": 1, "content": content or [{"type": "paragraph", "content": []}]}


def _lines(paragraph: str) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for line in paragraph.split("\n"):
        if nodes:
            nodes.append({"type": "hardBreak"})
        nodes += _linked(line)
    return nodes


def _linked(line: str) -> list[dict[str, Any]]:
    nodes, at = [], 0
    for found in _ADDRESS.finditer(line):
        nodes += _text(line[at : found.start()])
        nodes += _text(found.group(), {"type": "link", "attrs": {"href": found.group()}})
        at = found.end()
    return nodes + _text(line[at:])


def _text(text: str, *marks: dict[str, Any]) -> list[dict[str, Any]]:
    if not text:  # an empty text node is no valid one
        return []
    return [{"type": "text", "text": text, **({"marks": list(marks)} if marks else {})}]
