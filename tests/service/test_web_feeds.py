"""How does a calendar program that subscribed to a feed get on?"""

import logging

import pytest
from icalendar import Calendar

from incident.publication import CalendarOf
from tasks.links import Links
from tests.house import BASE_URL, House

SCHEDULE, PERSON = CalendarOf.SCHEDULE, CalendarOf.PERSON


def address(house: House, whose: CalendarOf, name: str) -> str:
    return house.links.feed(whose, name).removeprefix(BASE_URL)


def test_a_program_reads_the_shifts_of_a_schedule(house: House) -> None:
    answer = house.client().get(address(house, SCHEDULE, "primary"))

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.text).walk("VEVENT")
    assert {str(event["summary"]) for event in events} == {"Alice on call: primary", "Bob on call: primary"}
    assert not any("RRULE" in event for event in events)
    assert len({event["uid"] for event in events}) == len(events) > 10


def test_a_program_that_has_the_newest_is_told_so_without_a_body(house: House) -> None:
    client = house.client()
    first = client.get(address(house, PERSON, "bob"))
    tag = first.headers["etag"]
    house.clock.forward(minutes=20)

    for given in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get(address(house, PERSON, "bob"), headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"] == "private, no-cache"


def test_a_program_hears_of_a_change_although_it_knew_a_calendar_before(house: House) -> None:
    client = house.client()
    tag = client.get(address(house, PERSON, "bob")).headers["etag"]
    house.employ(schedules={"primary": {"timezone": "Europe/Rome", "layers": [{"users": ["alice"]}]}})

    answer = client.get(address(house, PERSON, "bob"), headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert "STATUS:CANCELLED" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/calendars/person/bob.ics", 401, id="no token"),
        pytest.param("/calendars/person/bob.ics?token=x", 401, id="a token that is not ours"),
        pytest.param("/calendars/team/bob.ics?token=x", 422, id="a sort of calendar that does not exist"),
    ],
)
def test_a_stranger_reads_nothing(house: House, path: str, status: int) -> None:
    answer = house.client().get(path)

    assert (answer.status_code, "VEVENT" in answer.text) == (status, False)


def test_a_token_is_for_one_calendar(house: House) -> None:
    token = address(house, PERSON, "bob").partition("?")[2]

    for other in ("person/alice", "schedule/bob", "schedule/primary"):
        assert house.client().get(f"/calendars/{other}.ics?{token}").status_code == 403


def test_another_signing_key_ends_all_addresses(house: House) -> None:
    old = Links(BASE_URL, "the key before").feed(PERSON, "bob").removeprefix(BASE_URL)

    assert house.client().get(old).status_code == 401


def test_the_link_in_a_page_does_not_open_a_calendar(house: House) -> None:
    token = house.links.act("bob", "INC-1", house.clock()).partition("?as=")[2]

    assert house.client().get(f"/calendars/person/bob.ics?token={token}").status_code == 401


def test_nobody_of_that_name_has_a_calendar(house: House) -> None:
    assert house.client().get(address(house, PERSON, "nobody")).status_code == 404


def test_the_token_is_in_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for logger in ("httpx", "httpx2", "httpcore"):  # these are the caller's own
        logging.getLogger(logger).setLevel(logging.WARNING)
    path = address(house, PERSON, "bob")
    house.client().get(path)
    house.client().get(path.replace("bob", "alice"))

    assert path.partition("token=")[2] not in caplog.text
