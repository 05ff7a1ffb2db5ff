"""Can people change a schedule for a time, and is what contradicts it refused, also at the same moment?"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from incident.changes import Change
from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.oncall import on_call
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.overrides import Made, add_override, overrides, withdraw_override
from ledger.rota_tables import OverrideRow
from ledger.rota_turn import Actor
from ledger.rotas import schedules_at
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import START, Desk, together

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = SMALL["people"] | {name: {"name": name, "email": f"{name}@example.org"} for name in ("carla", "dan")}
ALICE, BOB = Actor("alice", Via.CLI), Actor("bob", Via.WEB)
WEEK = {"start": START + DAY, "end": START + 2 * DAY}
"""In bob's turn."""


@pytest.fixture
def ledger(ledger: Ledger) -> Ledger:
    """With carla and dan, who are in no rotation."""
    ledger.write(accept_configuration, organisation(people=PEOPLE), START - DAY)
    return ledger


def change(**override: Any) -> Change:
    return Change.model_validate({"schedule": "primary", "override": override, "reason": "dentist"})


def add(ledger: Ledger, override: dict[str, Any], now: datetime = START, actor: Actor = ALICE) -> Made:
    return ledger.write(add_override, change(**override), actor, now)


def who(ledger: Ledger, at: datetime, asked: datetime = START) -> str:
    return "+".join(on_call(ledger.read(schedules_at, asked)["primary"], at))


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        pytest.param({"kind": "cover", "users": ["carla", "dan"]}, "carla+dan", id="cover: everybody else"),
        pytest.param({"kind": "replace", "user": "bob", "with": "carla"}, "carla", id="replace: one"),
        pytest.param({"kind": "add", "user": "carla"}, "bob+carla", id="add: one more"),
        pytest.param({"kind": "remove", "user": "bob"}, "", id="remove: one less"),
        pytest.param(
            {"kind": "fixed", "shifts": [{"users": ["dan"], **WEEK}]}, "dan", id="fixed: a plan by hand"
        ),
    ],
)
def test_everything_that_asks_sees_an_override_for_its_time_only(
    ledger: Ledger, override: dict[str, Any], expected: str
) -> None:
    before = who(ledger, WEEK["start"] - HOUR)
    add(ledger, override | WEEK)
    seen = [who(ledger, at) for at in (WEEK["start"] - HOUR, WEEK["start"], WEEK["end"] - HOUR, WEEK["end"])]
    assert seen == [before, expected, expected, "bob"]


def test_another_schedule_can_stand_in_for_a_time(ledger: Ledger) -> None:
    schedules = SMALL["schedules"] | {"holidays": {"timezone": "UTC", "layers": [{"users": ["dan"]}]}}
    ledger.write(accept_configuration, organisation(people=PEOPLE, schedules=schedules), START)
    add(ledger, {"kind": "like", "schedule": "holidays"} | WEEK)
    assert [who(ledger, WEEK["start"]), who(ledger, WEEK["end"])] == ["dan", "bob"]


def test_who_made_it_when_and_why_is_kept(ledger: Ledger) -> None:
    add(ledger, {"kind": "add", "user": "carla"} | WEEK, actor=BOB)
    (row,) = ledger.read(overrides, START)
    assert (row.by, row.via, row.reason, row.made_at) == ("bob", Via.WEB, "dentist", START)


def test_local_times_are_those_of_the_schedule(ledger: Ledger) -> None:
    made = add(
        ledger, {"kind": "add", "user": "carla", "start": "2026-12-01T09:00", "end": "2026-12-01T10:00"}
    )
    assert made.row.starts_at == START.replace(month=12, day=1, hour=8, minute=0)


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        pytest.param(
            {"kind": "add", "user": "carla", "start": "2027-03-28T02:30", "end": "2027-03-28T04:00"},
            r"start: 2027-03-28 02:30 does not exist in Europe/Rome: write 2027-03-28T03:00\+02:00",
            id="S5: a local time that the clocks skip",
        ),
        pytest.param(
            {"kind": "add", "user": "carla", "start": "2027-10-31T01:00", "end": "2027-10-31T02:30"},
            "end: 2027-10-31 02:30 happens twice in Europe/Rome: write .* or ",
            id="S5: a local time that the clocks repeat",
        ),
        pytest.param(
            {"kind": "add", "user": "carla", "start": START - DAY, "end": START - HOUR},
            "end: .* has passed; what was is not changed any more",
            id="a time that is over",
        ),
        pytest.param(
            {"kind": "like", "schedule": "primary", "start": START, "end": START + 400 * DAY},
            "end: a schedule stands in for 366 days at most",
            id="a plan of too many shifts",
        ),
        pytest.param(
            {"kind": "like", "schedule": "gone"} | WEEK,
            "schedule: 'gone' is not under schedules:; known: primary",
            id="an unknown schedule that should stand in",
        ),
    ],
)
def test_a_time_that_means_nothing_is_refused_with_what_to_write(
    ledger: Ledger, override: dict[str, Any], problem: str
) -> None:
    with pytest.raises(AnswerError, match=problem):
        add(ledger, override)
    assert ledger.read(overrides, START, every=True) == []


def test_names_that_are_not_known_are_refused(ledger: Ledger) -> None:
    wish = {"kind": "replace", "user": "bob", "with": "zoe"} | WEEK
    with pytest.raises(NotFoundError, match="'zoe' is not under people:; known: alice, bob, carla, dan"):
        add(ledger, wish)
    with pytest.raises(NotFoundError, match="'zoe' is not under people:"):
        add(ledger, {"kind": "add", "user": "bob"} | WEEK, actor=Actor("zoe", Via.CLI))
    other = change(**{"kind": "add", "user": "bob"} | WEEK).model_copy(update={"schedule": "gone"})
    with pytest.raises(NotFoundError, match="'gone' is not under schedules:; known: primary"):
        ledger.write(add_override, other, ALICE, START)


def test_overrides_of_the_same_person_that_overlap_are_refused(ledger: Ledger) -> None:
    """S11."""
    add(ledger, {"kind": "replace", "user": "bob", "with": "carla"} | WEEK)
    with pytest.raises(TransitionError, match=r"carla already has an override \(replace\)"):
        add(ledger, {"kind": "remove", "user": "carla", "start": START + 1.5 * DAY, "end": START + 3 * DAY})
    add(ledger, {"kind": "remove", "user": "carla", "start": WEEK["end"], "end": START + 3 * DAY})
    assert len(ledger.read(overrides, START)) == 2


def test_an_override_of_the_file_is_not_contradicted_either(ledger: Ledger) -> None:
    in_file = {"kind": "remove", "user": "bob", "start": "2026-11-24T00:00", "end": "2026-11-26T00:00"}
    primary = SMALL["schedules"]["primary"] | {"overrides": [in_file]}
    ledger.write(accept_configuration, organisation(people=PEOPLE, schedules={"primary": primary}), START)
    with pytest.raises(TransitionError, match=r"bob already has an override \(remove\)"):
        add(ledger, {"kind": "replace", "user": "bob", "with": "carla"} | WEEK)


def test_of_several_at_the_same_moment_that_contradict_each_other_one_is_stored(ledger: Ledger) -> None:
    wishes = [
        {"kind": "replace", "user": "bob", "with": "carla"} | WEEK,
        {"kind": "replace", "user": "bob", "with": "dan"} | WEEK,
        {"kind": "remove", "user": "bob"} | WEEK,
        {"kind": "replace", "user": "carla", "with": "bob"} | WEEK,
    ]

    def tried(wish: dict[str, Any]) -> str:
        try:
            add(ledger, wish)
        except TransitionError as refused:
            return str(refused)
        return "stored"

    told = together(*(lambda wish=wish: tried(wish) for wish in wishes))  # type: ignore[misc]  # a lambda with a default
    assert sorted(each == "stored" for each in told) == [False, False, False, True]
    assert len(ledger.read(overrides, START, every=True)) == 1


def test_the_same_override_again_is_the_one_that_is_there(ledger: Ledger) -> None:
    wish = {"kind": "replace", "user": "bob", "with": "carla", "start": START - HOUR, "end": START + DAY}
    assert add(ledger, wish).row.id == add(ledger, wish, START + HOUR).row.id


def test_what_begins_in_the_past_begins_now(ledger: Ledger) -> None:
    wish = {"kind": "cover", "users": ["carla"], "start": START - DAY, "end": START + DAY}
    assert add(ledger, wish).row.starts_at == START
    assert [who(ledger, START - HOUR), who(ledger, START)] == ["alice", "carla"]


@pytest.mark.parametrize(
    ("override", "warning"),
    [
        pytest.param(
            {"kind": "remove", "user": "bob"} | WEEK,
            "nobody is on call from Tue 24 Nov 03:10 to Wed 25 Nov 03:10 UTC",
            id="it leaves nobody",
        ),
        pytest.param(
            {"kind": "replace", "user": "alice", "with": "carla"} | WEEK,
            "it changes nothing as things are: alice is not on call in that time",
            id="whoever is replaced is not on call",
        ),
        pytest.param(
            {"kind": "add", "user": "bob"} | WEEK,
            "it changes nothing as things are: bob is on call in that time anyway",
            id="whoever is added is on call",
        ),
        pytest.param(
            {"kind": "cover", "users": ["bob"]} | WEEK,
            "it changes nothing as things are: the same people are on call in that time anyway",
            id="the same people",
        ),
    ],
)
def test_whoever_makes_it_hears_what_comes_of_it(
    ledger: Ledger, override: dict[str, Any], warning: str
) -> None:
    assert add(ledger, override).warnings == (warning,)


def test_an_override_that_does_what_is_expected_has_no_warning(ledger: Ledger) -> None:
    assert add(ledger, {"kind": "replace", "user": "bob", "with": "carla"} | WEEK).warnings == ()


class TestWithdrawing:
    WISH = {"kind": "replace", "user": "bob", "with": "carla"} | WEEK

    def test_before_it_begins_it_never_was_but_stays_as_a_row(self, ledger: Ledger, desk: Desk) -> None:
        number = add(ledger, self.WISH).row.id or 0
        ledger.write(withdraw_override, number, BOB, START + HOUR, reason="no dentist")
        (row,) = desk.rows(OverrideRow)
        assert (row.withdrawn_by, row.withdrawn_at, row.withdrawn_because) == (
            "bob",
            START + HOUR,
            "no dentist",
        )
        assert who(ledger, WEEK["start"]) == "bob"
        assert ledger.read(overrides, START + HOUR) == []
        assert len(ledger.read(overrides, START + HOUR, every=True)) == 1

    def test_in_the_middle_it_ends_and_what_was_stays(self, ledger: Ledger) -> None:
        number = add(ledger, self.WISH).row.id or 0
        middle = WEEK["start"] + 6 * HOUR
        ledger.write(withdraw_override, number, ALICE, middle)
        assert [who(ledger, middle - HOUR), who(ledger, middle)] == ["carla", "bob"]

    def test_another_one_may_take_its_place(self, ledger: Ledger) -> None:
        number = add(ledger, self.WISH).row.id or 0
        ledger.write(withdraw_override, number, ALICE, START + HOUR)
        again = add(ledger, self.WISH, START + 2 * HOUR)
        assert again.row.id != number
        assert who(ledger, WEEK["start"]) == "carla"

    def test_who_comes_second_hears_who_was_faster(self, ledger: Ledger) -> None:
        number = add(ledger, self.WISH).row.id or 0
        first = ledger.write(withdraw_override, number, ALICE, START + HOUR)
        assert (
            ledger.write(withdraw_override, number, ALICE, START + 2 * HOUR).withdrawn_at
            == first.withdrawn_at
        )
        with pytest.raises(TransitionError, match="alice withdrew it at 2026-11-23 04:10 UTC"):
            ledger.write(withdraw_override, number, BOB, START + 2 * HOUR)

    def test_one_that_is_over_stays(self, ledger: Ledger) -> None:
        number = add(ledger, self.WISH).row.id or 0
        with pytest.raises(TransitionError, match=r"it ended at .* what was is not changed"):
            ledger.write(withdraw_override, number, ALICE, WEEK["end"])

    def test_one_that_is_not_there_is_said(self, ledger: Ledger) -> None:
        with pytest.raises(NotFoundError, match="there is no override 7"):
            ledger.write(withdraw_override, 7, ALICE, START)


def test_the_list_can_be_of_one_schedule(ledger: Ledger) -> None:
    add(ledger, {"kind": "add", "user": "carla"} | WEEK)
    assert len(ledger.read(overrides, START, schedule="primary")) == 1
    assert ledger.read(overrides, START, schedule="other") == []
    assert ledger.read(overrides, WEEK["end"]) == []


def test_no_database_is_asked_to_keep_what_it_cannot(ledger: Ledger) -> None:
    wish = {"schedule": "primary", "override": {"kind": "add", "user": "carla"} | WEEK, "reason": " a\0b "}
    assert ledger.write(add_override, Change.model_validate(wish), ALICE, START).row.reason == "ab"


def test_a_page_wakes_whoever_stands_in(ledger: Ledger, desk: Desk) -> None:
    """The pager and the list cannot disagree: both ask the same function."""
    desk.open()
    add(ledger, {"kind": "replace", "user": "alice", "with": "carla", "start": START, "end": START + HOUR})
    desk.climb(0)
    assert desk.pages() == [("carla", "owed")]
