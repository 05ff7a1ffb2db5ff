"""Does everybody who asks get the schedules of today, and is what was never computed again?"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from incident.configuration import Configuration
from incident.oncall import final_schedule, on_call
from ledger import versions
from ledger.configurations import accept_configuration, configuration_of
from ledger.engine import Ledger
from ledger.rota_tables import ScheduleVersionRow
from ledger.rotas import schedules_at, with_changes
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import START, Desk, together

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HANDOFF = START.replace(hour=8, minute=0)
"""From alice to bob."""
PEOPLE = SMALL["people"] | {"carla": {"name": "Carla", "contacts": [{"via": "console"}]}}


def with_primary(*users: str, **changes: Any) -> Configuration:
    (layer,) = SMALL["schedules"]["primary"]["layers"]
    primary = {"timezone": "Europe/Rome", "layers": [layer | {"users": users}]} | changes
    return organisation(people=PEOPLE, schedules={"primary": primary})


def accept(ledger: Ledger, configuration: Configuration, now: datetime) -> None:
    ledger.write(accept_configuration, configuration, now)


def who(ledger: Ledger, at: datetime, *, asked: datetime | None = None) -> str:
    return "+".join(on_call(ledger.read(schedules_at, asked or at)["primary"], at))


def test_without_any_change_the_schedules_are_those_of_the_file(ledger: Ledger) -> None:
    assert ledger.read(schedules_at, START) == organisation().schedules


def test_an_edit_takes_effect_at_once_and_leaves_what_was(ledger: Ledger) -> None:
    before = ledger.read(schedules_at, START)["primary"]
    accept(ledger, with_primary("carla", "bob"), START)
    after = ledger.read(schedules_at, START)["primary"]
    assert final_schedule(after, START - 30 * DAY, START) == final_schedule(before, START - 30 * DAY, START)
    assert [who(ledger, START + day * DAY) for day in (0, 7)] == ["bob", "carla"]


def test_whoever_is_on_call_stays_when_others_leave_or_join(ledger: Ledger) -> None:
    accept(ledger, with_primary("carla", "bob", "alice"), START)
    assert [who(ledger, START + 7 * day * DAY) for day in range(4)] == ["alice", "carla", "bob", "alice"]
    accept(ledger, with_primary("bob", "alice"), START + HOUR)
    assert [who(ledger, START + HOUR + 7 * day * DAY) for day in range(3)] == ["alice", "bob", "alice"]


def test_an_edit_may_wait_for_the_end_of_the_shift(ledger: Ledger) -> None:
    accept(ledger, with_primary("carla", takes_effect="after_shift"), START)
    assert [who(ledger, HANDOFF - HOUR), who(ledger, HANDOFF)] == ["alice", "carla"]


def test_an_edit_may_wait_for_a_date_and_is_seen_from_today_on(ledger: Ledger) -> None:
    accept(ledger, with_primary("carla", takes_effect="2026-11-25T12:00"), START)
    seen = [who(ledger, at, asked=START) for at in (START, HANDOFF, HANDOFF + 2 * DAY, HANDOFF + 3 * DAY)]
    assert seen == ["alice", "bob", "bob", "carla"]


def test_an_edit_that_was_announced_is_given_up_when_it_no_longer_stands_in_the_file(ledger: Ledger) -> None:
    accept(ledger, with_primary("carla", takes_effect="2026-11-25T12:00"), START)
    accept(ledger, with_primary("carla", takes_effect="2026-11-27T12:00"), START + HOUR)
    assert [who(ledger, HANDOFF + day * DAY, asked=START) for day in (3, 5)] == ["bob", "carla"]
    accept(ledger, organisation(), START + 2 * HOUR)
    assert [who(ledger, HANDOFF + day * DAY, asked=START) for day in (3, 5)] == ["bob", "bob"]


def test_other_parts_of_the_file_make_no_version(desk: Desk) -> None:
    accept(desk.ledger, organisation(organisation={"name": "Other"}), START)
    assert len(desk.rows(ScheduleVersionRow)) == 1


def test_two_edits_in_the_same_moment_end_with_the_second(ledger: Ledger) -> None:
    accept(ledger, with_primary("carla"), START)
    accept(ledger, with_primary("bob"), START)
    assert who(ledger, START) == "bob"


def test_edits_by_several_processes_at_once_follow_each_other(desk: Desk) -> None:
    edits = [with_primary("carla"), with_primary("bob"), with_primary("alice", "carla")]
    together(*(lambda each=each: accept(desk.ledger, each, START + HOUR) for each in edits))  # type: ignore[misc]  # a lambda with a default
    rows = desk.rows(ScheduleVersionRow)
    assert [row.until for row in rows] == [START + HOUR, START + HOUR, START + HOUR, None]
    assert len(rows) == 4


def test_a_schedule_that_stands_in_the_file_no_more_is_kept_for_incidents_that_page_it(desk: Desk) -> None:
    incident = desk.open()
    gone = organisation(
        schedules={},
        policies={"checkout": {"levels": [{"targets": [{"person": "bob"}]}]}},
    )
    accept(desk.ledger, gone, START)
    opened_with = desk.ledger.read(configuration_of, incident)
    assert set(desk.ledger.read(with_changes, opened_with, START).schedules) == {"primary"}
    assert desk.ledger.read(schedules_at, START) == {}


def test_a_level_pages_whoever_is_on_call_today_by_their_contacts_of_today(desk: Desk) -> None:
    """E1: the policy is the one that the incident was opened with, the people are not."""
    desk.open()
    accept(desk.ledger, with_primary("carla"), START)
    desk.climb(0)
    assert desk.pages() == [("carla", "owed")]


def test_whoever_came_later_is_known_to_the_incident_and_whoever_went_still_is(desk: Desk) -> None:
    incident = desk.open()
    bob = {"name": "Robert", "email": "robert@example.org"}
    newer = organisation(
        people={"bob": bob, "carla": {"name": "Carla", "contacts": [{"via": "sms"}]}},
        teams={},
        schedules={},
        policies={"checkout": {"levels": [{"targets": [{"person": "bob"}]}]}},
        connections={"mail": {"type": "webhook"}, "sms": {"type": "webhook"}},
    )
    accept(desk.ledger, newer, START)
    today = desk.ledger.read(configuration_of, incident)
    names = {"alice": "Alice", "bob": "Robert", "carla": "Carla"}
    assert {key: person.name for key, person in today.people.items()} == names
    assert {key: each.type for key, each in today.connections.items()} == {
        "mail": "smtp-mail",
        "sms": "webhook",
    }
    assert (today.policies, today.schedules) == (organisation().policies, organisation().schedules)


def test_a_version_is_read_once_per_process(ledger: Ledger) -> None:
    accept(ledger, with_primary("carla"), START)
    versions._READ.clear()
    ledger.read(schedules_at, START + 60 * DAY)
    (once,) = versions._READ.values()
    assert ledger.read(schedules_at, START + 60 * DAY)["primary"] is once


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_another_zone_leaves_what_was(ledger: Ledger, zone: str) -> None:
    before = ledger.read(schedules_at, START)["primary"]
    accept(ledger, with_primary("carla", timezone=zone), START)
    after = ledger.read(schedules_at, START)["primary"]
    assert final_schedule(after, START - 30 * DAY, START) == final_schedule(before, START - 30 * DAY, START)
    assert who(ledger, START) == "carla"
