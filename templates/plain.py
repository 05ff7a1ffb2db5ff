"""How does our markdown read where nothing shows it, as in a text message or when it is spoken?"""

import re

_LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(([^)\s]*)\)")
_MARK = re.compile(r"\\(.)|\*\*|`|^[-#]+ (?=\S)", re.DOTALL | re.MULTILINE)
_GAP = re.compile(r"\s*\n\s*")


def plain(markdown: str, *, links: bool = True) -> str:
    """The same text without marks; a link is its words and its address, or left out."""
    linked = _LINK.sub(r"\1: \2" if links else "", markdown)
    return _GAP.sub("\n", _MARK.sub(lambda mark: mark[1] or "", linked)).strip()
