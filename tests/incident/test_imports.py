"""Whom do the events of a foreign calendar mean, and what becomes of them when it is read again?"""

from datetime import UTC, datetime, timedelta

import pytest

from incident.foreign_calendar import Attendee, ForeignEvent, Imported, Meant
from incident.imports import Names, as_overrides, away, carried_over, imported
from incident.oncall import final_schedule, on_call
from incident.override import conflict
from incident.schedule import Schedule

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = Names(
    {
        "ada": ("Ada Rossi", "ada@example.org"),
        "ben": ("Ben O'Neil", "ben@example.org", "Team 2", "benno"),
        "cleo": ("Cleo", ""),
    }
)
ADA, BEN, EVE = (Attendee(name=name) for name in ("Ada Rossi", "Ben O'Neil", "Eve"))
E, A, S = Meant.EITHER, Meant.ATTENDEES, Meant.SUMMARY


def event(summary: str = "", *attendees: Attendee) -> ForeignEvent:
    return ForeignEvent(start=NOW, end=NOW + HOUR, summary=summary, attendees=attendees)


@pytest.mark.parametrize(
    ("said", "who", "people"),
    [
        pytest.param(event("", ADA), E, ["ada"], id="the full name of somebody invited"),
        pytest.param(
            event("", Attendee(email="ADA@Example.org")), E, ["ada"], id="a mail address in any case"
        ),
        pytest.param(event("", BEN, ADA), E, ["ben", "ada"], id="all who are invited, together"),
        pytest.param(event("On call: Ada Rossi"), E, ["ada"], id="a full name in the summary"),
        pytest.param(
            event("ada / BENNO"), E, ["ada", "ben"], id="several in the summary, by what they are called"
        ),
        pytest.param(event("Team 2"), E, ["ben"], id="what somebody is called over there"),
        pytest.param(event("cleo@example.org is away"), E, [], id="the beginning of an address is nobody"),
        pytest.param(event("Adalbert, Cleopatra"), E, [], id="part of a word is nobody"),
        pytest.param(
            event("Ada Rossi", EVE), E, ["ada"], id="either: the summary, if no one invited is known"
        ),
        pytest.param(event("Cleo", ADA), E, ["ada"], id="either: those invited before the summary"),
        pytest.param(event("Cleo", ADA), S, ["cleo"], id="only the summary"),
        pytest.param(event("Cleo"), A, [], id="only those invited"),
    ],
)
def test_an_event_means(said: ForeignEvent, who: Meant, people: list[str]) -> None:
    shifts, _ = imported([said], NAMES, who)

    assert [person for shift in shifts for person in shift.people] == people


def test_an_event_that_names_nobody_is_a_remark_and_no_guess() -> None:
    shifts, remarks = imported([event("Offsite"), event("", ADA, EVE)], NAMES, E)

    assert [shift.people for shift in shifts] == [("ada",)]
    assert remarks == (
        "'Offsite' from 2027-03-10 12:00 UTC names nobody under people:",
        "'an event without a title' from 2027-03-10 12:00 UTC invites Eve, who cannot be found under people:",
    )


def test_many_remarks_are_counted_and_not_all_told() -> None:
    _, remarks = imported([event(f"Party {number}") for number in range(40)], NAMES, E)

    assert (len(remarks), remarks[-1]) == (6, "35 more events name nobody we know")


def test_nobody_at_all_is_known_without_names() -> None:
    assert imported([event("Ada")], Names({}), E)[0] == ()


def test_every_event_of_a_persons_own_calendar_is_an_absence() -> None:
    assert [each.people for each in away([event("Beach"), event()], "ada")] == [("ada",), ("ada",)]


def entry(start: float, end: float, person: str = "ada") -> Imported:
    """A shift from so many hours after now to so many."""
    return Imported(start=NOW + start * HOUR, end=NOW + end * HOUR, people=(person,))


@pytest.mark.parametrize(
    ("before", "fresh", "holds"),
    [
        pytest.param(
            [], [entry(-2, 2)], [entry(0, 2)], id="nobody knew what the first reading says of the past"
        ),
        pytest.param([entry(-2, 2)], [entry(-2, 2)], [entry(-2, 2)], id="what is the same goes on unbroken"),
        pytest.param(
            [entry(-2, 2)], [], [entry(-2, 0)], id="what was deleted ends now, and has been until now"
        ),
        pytest.param(
            [entry(-3, -1)], [entry(-3, -1, "ben")], [entry(-3, -1)], id="what is over is not rewritten"
        ),
        pytest.param(
            [entry(-2, 2)],
            [entry(-2, 2, "ben")],
            [entry(-2, 0), entry(0, 2, "ben")],
            id="who takes over does so now",
        ),
        pytest.param([entry(3, 4)], [entry(5, 6)], [entry(5, 6)], id="what is to come is what it says now"),
        pytest.param([entry(-99, -98)], [], [], id="what ended long ago is dropped"),
    ],
)
def test_a_calendar_that_is_read_again(
    before: list[Imported], fresh: list[Imported], holds: list[Imported]
) -> None:
    assert list(carried_over(before, fresh, NOW, keep=48 * HOUR)) == holds


def schedule(*overrides: object, shifts: tuple[Imported, ...]) -> Schedule:
    plain = Schedule.model_validate(
        {"timezone": "UTC", "layers": [{"users": ["dan"]}], "overrides": overrides}
    )
    return plain.model_copy(update={"overrides": (*as_overrides(shifts), *plain.overrides)})


def span(start: float, end: float) -> dict[str, datetime]:
    return {"start": NOW + start * HOUR, "end": NOW + end * HOUR}


@pytest.mark.parametrize(
    ("overrides", "shifts", "who"),
    [
        pytest.param([], (entry(0, 9),), ["ada"], id="the calendar comes before the layers"),
        pytest.param([], (entry(2, 9),), ["dan"], id="where it names nobody, the layers hold"),
        pytest.param(
            [], (entry(0, 9), entry(0, 9, "ben")), ["ada", "ben"], id="two events are on call together"
        ),
        pytest.param(
            [{"kind": "replace", "user": "ada", "with": "cleo", **span(0, 9)}],
            (entry(0, 9),),
            ["cleo"],
            id="somebody can stand in for whoever the calendar names",
        ),
        pytest.param(
            [{"kind": "cover", "users": ["cleo"], **span(0, 9)}],
            (entry(0, 9),),
            ["cleo"],
            id="a cover comes before the calendar",
        ),
        pytest.param(
            [{"kind": "fixed", "shifts": [{"users": ["cleo"], **span(0, 2)}], **span(0, 9)}],
            (entry(0, 9),),
            ["cleo"],
            id="a fixed plan comes before the calendar",
        ),
    ],
)
def test_an_imported_shift_and_the_rest_of_a_schedule(
    overrides: list[object], shifts: tuple[Imported, ...], who: list[str]
) -> None:
    assert list(on_call(schedule(*overrides, shifts=shifts), NOW + HOUR)) == who


def test_an_imported_shift_keeps_nobody_from_changing_it() -> None:
    plan = schedule({"kind": "add", "user": "ada", **span(0, 1)}, shifts=(entry(0, 9),))

    assert conflict(plan.overrides[:1], plan.overrides[1]) is None
    assert len(final_schedule(plan, NOW, NOW + 9 * HOUR)) == 1
