"""Do calendars get along with a CalDAV server and a client that nobody here wrote?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from icalendar import Calendar

from blocks.foreign_calendar import CalendarFetcher
from incident.changes import Change
from incident.decisions import Via
from incident.oncall import final_schedule
from incident.override import Replace
from incident.publication import CalendarOf
from ledger.overrides import Actor, add_override
from ledger.rotas import schedules_at
from tasks.calendars import Read, read_calendars
from tests.house import BASE_URL, House
from tests.ledger.desk import START

if TYPE_CHECKING:
    from tests.radicale_server import RadicaleServer

pytestmark = pytest.mark.caldav

SHIFT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//a person//a calendar program//EN
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Rome:202611{day:02}T090000
DURATION:P1D
RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20271101T000000Z
SUMMARY:{summary}
END:VEVENT
END:VCALENDAR
"""
ONE_DAY = timedelta(days=1)


class Subscriber:
    """A calendar program that has subscribed to a feed, and shows it in a calendar of its own."""

    def __init__(self, calendar: Any, address: str) -> None:
        self.calendar, self.address, self.tag = calendar, address, ""

    def refresh(self) -> int:
        """Ask for what is new, and keep it; returns the status."""
        answer = httpx.get(self.address, headers={"If-None-Match": self.tag})
        self.tag = answer.headers["ETag"]
        for event in Calendar.from_ical(answer.text).walk("VEVENT") if answer.status_code == 200 else []:
            single = Calendar({"version": "2.0", "prodid": "-//subscriber//EN"})
            single.add_component(event)
            self.calendar.save_event(single.to_ical().decode())
        return answer.status_code

    def shows(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime, str]]:
        """What the server finds in a window, by its own understanding of the events."""
        found = (each.icalendar_component for each in self.calendar.search(start=start, end=end, event=True))
        return sorted((each["DTSTART"].dt, each["DTEND"].dt, str(each["STATUS"])) for each in found)


def bobs_feed(house: House, served: str) -> str:
    return house.links.feed(CalendarOf.PERSON, "bob").replace(BASE_URL, served)


def bobs_shifts(house: House, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """As the pager knows them."""
    schedule = house.ledger.read(schedules_at, house.clock())["primary"]
    shifts = final_schedule(schedule, start - 14 * ONE_DAY, end + 14 * ONE_DAY)
    return [(s.start, s.end) for s in shifts if "bob" in s.on_call and s.start < end and start < s.end]


def test_a_subscriber_sees_what_the_pager_knows(radicale: RadicaleServer, house: House, served: str) -> None:
    subscriber = Subscriber(radicale.calendar("subscribed"), bobs_feed(house, served))
    window = (START, START + 80 * ONE_DAY)

    assert subscriber.refresh() == 200
    assert [shown[:2] for shown in subscriber.shows(*window)] == bobs_shifts(house, *window)
    assert subscriber.refresh() == 304


def test_a_subscriber_sees_that_a_shift_moved_and_that_another_is_off(
    radicale: RadicaleServer, house: House, served: str
) -> None:
    subscriber = Subscriber(radicale.calendar("changing"), bobs_feed(house, served))
    subscriber.refresh()
    first, second, *_ = bobs_shifts(house, START, START + 80 * ONE_DAY)
    for start, end in ((first[0], first[0] + ONE_DAY), second):
        wish = Replace(kind="replace", user="bob", with_="alice", start=start, end=end)
        change = Change(schedule="primary", override=wish, reason="a wedding")
        house.ledger.write(add_override, change, Actor("bob", Via.CLI), house.clock())

    assert subscriber.refresh() == 200
    assert subscriber.shows(first[0] - ONE_DAY, second[1]) == [
        (first[0] + ONE_DAY, first[1], "CONFIRMED"),
        (*second, "CANCELLED"),
    ]


async def read() -> list[Read]:
    return list(await read_calendars(CalendarFetcher()))


def employ(house: House, url: str, **calendar: Any) -> None:
    settings = {"url": {"env": "TEAM_CALENDAR"}, "every": "15m", "allow_private": True} | calendar
    house.environment["TEAM_CALENDAR"] = url  # type: ignore[index]  # it is a dictionary in tests
    house.employ(
        schedules={"team": {"timezone": "Europe/Rome", "layers": [], "calendar": settings}},
        policies={"checkout": {"levels": [{"targets": [{"schedule": "team"}]}]}},
    )


def on_call(house: House, days: int = 4) -> list[str]:
    """Who is on call at noon of so many days from the first."""
    schedule = house.ledger.read(schedules_at, house.clock())["team"]
    noon = START.replace(hour=11, minute=0)
    moments = (noon + number * ONE_DAY for number in range(days))
    return [" ".join(final_schedule(schedule, at, at + timedelta.resolution)[0].on_call) for at in moments]


def team_calendar(radicale: RadicaleServer, name: str) -> Any:
    """A calendar in which alice and bob take turns day by day, from the second of November on."""
    calendar = radicale.calendar(name)
    calendar.save_event(SHIFT.format(uid="odd", day=2, summary="On call: Alice"))
    calendar.save_event(SHIFT.format(uid="even", day=3, summary="Bob"))
    return calendar


async def test_people_plan_in_their_own_calendar_and_the_pager_follows(
    radicale: RadicaleServer, house: House
) -> None:
    calendar = team_calendar(radicale, "planned")
    employ(house, f"{radicale.url}/team/planned/")

    assert await read() == [Read(CalendarOf.SCHEDULE, "team", "")]
    assert on_call(house) == ["bob", "alice", "bob", "alice"]

    swapped = calendar.event_by_uid("odd")
    swapped.icalendar_component["SUMMARY"] = "Bob"
    swapped.save()
    house.clock.forward(minutes=15)
    await read()

    assert on_call(house) == ["bob", "bob", "bob", "bob"]

    calendar.event_by_uid("even").delete()
    house.clock.forward(minutes=15)
    await read()

    assert on_call(house) == ["", "bob", "", "bob"]


async def test_what_was_planned_stays_while_the_server_is_away(
    radicale: RadicaleServer, house: House
) -> None:
    team_calendar(radicale, "absent")
    employ(house, f"{radicale.url}/team/absent/")
    await read()
    radicale.stop()
    try:
        house.clock.forward(hours=1)
        (away,) = await read()
        problems = house.client().get("/health").json()["problems"]

        assert away.problem == "ConnectError: it was not carried out"
        assert (
            "the calendar of schedule team: what is known is 1h old: ConnectError: it was not carried out"
            in problems
        )
        assert on_call(house) == ["bob", "alice", "bob", "alice"]
    finally:
        radicale.start()
    house.clock.forward(minutes=15)

    assert await read() == [Read(CalendarOf.SCHEDULE, "team", "")]


async def test_without_the_password_nothing_is_read(radicale: RadicaleServer, house: House) -> None:
    team_calendar(radicale, "locked")
    employ(house, f"http://127.0.0.1:{radicale.port}/team/locked/")
    (refused,) = await read()

    assert refused.problem.startswith(("HTTP 401", "HTTP 403"))


async def test_a_server_in_our_own_network_is_not_asked_unless_that_is_allowed(
    radicale: RadicaleServer, house: House
) -> None:
    employ(house, f"{radicale.url}/team/inside/", allow_private=False)
    (refused,) = await read()

    assert refused.problem == "it leads into a private network; `allow_private: true` permits that"
