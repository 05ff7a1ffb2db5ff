"""What does somebody else's calendar mean here: who is on call, or away, from when to when?

The calendar has been expanded to single events already, and is not known in any other form here. An event
of which nobody can say who is meant is a remark, never a guess.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from incident.foreign_calendar import ForeignEvent, Imported, Meant
from incident.override import FIXED_PLAN, Cover, Override

AHEAD = timedelta(days=160)
"""So far ahead a calendar is read: feeds ask schedules 90 days ahead, and look 63 days beyond (see there)."""

BENEATH_PLANS = FIXED_PLAN - 1
"""An imported shift stands in for the layers, so every override that people make here lies above it."""

NAMED = 5
"""So many events that cannot be used are told one by one."""


class Names:
    """What people are called in a calendar; letter case does not matter."""

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        self.known = {person: tuple(names) for person, names in known.items()}
        self._people: dict[str, str] = {}
        for person, names in self.known.items():
            for name in (person, *names):
                if name.strip():
                    self._people.setdefault(_plain(name), person)
        words = "|".join(re.escape(name) for name in sorted(self._people, key=len, reverse=True))
        self._somewhere = re.compile(rf"(?<![\w.@-])(?:{words})(?![\w@-])") if words else None

    def who(self, name: str) -> str | None:
        """The person who is called exactly so."""
        return self._people.get(_plain(name))

    def within(self, text: str) -> tuple[str, ...]:
        """Everybody whose name stands in a text, as words of their own."""
        found = self._somewhere.findall(_plain(text)) if self._somewhere else []
        return tuple(dict.fromkeys(self._people[name] for name in found))


def imported(
    events: Iterable[ForeignEvent], names: Names, who: Meant
) -> tuple[tuple[Imported, ...], tuple[str, ...]]:
    """The shifts that events mean, and remarks about what could not be understood."""
    shifts, unknown = list[Imported](), list[str]()
    for event in events:
        people, strangers = _people_of(event, names, who)
        if people:
            shifts.append(Imported(start=event.start, end=event.end, people=people, summary=event.summary))
        if strangers or not people:
            unknown.append(_unknown(event, strangers))
    distinct = list(dict.fromkeys(unknown))
    more = [f"{len(distinct) - NAMED} more events name nobody we know"] if len(distinct) > NAMED else []
    return tuple(shifts), (*distinct[:NAMED], *more)


def away(events: Iterable[ForeignEvent], person: str) -> tuple[Imported, ...]:
    """The absences of a person: every event of their own calendar of vacations."""
    return tuple(
        Imported(start=event.start, end=event.end, people=(person,), summary=event.summary)
        for event in events
    )


def carried_over(
    before: Iterable[Imported], fresh: Iterable[Imported], now: datetime, *, keep: timedelta
) -> tuple[Imported, ...]:
    """What holds once a calendar was read again: from now on what it says, before now what was known (S8).

    What ended longer ago than `keep` is dropped.
    """
    past = [each for entry in before if entry.end > now - keep and (each := _cut(entry, None, now))]
    coming = [each for entry in fresh if (each := _cut(entry, now, None))]
    joined: dict[tuple[tuple[str, ...], str], list[Imported]] = {}
    for entry in (*past, *coming):
        same = joined.setdefault((entry.people, entry.summary), [])
        if same and entry.start == now == same[-1].end:
            same.append(entry.model_copy(update={"start": same.pop().start}))
        else:
            same.append(entry)
    return tuple(sorted((each for same in joined.values() for each in same), key=_order))


def as_overrides(shifts: Iterable[Imported]) -> Iterator[Cover]:
    """Imported shifts for the calculation of a schedule: instead of its layers, beneath all overrides."""
    for shift in shifts:
        yield Cover(
            kind="cover", users=shift.people, priority=BENEATH_PLANS, start=shift.start, end=shift.end
        )


def is_imported(override: Override) -> bool:
    """Whether it is a shift from a calendar: then it is what was planned, and no change of a plan."""
    return isinstance(override, Cover) and override.priority == BENEATH_PLANS


def _people_of(event: ForeignEvent, names: Names, who: Meant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom an event names, and which of its attendees are not known."""
    invited = [
        (names.who(each.email) or names.who(each.name), each.name or each.email) for each in event.attendees
    ]
    known = tuple(dict.fromkeys(person for person, _ in invited if person))
    strangers = tuple(name for person, name in invited if person is None)
    match who:
        case Meant.ATTENDEES:
            return known, strangers
        case Meant.SUMMARY:
            return names.within(event.summary), ()
        case Meant.EITHER:
            return (known, strangers) if known else (names.within(event.summary), ())


def _unknown(event: ForeignEvent, strangers: tuple[str, ...]) -> str:
    when = f"{event.summary or 'an event without a title'!r} from {event.start:%Y-%m-%d %H:%M} UTC"
    if strangers:
        return f"{when} invites {', '.join(strangers)}, who cannot be found under people:"
    return f"{when} names nobody under people:"


def _cut(entry: Imported, since: datetime | None, until: datetime | None) -> Imported | None:
    start, end = max(entry.start, since or entry.start), min(entry.end, until or entry.end)
    return entry.model_copy(update={"start": start, "end": end}) if start < end else None


def _order(entry: Imported) -> tuple[datetime, datetime, tuple[str, ...]]:
    return entry.start, entry.end, entry.people


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
