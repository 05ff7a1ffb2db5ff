"""Does a tool in which a team keeps its schedule put people on call, and what holds while it is away?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from blocks import PagerDutySchedules
from blocks.catalogue import problems_of
from blocks.foreign_calendar import CalendarFetcher
from blocks.interfaces import Connection
from incident.configuration import Configuration
from incident.oncall import final_schedule, on_call
from incident.publication import CalendarOf
from incident.severity import Severity
from ledger.agenda import agenda
from ledger.calendar_tables import ForeignCalendarRow
from ledger.imported import standings
from ledger.rehearsals import rehearse_incident
from ledger.rotas import schedules_at
from service.foresight import foresee
from tasks.calendars import Read, read_calendars
from tasks.surroundings import Surroundings, within
from tests.house import House
from tests.incident.organisations import organisation
from tests.ledger.desk import START

CONNECTIONS = {
    "mail": {"type": "smtp-mail"},
    "pd": {"type": "pagerduty-schedules", "api_token": {"env": "PD_TOKEN"}},
}
PEOPLE = {
    "alice": {"name": "Alice", "contacts": [{"via": "console"}]},
    "bob": {"name": "Bob", "email": "bob@example.org"},
}
AWAY = "HTTP 503 Service Unavailable"


@dataclass
class PagerDuty:
    """Whoever keeps the schedule; says who is on call, or a status."""

    people: list[str] = field(default_factory=lambda: ["bob@example.org"])
    status: int = 200
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        oncalls = [{"user": {"email": each}, "escalation_level": 1} for each in self.people]
        return httpx.Response(self.status, json={"oncalls": oncalls})

    def block(self) -> PagerDutySchedules:
        """The connection to it."""
        block = PagerDutySchedules(api_token="a token")
        block._transport = httpx.MockTransport(self)
        return block


@dataclass(frozen=True)
class WithTool(Surroundings):
    """Surroundings in which every connection is the tool."""

    tool: Connection = field(default_factory=lambda: cast(Connection, None))

    async def connected(self, name: str, configuration: Configuration) -> Connection:
        """The tool."""
        assert name in configuration.connections
        return self.tool


@dataclass
class Team:
    """A house whose schedule is kept in PagerDuty."""

    house: House
    tool: PagerDuty

    async def look(self) -> list[Read]:
        """Have everything asked that is due."""
        return list(await read_calendars(CalendarFetcher()))

    def on_call(self) -> tuple[str, ...]:
        """Who would be paged now."""
        now = self.house.clock()
        return on_call(self.house.ledger.read(schedules_at, now)["team"], now)

    def employ(self, **schedule: Any) -> None:
        """Put the schedule in force, with some keys replaced."""
        self.house.employ(**rota(**schedule))


def rota(**schedule: Any) -> dict[str, Any]:
    written = {"timezone": "UTC", "layers": [], "source": {"connection": "pd", "schedule": "PABC123"}}
    return {
        "people": PEOPLE,
        "connections": CONNECTIONS,
        "schedules": {"team": written | schedule},
        "policies": {"checkout": {"levels": [{"targets": [{"schedule": "team"}]}]}},
    }


@pytest.fixture
def team(house: House) -> Iterator[Team]:
    tool = PagerDuty()
    place = WithTool(house.ledger, house.links, house.environment, house.clock, tool=tool.block())
    found = Team(house, tool)
    found.employ()
    with within(place):
        yield found


async def test_whoever_the_tool_names_is_on_call(team: Team) -> None:
    assert team.on_call() == ()
    assert await team.look() == [Read(CalendarOf.SCHEDULE, "team", "")]
    assert team.on_call() == ("bob",)
    assert team.tool.asked[0].url.params["schedule_ids[]"] == "PABC123"


async def test_it_is_asked_every_minute_and_not_before(team: Team) -> None:
    await team.look()
    team.house.clock.forward(seconds=59)
    assert await team.look() == []
    team.house.clock.forward(seconds=1)
    assert len(await team.look()) == 1


async def test_a_change_over_there_counts_from_the_next_answer_on(team: Team) -> None:
    await team.look()
    team.house.clock.forward(hours=2)
    team.tool.people = ["Alice"]
    await team.look()
    assert team.on_call() == ("alice",)
    schedule = team.house.ledger.read(schedules_at, team.house.clock())["team"]
    before, now = (each for each in final_schedule(schedule, START, START + timedelta(hours=3)))
    assert (before.on_call, now.on_call, now.start) == (("bob",), ("alice",), team.house.clock())


@pytest.mark.parametrize("days", [1, 3, 30])
async def test_the_last_answer_holds_however_long_the_tool_is_away(team: Team, days: int) -> None:
    await team.look()
    team.tool.status = 503
    for _ in range(days):
        team.house.clock.forward(days=1)
        await team.look()
    assert team.on_call() == ("bob",)


async def test_the_last_answer_holds_even_if_nobody_looked_for_days(team: Team) -> None:
    await team.look()
    team.tool.status = 503
    team.house.clock.forward(days=10)
    assert team.on_call() == ()
    await team.look()
    assert team.on_call() == ("bob",)


async def test_an_answer_that_nobody_is_on_call_holds_as_well(team: Team) -> None:
    await team.look()
    team.house.clock.forward(minutes=1)
    team.tool.people = []
    await team.look()
    team.house.clock.forward(minutes=1)
    team.tool.status = 503
    await team.look()
    assert team.on_call() == ()


async def test_where_the_tool_names_nobody_the_layers_hold(team: Team) -> None:
    team.tool.people = []
    team.employ(layers=[{"users": ["alice"]}])
    await team.look()
    assert team.on_call() == ("alice",)


async def test_what_one_schedule_said_is_not_taken_for_another(team: Team) -> None:
    await team.look()
    team.tool.status = 503
    team.employ(source={"connection": "pd", "schedule": "POTHER"})
    team.house.clock.forward(days=3)
    await team.look()
    assert team.on_call() == ()


async def test_another_name_for_somebody_is_understood_in_the_last_answer(team: Team) -> None:
    team.tool.people = ["robert@old.example.org"]
    await team.look()
    assert team.on_call() == ()
    team.tool.status = 503
    known = {"connection": "pd", "schedule": "PABC123", "people": {"bob": ["robert@old.example.org"]}}
    team.employ(source=known)
    await team.look()
    assert team.on_call() == ("bob",)


async def test_the_answers_of_a_day_are_one_shift_and_no_change_of_a_plan(team: Team) -> None:
    for _ in range(3):
        await team.look()
        team.house.clock.forward(minutes=1)
    schedule = team.house.ledger.read(schedules_at, team.house.clock())["team"]
    (shift, gap) = agenda(schedule, START, START + timedelta(days=3))
    assert (shift.on_call, shift.is_changed, gap.on_call) == (("bob",), False, ())


async def test_people_are_told_that_it_cannot_be_asked(team: Team) -> None:
    await team.look()
    team.tool.status = 503
    team.house.clock.forward(hours=2)
    await team.look()
    now = team.house.clock()
    sentence = f"who is on call for team is what PABC123 of pd said 2h ago; it cannot be asked now: {AWAY}"

    checked = foresee(team.house.ledger, now, organisation(**rota()))
    assert [(each.place, each.fatal) for each in checked if each.message == sentence] == [
        (("schedules", "team", "source"), False)
    ]
    rehearsal = team.house.ledger.read(rehearse_incident, "checkout", Severity.CRITICAL, "", now)
    assert rehearsal.beside[-1] == sentence
    assert [entry.person for entry in rehearsal.entries if entry.person] != []
    problems = team.house.client().get("/health").json()["problems"]
    assert f"the calendar of schedule team: what is known is 2h old: {AWAY}" in problems


async def test_a_check_tells_whom_the_tool_names_and_nobody_knows(team: Team) -> None:
    team.tool.people = ["eve@example.org"]
    await team.look()
    found = foresee(team.house.ledger, team.house.clock(), organisation(**rota()))
    assert "'eve@example.org' is on call on PABC123 of pd, and cannot be found under people:" in [
        each.message for each in found
    ]


async def test_no_gap_is_foretold_where_nobody_can_know(team: Team) -> None:
    await team.look()
    found = foresee(team.house.ledger, team.house.clock(), organisation(**rota()))
    assert [each.message for each in found if "nobody is on call" in each.message] == []


async def test_a_schedule_that_comes_home_is_its_own_from_then_on(team: Team) -> None:
    await team.look()
    team.employ(source=None, layers=[{"users": ["alice"]}])
    await team.look()
    assert team.on_call() == ("alice",)
    assert team.house.ledger.read(standings, team.house.clock()) == ()


async def test_what_the_tool_said_is_kept(team: Team) -> None:
    await team.look()
    (row,) = team.house.desk.rows(ForeignCalendarRow)
    assert row.text == '{"connection":"pd","schedule":"PABC123","people":["bob@example.org"]}'


def test_only_a_rotation_source_can_say_who_is_on_call() -> None:
    wrong = organisation(**rota(source={"connection": "mail", "schedule": "P1"}))
    (problem,) = (each for each in problems_of(wrong, {"PD_TOKEN": "x"}, "http://x") if "schedules." in each)
    assert problem == (
        "schedules.team.source.connection: mail is a smtp-mail, which cannot do this; these can: "
        "opsgenie-schedules, pagerduty-schedules"
    )
