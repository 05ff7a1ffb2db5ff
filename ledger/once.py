"""What does one transaction read only once? What cannot change while it has its turn, such as silences."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session

T = TypeVar("T")


def once(session: Session, read: Callable[..., T], /, *args: Any) -> T:
    """What this function read for this transaction first; a batch of alerts shares it."""
    known: dict[Callable[..., Any], Any] = session.info.setdefault("once", {})
    if read not in known:
        known[read] = read(session, *args)
    found: T = known[read]
    return found
