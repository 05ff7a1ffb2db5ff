"""Which configuration does the documentation tell people to paste? The tests use exactly that."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```\w*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
HEADINGS = 2
"""The file is named in the first line, or in the second one, after that with the interpreter."""


def pasted(page: str, file: str, changes: Mapping[str, str]) -> str:
    """The text that a page gives for a file, with addresses and places of a test instead of its own.

    The page is one of docs/senders, unless it names another folder of docs. What is to be changed must be
    there: a page that says something else now is noticed.
    """
    found = page if "/" in page else f"senders/{page}"
    texts = [text for text in _blocks(found) if _names(text, file)]
    assert len(texts) == 1, f"{page} has {len(texts)} blocks for {file}"
    (text,) = texts
    for theirs, ours in changes.items():
        assert theirs in text, f"{page} does not say {theirs!r} any more"
        text = text.replace(theirs, ours)
    return text


def _blocks(page: str) -> list[str]:
    return [found["text"] for found in BLOCK.finditer((PAGES / page).read_text(encoding="utf-8"))]


def _names(text: str, file: str) -> bool:
    return any(re.match(rf"# \S*\b{re.escape(file)}(: |$)", line) for line in text.splitlines()[:HEADINGS])
