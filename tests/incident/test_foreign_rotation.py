"""What does it mean here that another tool says who is on call?"""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from incident.foreign_rotation import ForeignRotation, OnCallThere, names_known, on_call_there, told
from incident.imports import Names
from incident.schedule import Schedule

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
ROTATION = ForeignRotation(connection="pd", schedule="PABC123", people={"bob": ("Robert",)})
PEOPLE = {"ann": ("Ann Verdi", "ann@example.com"), "bob": ("Bob", "bob@example.com")}
NAMES = names_known(PEOPLE, ROTATION, {"ann": "PUSER01"})


def said(*people: str) -> OnCallThere:
    return OnCallThere(connection="pd", schedule="PABC123", people=people)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        pytest.param("ANN@example.com", "ann", id="the mail address, in whatever case"),
        pytest.param("Ann Verdi", "ann", id="the full name"),
        pytest.param("bob", "bob", id="the name under people:"),
        pytest.param("PUSER01", "ann", id="the id that the connection knows"),
        pytest.param("robert", "bob", id="what is written beside the schedule"),
    ],
)
def test_a_person_is_known_by(name: str, person: str) -> None:
    (shift,), remarks = on_call_there(said(name), NAMES, NOW)
    assert (shift.people, remarks) == ((person,), ())


def test_an_answer_holds_for_a_day_at_least_and_until_midnight() -> None:
    (shift,), _ = on_call_there(said("bob", "ann@example.com", "Bob"), NAMES, NOW)
    assert (shift.start, shift.end) == (NOW, MIDNIGHT)
    assert (shift.people, shift.summary) == (("bob", "ann"), "pd: PABC123")


def test_calendars_do_not_move_with_every_answer() -> None:
    ends = {on_call_there(said("bob"), NAMES, NOW + timedelta(hours=hour))[0][0].end for hour in range(14)}
    assert ends == {MIDNIGHT}


def test_nobody_on_call_there_leaves_the_layers_in_force() -> None:
    assert on_call_there(said(), NAMES, NOW) == ((), ())


def test_somebody_who_is_not_known_is_a_remark_and_never_a_guess() -> None:
    (shift,), (remark,) = on_call_there(said("eve@example.com", "bob"), NAMES, NOW)
    assert shift.people == ("bob",)
    assert remark == "'eve@example.com' is on call on PABC123 of pd, and cannot be found under people:"


@pytest.mark.parametrize(
    ("kept", "is_ours"),
    [
        pytest.param(said("bob").model_dump_json(), True, id="what it said last"),
        pytest.param('{"connection":"pd","schedule":"P2","people":[]}', False, id="what another one said"),
        pytest.param("BEGIN:VCALENDAR", False, id="a calendar"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_was_kept_counts_if_it_is_of_this_rotation(kept: str, is_ours: bool) -> None:
    assert (OnCallThere.kept(kept, ROTATION) is not None) is is_ours


@pytest.mark.parametrize(
    ("age", "problem", "sentence"),
    [
        (timedelta(minutes=2, seconds=5), "", "who is on call for team is what PABC123 of pd said 2m ago"),
        (
            timedelta(hours=2),
            "HTTP 503",
            "who is on call for team is what PABC123 of pd said 2h ago; it cannot be asked now: HTTP 503",
        ),
        (timedelta(seconds=5), "", "who is on call for team is what PABC123 of pd said just now"),
        (
            None,
            "HTTP 401",
            "who is on call for team is not known: PABC123 of pd has not answered (HTTP 401)",
        ),
        (
            None,
            "",
            "who is on call for team is not known: PABC123 of pd has not answered (not yet asked)",
        ),
    ],
)
def test_people_are_told_how_old_it_is(age: timedelta | None, problem: str, sentence: str) -> None:
    assert told("team", ROTATION, age, problem) == sentence


def test_a_schedule_is_kept_in_one_place() -> None:
    with pytest.raises(ValidationError, match="either `calendar` or `source`"):
        Schedule.model_validate(
            {
                "timezone": "UTC",
                "layers": [],
                "calendar": {"url": "https://calendar.example/team.ics"},
                "source": {"connection": "pd", "schedule": "P1"},
            }
        )


def test_names_that_mean_nothing_are_nobody() -> None:
    assert on_call_there(said("bob"), Names({}), NOW)[0] == ()
