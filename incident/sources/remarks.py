"""What could not be read of a message, and where does it stand in it?

A parser is a function of the message alone, and most of its readers are three calls deep. So a reader that
gives up on a field notes it in the notebook that its caller has laid open with `noting`; where none is open,
nothing is kept. A notebook belongs to one thread or task and ends with its block.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from incident.keepable import keepable

MOST = 20
"""So many remarks are made of a message; of the others only how many there are."""

LONGEST_QUOTE = 60
"""Characters of a value that are quoted."""

SEARCHED = 20_000
"""Values that are looked at to find where a remark belongs."""


@dataclass(frozen=True)
class Unread:
    """A value that is not what its reader can read, and what is taken instead; no value: it was missing."""

    value: Any
    why: str


_NOTEBOOK: ContextVar[list[Unread] | None] = ContextVar("notebook", default=None)


@contextmanager
def noting() -> Iterator[list[Unread]]:
    """Collect what readers give up on, within this block."""
    notes: list[Unread] = []
    token = _NOTEBOOK.set(notes)
    try:
        yield notes
    finally:
        _NOTEBOOK.reset(token)


def note(value: Any, why: str) -> None:
    """Note a value that could not be read; ``why`` says what it is not, and what stands in for it."""
    notes = _NOTEBOOK.get()
    if notes is not None:
        notes.append(Unread(value, why))


def remarks(payload: Any, notes: Sequence[Unread]) -> tuple[str, ...]:
    """The notes as sentences that begin with the place, each once; without any nothing is searched."""
    if not notes:
        return ()
    counted: dict[str, int] = {}
    places = _places(payload, notes)
    for unread in notes:
        counted.setdefault(_sentence(unread, places), 0)
        counted[_sentence(unread, places)] += 1
    told = [f"{said} ({count} times)" if count > 1 else said for said, count in counted.items()]
    rest = len(told) - MOST
    return (*told[:MOST], f"{rest} more remarks like these") if rest > 0 else tuple(told)


def quoted(value: Any) -> str:
    """A value as it is named in a sentence: never longer than a line."""
    written = repr(value)
    return written if len(written) <= LONGEST_QUOTE else f"{written[: LONGEST_QUOTE - 1]}\u2026"


def _sentence(unread: Unread, places: dict[Any, str]) -> str:
    if unread.value is None:
        return keepable(unread.why)
    place = places.get(_key(unread.value), "")
    said = f"{quoted(unread.value)} {unread.why}"
    return keepable(f"{place}: {said}" if place else said)


def _places(payload: Any, notes: Iterable[Unread]) -> dict[Any, str]:
    """The first place of each noted value; what was computed from several fields has none."""
    wanted = {_key(unread.value) for unread in notes if unread.value is not None}
    found: dict[Any, str] = {}
    waiting: list[tuple[str, Any]] = [("", payload)]
    for _ in range(SEARCHED):
        if not waiting or len(found) == len(wanted):
            break
        place, value = waiting.pop()
        if (sought := _key(value)) in wanted:
            found.setdefault(sought, place)
        waiting.extend(reversed(_members(place, value)))
    return found


def _key(value: Any) -> Any:
    """By what a value is found again: a scalar by what it is, text without the blanks around it."""
    match value:
        case dict() | list():
            return id(value)
        case str():
            return value.strip()
        case _:
            return type(value), value


def _members(place: str, value: Any) -> list[tuple[str, Any]]:
    match value:
        case dict():
            return [(f"{place}.{name}".lstrip("."), member) for name, member in value.items()]
        case list():
            return [(f"{place}[{number}]", member) for number, member in enumerate(value)]
        case _:
            return []
