"""The page on which people change schedules in every state, for tests and for looking at it."""

from collections.abc import Iterator
from typing import Any

from incident.configuration import Language
from incident.override import Add, Cover, Fixed, Override, Remove, Replace
from templates.changes import Changed, ChangesPage, OfferedShift, OwnShift
from templates.pages import Actor, Page
from tests.templates.sample_calendars import HOSTILE, NOW, days

ZONES = {"payments": "Europe/Rome", "search": "America/New_York"}
SPAN: dict[str, Any] = {"start": days(7), "end": days(8)}


def changes(language: Language, people: dict[str, str]) -> Iterator[tuple[str, Page]]:
    """Pages by a name that says what they show."""
    common = {
        "now": NOW,
        "language": language,
        "people": people,
        "actor": Actor(person="bob", token="b0b"),
        "person": "bob",
        "zones": ZONES,
    }
    yield "changes, nothing yet", ChangesPage(**common)
    yield "changes without any schedule", ChangesPage(**common | {"zones": {}})
    known = {"shifts": _shifts(), "offers": _offers(), "changed": _changed()}
    yield "changes", ChangesPage(**known, **common)
    entered = {
        "kind": "add",
        "user": "alice",
        "start": "2027-03-28T02:30",
        "reason": HOSTILE,
        "schedule": "search",
    }
    refused = {"values": entered, "problems": (f"start: 2027-03-28 02:30 does not exist {HOSTILE}",)}
    yield "changes, refused", ChangesPage(**known, **refused, **common)
    warned = {"warnings": ("nobody is on call from Sat 27 Mar 23:00 to Sun 28 Mar 22:00 UTC",)}
    yield "changes, stored with a warning", ChangesPage(**known, **warned, **common)


def _shifts() -> tuple[OwnShift, ...]:
    return (
        OwnShift("payments", days(7), days(14)),
        OwnShift("search", days(14), days(21), offered=True),
        OwnShift("search", days(28), days(35)),
    )


def _offers() -> tuple[OfferedShift, ...]:
    return (
        OfferedShift(1, "payments", "alice", None, days(14), days(21), days(13), f"a wedding {HOSTILE}"),
        OfferedShift(2, "search", "dave", "bob", days(21), days(22), days(21), ""),
        OfferedShift(3, "search", "bob", "alice", days(14), days(21), days(21), "holidays"),
        OfferedShift(4, "search", "alice", "dave", days(24), days(25), days(24), "not for bob"),
    )


def _changed() -> tuple[Changed, ...]:
    overrides: tuple[Override, ...] = (
        Replace.model_validate({"kind": "replace", "user": "alice", "with": "bob", **SPAN}),
        Add(kind="add", user="dave", **SPAN),
        Remove(kind="remove", user="alice", **SPAN),
        Cover(kind="cover", users=("alice", "<i>zoe</i>"), **SPAN),
        Cover(kind="cover", users=(), **SPAN),
        Fixed(kind="fixed", shifts=(), **SPAN),
    )
    return tuple(
        Changed(number, "payments", each, each.start, each.end, "alice", "" if number % 2 else HOSTILE)
        for number, each in enumerate(overrides)
    )
