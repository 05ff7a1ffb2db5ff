"""The pages about schedules and handoffs in every state, for tests and for looking at them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from incident.agenda import Origin, PersonalShift, Stretch
from incident.calendar import View, period, rows_of_days
from incident.configuration import Language
from incident.wall_clock import WallClock
from templates.calendar import CalendarPage, ShiftsPage
from templates.handoffs import ForTheNext, HandoffPage, HandoffsPage, Listed, Recipient
from templates.pages import Actor, Page
from tests.templates.sample_notes import note

NOW = datetime(2027, 3, 27, 10, 30, tzinfo=UTC)
ZONE = "Europe/Rome"
KNOWN = (NOW - timedelta(days=60), NOW + timedelta(days=60))
HOSTILE = "</style><script>alert(1)</script>"


def days(number: float) -> datetime:
    """So many days after midnight on Monday, 22 March."""
    return datetime(2027, 3, 21, 23, tzinfo=UTC) + timedelta(days=number)


ROW = (
    Stretch(KNOWN[0], days(0.4), ("alice",), ("alice",)),
    Stretch(days(0.4), days(2), ("bob", "alice"), ("bob",)),
    Stretch(days(2), days(2.1), ("dave",), ("bob",)),
    Stretch(days(2.1), days(5), ("bob",), ("bob",)),
    Stretch(days(5), days(6), (), ("bob",), f"an override takes bob off call {HOSTILE}"),
    Stretch(days(6), days(6.2), (), (), "layer 1 is outside its windows"),
    Stretch(days(6.2), KNOWN[1], ("<i>zoe</i>",), ("<i>zoe</i>",)),
)


def calendars(language: Language, people: dict[str, str]) -> Iterator[tuple[str, Page]]:
    """Pages by a name that says what they show."""
    common = {"now": NOW, "language": language, "people": people, "zone": ZONE, "known": KNOWN}
    for view in View:
        yield f"calendar, {view}", _calendar(view, {"payments": ROW, "search": ROW}, common)
    acting = common | {"actor": Actor(person="bob", token="b0b"), "problem": "There is no such zone."}
    yield "calendar for an actor", _calendar(View.WEEK, {"payments": ROW}, acting)
    yield "calendar without schedules", _calendar(View.MONTH, {}, common)
    month = {"shown": period(View.MONTH, date(2027, 3, 27)), "asked": {"zone": ZONE}, **common}
    own = (
        PersonalShift("payments", KNOWN[0], days(2), (), (), changed=False),
        PersonalShift("search", days(5), days(6), ("alice",), ("dave",), changed=True),
        PersonalShift("search", days(7), days(8), ("alice",), (), changed=True),
    )
    yield (
        "shifts",
        ShiftsPage(
            person="bob", shifts=own, now_on=own[1:2], next_on=own[2], hours=timedelta(hours=24.5), **month
        ),
    )
    yield from _handoffs(common, acting)
    yield "shifts, none", ShiftsPage(person="bob", shifts=(), **month)


def _handoffs(common: dict[str, Any], acting: dict[str, Any]) -> Iterator[tuple[str, Page]]:
    frame = {name: value for name, value in common.items() if name not in ("zone", "known")}
    actor = {"actor": acting["actor"]}
    listed, waiting = (Listed(7, note()),), (ForTheNext("payments", ZONE, note().remarks),)
    yield "handoffs", HandoffsPage(notes=listed, waiting=waiting, **frame)
    yield "handoffs, none", HandoffsPage(notes=(), waiting=(), **frame)
    refused = {
        "schedules": ("payments", "search"),
        "schedule": "search",
        "text": HOSTILE,
        "problems": ("It is too long.",),
    }
    yield (
        "handoffs with a refused remark",
        HandoffsPage(notes=listed, waiting=waiting, **refused, **frame, **actor),
    )
    told = (
        Recipient("alice", NOW, settled=True, problem=""),
        Recipient("bob", None, settled=True, problem=f"refused {HOSTILE}"),
        Recipient("dave", None, settled=False, problem=""),
    )
    yield "handoff", HandoffPage(number=7, note=note(), noted_at=NOW, told=told, **frame)
    empty = note().model_copy(update={"open": (), "ended": (), "pages": (), "remarks": (), "incoming": ()})
    yield "handoff, empty", HandoffPage(number=8, note=empty, noted_at=NOW, **frame)


def _calendar(view: View, rows: Mapping[str, tuple[Stretch, ...]], common: dict[str, Any]) -> CalendarPage:
    shown = period(view, date(2027, 3, 28))
    notable = [(name, each) for name, row in rows.items() for each in row if each.is_changed or each.is_gap]
    return CalendarPage(
        today=date(2027, 3, 27),
        shown=shown,
        weeks=rows_of_days(shown, rows, WallClock(ZONE)),
        schedules=tuple(rows),
        zones=(ZONE, "UTC"),
        notable=tuple(notable),
        origins=(Origin("payments", days(2), days(2.1), frozenset({"dave"}), "bob", f"dentist {HOSTILE}"),),
        asked={"view": view.value, "zone": ZONE},
        **common,
    )
