"""Do calendars of others put people on call, and what holds when they cannot be read?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from blocks.foreign_calendar import CalendarFetcher
from incident.oncall import final_schedule
from incident.publication import CalendarOf
from ledger.agenda import agenda
from ledger.calendar_tables import ForeignCalendarRow
from ledger.imported import absences, standings
from ledger.rotas import schedules_at
from tasks.calendars import Read, read_calendars
from tests.house import House
from tests.ledger.desk import START

EVENT = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:{start}\r\nDTEND:{end}\r\n"
    "SUMMARY:{summary}\r\nEND:VEVENT\r\n"
)
URL = "https://calendar.example/of-the-team.ics"
SHIFTS = (CalendarOf.SCHEDULE, "team")


def text(*events: tuple[str, str, str]) -> str:
    written = (
        EVENT.format(uid=number, summary=summary, start=start, end=end)
        for number, (summary, start, end) in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(written)}END:VCALENDAR\r\n"


MORNING = ("Alice", "20261123T060000Z", "20261123T120000Z")
EVENING = ("Bob", "20261123T120000Z", "20261123T200000Z")


class Server:
    """Whoever keeps the calendar."""

    def __init__(self) -> None:
        self.text, self.status, self.asked = text(MORNING, EVENING), 200, list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        tag = f'"{hash(self.text)}"'
        if self.status == 200 and request.headers.get("If-None-Match") == tag:
            return httpx.Response(304)
        return httpx.Response(self.status, text=self.text, headers={"ETag": tag})

    async def read(self) -> list[Read]:
        """Have everything read that is due."""
        return list(await read_calendars(CalendarFetcher(httpx.MockTransport(self), resolve)))


async def resolve(_host: str, _port: int) -> Sequence[str]:
    return ["8.8.8.8"]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def team(at_home: House) -> House:
    """A house with a schedule that comes from a calendar."""
    employ(at_home)
    return at_home


def employ(house: House, **calendar: Any) -> None:
    settings = {"url": URL, "every": "15m"} | calendar
    house.employ(
        schedules={"team": {"timezone": "UTC", "layers": [], "calendar": settings}},
        policies={"checkout": {"levels": [{"targets": [{"schedule": "team"}]}]}},
    )


def roster(house: House) -> list[tuple[int, int, str]]:
    """Who is on call on the first day: from hour, to hour, who."""
    schedule = house.ledger.read(schedules_at, house.clock())["team"]
    midnight = START.replace(hour=0, minute=0)
    return [
        (_hour(shift.start), _hour(shift.end) or 24, " ".join(shift.on_call))
        for shift in final_schedule(schedule, midnight, midnight + timedelta(days=1))
        if shift.on_call
    ]


def _hour(moment: datetime) -> int:
    return moment.hour


def row(house: House) -> ForeignCalendarRow:
    (found,) = house.desk.rows(ForeignCalendarRow)
    return found


async def test_whoever_the_calendar_names_is_on_call(team: House, server: Server) -> None:
    assert await server.read() == [Read(*SHIFTS, "")]
    assert roster(team) == [(6, 12, "alice"), (12, 20, "bob")]


async def test_what_the_calendar_says_is_the_plan_and_no_change_of_one(team: House, server: Server) -> None:
    await server.read()
    schedule = team.ledger.read(schedules_at, team.clock())["team"]

    shown = agenda(schedule, START, START + timedelta(days=1))

    assert [stretch.is_changed for stretch in shown] == [False] * len(shown)


async def test_the_text_is_kept_word_for_word(team: House, server: Server) -> None:
    await server.read()

    assert row(team).text == server.text


async def test_it_is_read_again_when_its_pause_is_over_and_not_before(team: House, server: Server) -> None:
    await server.read()
    team.clock.forward(minutes=14)
    early = await server.read()
    team.clock.forward(minutes=1)
    due = await server.read()

    assert (early, len(due), len(server.asked)) == ([], 1, 2)


async def test_one_that_has_not_changed_still_counts_as_read(team: House, server: Server) -> None:
    await server.read()
    team.clock.forward(minutes=15)
    await server.read()

    assert (row(team).read_at, row(team).problem) == (team.clock(), "")
    assert roster(team) == [(6, 12, "alice"), (12, 20, "bob")]


async def test_a_change_over_there_is_a_change_here(team: House, server: Server) -> None:
    await server.read()
    server.text = text(MORNING, ("Alice", *EVENING[1:]))
    team.clock.forward(minutes=15)
    await server.read()

    assert roster(team) == [(6, 20, "alice")]


@pytest.mark.parametrize("trouble", ["a server that is down", "half a calendar"])
async def test_what_was_known_stays_in_force_when_it_cannot_be_read(
    team: House, server: Server, trouble: str
) -> None:
    await server.read()
    server.status, server.text = (503, "") if trouble.startswith("a server") else (200, server.text[:90])
    team.clock.forward(hours=2)
    (read,) = await server.read()

    assert read.problem
    assert roster(team) == [(6, 12, "alice"), (12, 20, "bob")]


async def test_the_health_of_the_system_says_how_old_it_is(team: House, server: Server) -> None:
    await server.read()
    server.status = 503
    team.clock.forward(hours=2)
    await server.read()
    said = team.client().get("/health").json()

    assert (
        "the calendar of schedule team: what is known is 2h old: HTTP 503 Service Unavailable"
        in said["problems"]
    )
    assert said["status"] == "degraded"

    server.status = 200
    team.clock.forward(minutes=15)
    await server.read()

    assert not [each for each in team.client().get("/health").json()["problems"] if "calendar" in each]


async def test_the_health_of_the_system_says_that_it_was_never_read(team: House, server: Server) -> None:
    server.status = 404
    await server.read()

    problems = team.client().get("/health").json()["problems"]
    assert "the calendar of schedule team: it was never read: HTTP 404 Not Found" in problems


async def test_prometheus_can_be_told_to_watch_over_it(team: House, server: Server) -> None:
    await server.read()
    server.status = 503
    team.clock.forward(hours=2)
    await server.read()
    lines = team.client().get("/metrics").text.splitlines()

    assert 'incident_calendar_failing{name="team",whose="schedule"} 1.0' in lines
    assert 'incident_calendar_age_seconds{name="team",whose="schedule"} 7200.0' in lines


async def test_whom_nobody_knows_is_a_remark(team: House, server: Server) -> None:
    server.text = text(MORNING, ("Eve", *EVENING[1:]))
    await server.read()

    (standing,) = team.ledger.read(standings, team.clock())
    assert standing.remarks == ("'Eve' from 2026-11-23 12:00 UTC names nobody under people:",)
    assert roster(team) == [(6, 12, "alice")]


async def test_other_names_for_people_are_a_reason_to_read_at_once(team: House, server: Server) -> None:
    server.text = text(MORNING, ("Eve", *EVENING[1:]))
    await server.read()
    employ(team, people={"bob": ["Eve"]})
    await server.read()

    assert roster(team) == [(6, 12, "alice"), (12, 20, "bob")]


async def test_what_another_address_said_of_its_calendar_is_not_asked_of_the_new_one(
    team: House, server: Server
) -> None:
    await server.read()
    employ(team, url="https://calendar.example/another.ics")
    await server.read()

    assert "If-None-Match" not in server.asked[1].headers


async def test_a_calendar_that_is_taken_out_of_the_file_ends_now(team: House, server: Server) -> None:
    await server.read()
    team.clock.forward(hours=7)  # it is past ten
    team.employ(
        schedules={"team": {"timezone": "UTC", "layers": []}},
        policies={"checkout": {"levels": [{"targets": [{"schedule": "team"}]}]}},
    )
    await server.read()

    assert roster(team) == [(6, 10, "alice")]
    assert team.ledger.read(standings, team.clock()) == ()


async def test_the_address_can_be_a_secret_of_the_environment(team: House, server: Server) -> None:
    employ(team, url={"env": "CALENDAR"})
    (read,) = await server.read()
    assert read.problem == "the environment variable CALENDAR is not set"

    team.environment["CALENDAR"] = URL  # type: ignore[index]  # it is a dictionary in tests
    team.clock.forward(minutes=15)
    (read,) = await server.read()
    assert read.problem == ""


async def test_a_calendar_of_vacations_says_when_somebody_is_away(at_home: House, server: Server) -> None:
    people = {"alice": {"name": "Alice", "vacations": {"url": URL}}, "bob": {"name": "Bob"}}
    at_home.employ(people=people)
    server.text = text(("Beach", "20261201T000000Z", "20261208T000000Z"))
    await server.read()

    away = at_home.ledger.read(absences)
    assert {name: [entry.summary for entry in entries] for name, entries in away.items()} == {
        "alice": ["Beach"]
    }


async def test_of_two_services_one_reads(team: House, server: Server) -> None:
    first = await server.read()
    second = await server.read()

    assert (len(first), second, len(server.asked)) == (1, [], 1)
