"""Which mistakes in the settings of a calendar are found?"""

from typing import Any

import pytest
from pydantic import ValidationError

from incident.calendar_checks import check_calendars
from tests.incident.organisations import organisation

URL = "https://calendar.example/team.ics"


def found(**calendar: Any) -> list[tuple[str, str]]:
    schedule = {"timezone": "Europe/Rome", "layers": [], "calendar": {"url": URL} | calendar}
    findings = check_calendars(organisation(schedules={"primary": schedule}))
    return [(".".join(map(str, each.place)), each.message) for each in findings]


@pytest.mark.parametrize(
    ("calendar", "findings"),
    [
        pytest.param({"people": {"alice": ["A. Rossi"], "bob": ["BB"]}}, [], id="names for people"),
        pytest.param(
            {"people": {"eve": ["E"]}},
            [
                (
                    "schedules.primary.calendar.people.eve",
                    "'eve' is not under people:; known: alice, bob",
                )
            ],
            id="somebody who is not known",
        ),
        pytest.param(
            {"people": {"alice": ["Duty"], "bob": ["duty"]}},
            [("schedules.primary.calendar.people.bob", "'duty' is what alice is called already")],
            id="one name for two",
        ),
        pytest.param(
            {"url": "https://ada:pass@calendar.example/"},
            [
                (
                    "schedules.primary.calendar.url",
                    "holds a password; put the whole address into a variable and write {env: NAME}",
                )
            ],
            id="a password in clear",
        ),
    ],
)
def test_a_calendar_of_a_schedule(calendar: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    assert found(**calendar) == findings


def test_a_password_in_the_address_of_vacations_is_found() -> None:
    people = {
        "alice": {"name": "Alice", "vacations": {"url": "https://ada:pass@x.example/"}},
        "bob": {"name": "B"},
    }
    (finding,) = check_calendars(organisation(people=people))

    assert finding.place == ("people", "alice", "vacations", "url")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"url": "calendar.ics"}, id="an address that is none"),
        pytest.param({"url": "file:///etc/passwd"}, id="a file"),
        pytest.param({"every": "10s"}, id="read all the time"),
        pytest.param({"every": "15"}, id="a duration without a unit"),
        pytest.param({"zone": "Rome"}, id="a zone that is none"),
        pytest.param({"who": "organizer"}, id="somewhere else in an event"),
        pytest.param({"token": "x"}, id="a key that does not exist"),
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        found(**wrong)
