"""What is to be said about a configuration, and on which of its keys?"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

Place = tuple[str | int, ...]
"""The path of keys and list positions in the file."""


class Finding(BaseModel):
    """Something that must or should be changed; ``place`` is the path of keys in the file."""

    model_config = ConfigDict(frozen=True)

    place: Place
    message: str
    fatal: bool = True


def unknown(place: Place, name: str, kind: str, known: Iterable[str]) -> Iterator[Finding]:
    """That a name leads nowhere, with the nearest one and all that exist; nothing if it is among them."""
    names = sorted(known)
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        message = f"{name!r} is not under {kind}:; {hint}known: {', '.join(names) or 'none'}"
        yield Finding(place=place, message=message)
