"""Does the calendar show who is on call, exactly as the pager would find it?"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from incident.calendar import View
from incident.changes import Change
from incident.decisions import Via
from incident.oncall import on_call
from ledger.agenda import schedules_in_force
from ledger.overrides import add_override
from ledger.rota_turn import Actor
from tests.house import BASE_URL, House
from tests.incident.organisations import SMALL

MARCH = datetime(2027, 3, 17, 10, 30, tzinfo=UTC)
"""A Wednesday; bob is on call since Monday, alice before and after."""

NIGHTS = {
    "timezone": "America/New_York",
    "layers": [
        {
            "users": ["carol"],
            "start": "2026-01-01T00:00",
            "handoff": {"unit": "day"},
            "restrictions": [{"type": "daily", "start": "20:00", "end": "08:00"}],
        }
    ],
}
CAROL = {"carol": {"name": "Carol <b>", "contacts": [{"via": "console"}]}}


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house in March with two schedules, the first with an override and a gap."""
    house.clock.time = MARCH
    employ(house, replace("2027-03-18T00:00Z", "2027-03-19T00:00Z"), remove("2027-03-20", "2027-03-21"))
    return house.client()


def employ(house: House, *overrides: dict[str, Any], **sections: Any) -> None:
    primary = SMALL["schedules"]["primary"] | {"overrides": list(overrides)}
    schedules = {"primary": primary, "nights": NIGHTS}
    house.employ(people=SMALL["people"] | CAROL, schedules=schedules, **sections)


def replace(start: str, end: str) -> dict[str, Any]:
    return {"kind": "replace", "user": "bob", "with": "carol", "start": start, "end": end}


def remove(start: str, end: str) -> dict[str, Any]:
    return {"kind": "remove", "user": "bob", "start": f"{start}T00:00Z", "end": f"{end}T00:00Z"}


def seen(response: httpx.Response) -> str:
    """The words on a page."""
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(words).split())


def titles(response: httpx.Response) -> list[str]:
    """What is said of each piece, as a pointer over it shows."""
    return [unescape(title) for title in re.findall(r'<li class="piece[^>]*title="([^"]*)"', response.text)]


def link(response: httpx.Response, words: str) -> str:
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>(?:(?!</a>).)*{words}', response.text, re.DOTALL)
    assert found, words
    return unescape(found[1]).partition("#")[0]


def test_a_month_shows_who_is_on_call_overrides_with_whom_they_relieve_and_gaps_with_their_reason(
    client: TestClient,
) -> None:
    page = client.get("/calendar?schedule=primary")
    assert page.status_code == 200
    words = seen(page)
    assert "March 2027" in words
    assert "⇄ Carol <b> instead of Bob primary · Thu 18 Mar 01:00 – Fri 19 Mar 01:00" in words
    assert "⚠ primary : an override takes bob off call Sat 20 Mar 01:00 – Sun 21 Mar 01:00" in words
    assert "Carol <b>, Thu 18 Mar 01:00 – Fri 19 Mar 01:00: instead of Bob" in titles(page)
    assert "Bob, Mon 15 Mar 09:00 – Thu 18 Mar 01:00" in titles(page)


@pytest.mark.parametrize("view", View)
def test_the_calendar_never_says_anything_else_than_the_pager_would_find(
    house: House, client: TestClient, view: View
) -> None:
    page = client.get(f"/calendar?view={view}&schedule=primary&zone=UTC")
    schedule = house.ledger.read(schedules_in_force, MARCH)["primary"]
    names = {"alice": "Alice", "bob": "Bob", "carol": "Carol <b>"}
    now = [
        each for each in re.findall(r'<b class="who">(.*?)</b>', page.text, re.DOTALL) if "now-mark" in each
    ]
    (said,) = [unescape(re.sub(r"<[^>]+>", " ", each)) for each in now]
    assert [name for name in names.values() if name in said] == [
        names[person] for person in on_call(schedule, MARCH)
    ]


def test_the_view_the_schedule_and_the_zone_stay_while_one_turns_pages(client: TestClient) -> None:
    page = client.get("/calendar?view=week&schedule=primary&zone=Asia/Tokyo")
    later = client.get(link(page, "Later"))
    assert "Mon 22 Mar – Sun 28 Mar 2027" in seen(later)
    assert "All times are in Asia/Tokyo." in seen(later)
    assert titles(later)
    back = client.get(link(later, "Earlier"))
    assert titles(back) == titles(page)
    assert "view=month" in link(page, "Month")


def test_the_zone_is_that_of_the_schedule_until_the_reader_chooses_another(client: TestClient) -> None:
    assert "All times are in America/New_York." in seen(client.get("/calendar?schedule=nights"))
    assert "All times are in Europe/Rome." in seen(client.get("/calendar?schedule=primary"))
    assert "All times are in Asia/Kathmandu." in seen(client.get("/calendar?zone=Asia/Kathmandu"))


def test_a_zone_that_does_not_exist_is_said_and_the_calendar_is_there_all_the_same(
    client: TestClient,
) -> None:
    page = client.get("/calendar?zone=Rome<script>")
    assert page.status_code == 422
    assert "There is no time zone Rome<script>; write one such as Europe/Rome" in seen(page)
    assert "<script" not in page.text
    assert titles(page)


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", "23 h"), ("2027-10-31", "25 h")])
def test_a_day_on_which_the_clocks_change_says_how_long_it_is(
    client: TestClient, day: str, hours: str
) -> None:
    page = client.get(f"/calendar?view=day&schedule=primary&date={day}")
    assert f"{hours} , the clocks change" in seen(page)
    assert "the clocks change" not in seen(client.get("/calendar?view=day&date=2027-03-29"))


def test_all_schedules_stand_side_by_side_each_with_its_name(client: TestClient) -> None:
    page = client.get("/calendar?view=day")
    assert [unescape(name) for name in re.findall(r'<ul class="lane" aria-label="(\w+)"', page.text)] == [
        "primary",
        "nights",
    ]


def test_it_is_a_table_with_headers(client: TestClient) -> None:
    page = client.get("/calendar?view=week").text
    assert page.count('<th scope="col"') == 8
    assert page.count('<th scope="row"') == 1
    assert "<caption" in page
    assert 'aria-current="date"' in page


def test_in_italian(house: House) -> None:
    house.clock.time = MARCH
    employ(house, replace("2027-03-18T00:00Z", "2027-03-19T00:00Z"), organisation={"language": "it"})
    words = seen(house.client().get("/calendar"))
    assert "marzo 2027" in words
    assert "al posto di Bob" in words


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/calendar?schedule=nope", 404, id="an unknown schedule"),
        pytest.param("/calendar?view=year", 422, id="an unknown view"),
        pytest.param("/calendar?date=yesterday", 422, id="no date"),
        pytest.param("/calendar/people/nobody", 404, id="an unknown person"),
    ],
)
def test_what_is_not_there_is_refused(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_calendar_ends_somewhere(client: TestClient, day: str) -> None:
    assert client.get(f"/calendar?date={day}").status_code == 200
    assert client.get(f"/calendar/people/alice?date={day}").status_code == 200


def test_without_schedules_the_calendar_says_so(house: House) -> None:
    policy = {"checkout": {"levels": [{"targets": [{"person": "alice"}]}]}}
    house.employ(schedules={}, policies=policy)
    assert "No schedule is configured yet." in seen(house.client().get("/calendar"))


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param({"kind": "replace", "user": "bob", "with": "carol"}, id="a replacement"),
        pytest.param({"kind": "cover", "users": ["carol"]}, id="a cover"),
        pytest.param({"kind": "like", "schedule": "nights"}, id="another schedule in the place of this one"),
    ],
)
def test_what_people_change_is_there_at_once_and_marked(
    house: House, client: TestClient, wish: dict[str, Any]
) -> None:
    employ(house)
    start, end = MARCH, MARCH + timedelta(hours=1)
    if wish["kind"] == "like":
        start, end = datetime(2027, 3, 18, 1, tzinfo=UTC), datetime(2027, 3, 18, 2, tzinfo=UTC)
    change = Change.model_validate(
        {"schedule": "primary", "override": {**wish, "start": start, "end": end}, "reason": "dentist"}
    )
    house.ledger.write(add_override, change, Actor("alice", Via.CLI), MARCH)
    words = seen(client.get("/calendar?schedule=primary&zone=UTC"))
    when = f"{start:%a %d %b %H:%M} – {end:%a %d %b %H:%M}"
    assert f"⇄ Carol <b> instead of Bob primary · {when} by Alice: dentist" in words


def test_an_edit_does_not_change_what_was(house: House, client: TestClient) -> None:
    before = titles(client.get("/calendar?schedule=primary&view=week&date=2027-03-08"))
    layers = [{"users": ["carol"], "start": "2026-01-01T00:00", "handoff": {"unit": "day"}}]
    house.employ(
        people=SMALL["people"] | CAROL, schedules={"primary": {"timezone": "Asia/Tokyo", "layers": layers}}
    )
    address = "/calendar?schedule=primary&view=week&zone=Europe/Rome&date="
    assert titles(client.get(f"{address}2027-03-08")) == before
    (after,) = titles(client.get(f"{address}2027-03-22"))[:1]
    assert after.startswith("Carol <b>, Wed 17 Mar 11:30")


def test_whoever_comes_by_a_personal_link_keeps_it_and_can_change_shifts(
    house: House, client: TestClient
) -> None:
    token = house.links.rota("alice", MARCH).partition("?as=")[2]
    page = client.get(f"/calendar?view=week&as={token}")
    assert f"as={token}" in link(page, "Later")
    assert link(page, "Change or swap shifts") == f"/oncall/changes?as={token}"
    assert "Change or swap shifts" not in seen(client.get("/calendar"))
    assert client.get("/calendar?as=forged").status_code == 401


def test_only_by_a_personal_link_one_can_subscribe_to_a_schedule_and_to_the_own_shifts(
    house: House, client: TestClient
) -> None:
    token = house.links.rota("alice", MARCH).partition("?as=")[2]
    words = "Subscribe in a calendar program"
    for address in (f"/calendar?schedule=primary&as={token}", f"/calendar/people/alice?as={token}"):
        feed = link(client.get(address), words)
        assert client.get(feed.removeprefix(BASE_URL)).text.startswith("BEGIN:VCALENDAR")
        assert words not in seen(client.get(address.partition("as=")[0]))
    assert words not in seen(client.get(f"/calendar/people/bob?as={token}"))


class TestShifts:
    def test_of_a_person_are_now_next_and_those_of_the_month(self, client: TestClient) -> None:
        words = seen(client.get("/calendar/people/bob"))
        assert "Shifts of Bob On call now primary Mon 15 Mar 09:00 – Thu 18 Mar 01:00" in words
        assert "Next shift primary Fri 19 Mar 01:00 – Sat 20 Mar 01:00" in words
        assert "Mon 1 Mar 09:00 Mon 8 Mar 09:00 primary 7 d –" in words

    def test_name_whom_one_stands_in_for(self, client: TestClient) -> None:
        words = seen(client.get("/calendar/people/carol?zone=UTC"))
        assert "Thu 18 Mar 00:00 Fri 19 Mar 00:00 primary ⇄ instead of Bob 1 d" in words

    def test_of_two_schedules_at_once_count_once(self, house: House, client: TestClient) -> None:
        house.clock.time += timedelta(days=60)
        both = {"timezone": "UTC", "layers": [{"users": ["bob"]}]}
        house.employ(schedules={"primary": both, "other": both})
        assert f"{31 * 24} h on call" in seen(house.client().get("/calendar/people/bob?zone=UTC"))

    def test_one_turns_pages_here_too(self, client: TestClient) -> None:
        page = client.get("/calendar/people/bob?zone=UTC")
        later = client.get(link(page, "Later"))
        assert "April 2027" in seen(later)
        assert "All times are in UTC." in seen(later)

    def test_the_calendar_leads_to_them(self, client: TestClient) -> None:
        page = client.get("/calendar?schedule=primary")
        assert "Shifts of Bob" in seen(client.get(link(page, "Bob")))
