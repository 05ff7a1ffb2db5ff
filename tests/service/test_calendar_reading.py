"""What does the loop that reads calendars of others say, and what does it outlive?"""

import logging
from collections.abc import Sequence

import httpx
import pytest

from blocks.foreign_calendar import CalendarFetcher
from service.calendar_reading import CalendarReader
from tests.house import House

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
ADDRESS = "https://calendar.example/a-secret.ics"


class Server:
    """Whoever keeps the calendar; answers with a status."""

    status = 200

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status, text=CALENDAR)


async def resolve(_host: str, _port: int) -> Sequence[str]:
    return ["8.8.8.8"]


@pytest.fixture
def team(at_home: House) -> House:
    schedule = {"timezone": "UTC", "layers": [], "calendar": {"url": ADDRESS, "every": "1m"}}
    at_home.employ(
        schedules={"team": schedule},
        policies={"checkout": {"levels": [{"targets": [{"schedule": "team"}]}]}},
    )
    return at_home


async def test_a_calendar_that_cannot_be_read_is_told_once_and_again_when_it_can(
    team: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "service.calendar_reading")
    server = Server()
    reader = CalendarReader(CalendarFetcher(httpx.MockTransport(server), resolve))
    for status in (200, 503, 503, 404, 200, 200):
        server.status = status
        await reader.look()
        team.clock.forward(minutes=1)

    assert [record.message for record in caplog.records if record.name == "service.calendar_reading"] == [
        "the calendar of schedule team could not be read: HTTP 503 Service Unavailable",
        "the calendar of schedule team could not be read: HTTP 404 Not Found",
        "the calendar of schedule team can be read again",
    ]
    assert "a-secret" not in caplog.text


async def test_where_no_calendar_is_wanted_none_is_asked_for(at_home: House) -> None:
    asked: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200))
    await CalendarReader(CalendarFetcher(transport, resolve)).look()

    assert asked == []
