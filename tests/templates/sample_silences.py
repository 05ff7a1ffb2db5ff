"""The page on which people silence things in every state, for tests and for looking at it."""

from collections.abc import Iterator
from typing import Any

from incident.configuration import Language
from templates.pages import Actor, Page
from templates.silences import QuietPage, ShownMaintenance, ShownMatch, ShownPreview, ShownSilence
from tests.templates.sample_calendars import HOSTILE, NOW, days

MATCHERS = ('alertname="DiskFull"', 'host=~"db.*"')


def quiet(language: Language, people: dict[str, str]) -> Iterator[tuple[str, Page]]:
    """Pages by a name that says what they show."""
    common: dict[str, Any] = {"now": NOW, "language": language, "people": people, "zone": "Europe/Rome"}
    bob = {"actor": Actor(person="bob", token="b0b"), "key": "7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10"}
    known = {
        "silences": (_silence(1, "active"), _silence(2, "pending"), _of_incident()),
        "maintenance": (_window("nightly-backup", "coming"), _window("M3", "active", in_file=False)),
        "past": (_silence(4, "expired", ended_by="alice"),),
        "past_maintenance": (_window("M1", "over", in_file=False, ended_by="bob"),),
        "services": ("checkout", "search"),
    }
    yield "silences, nothing yet", QuietPage(**common)
    yield "silences for anybody", QuietPage(**known, **common)
    yield "silences", QuietPage(**known, **bob, **common)
    of_incident = {"incident": "INC-1", "values": {"matchers": "\n".join(MATCHERS)}}
    yield "silences, from an incident", QuietPage(**known, **of_incident, **bob, **common)
    refused = {"values": {"matchers": HOSTILE, "comment": HOSTILE}, "problems": (f"matchers: {HOSTILE}",)}
    yield "silences, refused", QuietPage(**known, **refused, **bob, **common)
    yield "silences, tried", QuietPage(preview=_preview(), **known, **bob, **common)


def _silence(number: int, state: str, ended_by: str | None = None) -> ShownSilence:
    return ShownSilence(
        number, state, MATCHERS, None, days(-1), days(1), "bob", f"new disks {HOSTILE}", ended_by
    )


def _of_incident() -> ShownSilence:
    return ShownSilence(3, "active", (), "INC-1", days(-1), days(1), "alice", "the supplier is at it")


def _window(name: str, state: str, *, in_file: bool = True, ended_by: str | None = None) -> ShownMaintenance:
    over = state == "over"
    return ShownMaintenance(
        name=name,
        state=state,
        about=("database", 'env="prod"'),
        comment=f"backup {HOSTILE}",
        start=None if over else days(0),
        end=None if over else days(1),
        repeat="FREQ=DAILY",
        in_file=in_file,
        by="" if in_file else "bob",
        ended_by=ended_by,
    )


def _preview() -> ShownPreview:
    matched = (
        ShownMatch(f"Disk full on db{number}", "database", "alertmanager", days(-1), "INC-1")
        for number in range(25)
    )
    return ShownPreview(40, tuple(matched))
