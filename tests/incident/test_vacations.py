"""Who is on call while they are away, and who is proposed to stand in?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.foreign_calendar import Imported
from incident.override import conflict
from incident.schedule import Schedule
from incident.vacations import Absences, Uncovered, uncovered

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = (MONDAY, MONDAY + 42 * DAY)
ALL = ("ada", "ben", "cleo", "dan")


def weekly(*users: str | list[str], overrides: tuple[object, ...] = ()) -> Schedule:
    """A week each, from Monday the first of March, at 08:00 UTC."""
    layer = {"users": users, "start": "2027-03-01T08:00", "handoff": {"unit": "week"}}
    return Schedule.model_validate({"timezone": "UTC", "layers": [layer], "overrides": overrides})


def away(**days: tuple[float, float]) -> Absences:
    """From which day on, until which day, by person; counted from that Monday."""
    return {person: [vacation(person, *span)] for person, span in days.items()}


def vacation(person: str, start: float, end: float, summary: str = "Beach") -> Imported:
    return Imported(start=MONDAY + start * DAY, end=MONDAY + end * DAY, people=(person,), summary=summary)


def told(found: tuple[Uncovered, ...]) -> list[tuple[str, str, float, float, str | None]]:
    return [
        (each.schedule, each.person, (each.start - MONDAY) / DAY, (each.end - MONDAY) / DAY, each.stand_in)
        for each in found
    ]


CASES = [
    pytest.param({"s": weekly("ada", "ben")}, away(ada=(7, 14)), [], id="a vacation off call needs nobody"),
    pytest.param(
        {"s": weekly("ada", "ben")},
        away(ada=(2, 4)),
        [("s", "ada", 2, 4, "ben")],
        id="only the days away are covered",
    ),
    pytest.param(
        {"s": weekly("ada", "ben")},
        away(ada=(5, 16)),
        [("s", "ada", 5, 7, "ben"), ("s", "ada", 14, 16, "ben")],
        id="a long vacation meets two shifts",
    ),
    pytest.param(
        {"s": weekly("ada", "ben", "cleo")},
        away(ada=(0, 7), ben=(3, 5)),
        [("s", "ada", 0, 7, "cleo")],
        id="whoever is away at the time is not asked",
    ),
    pytest.param(
        {"s": weekly("ada", "ben")},
        away(ada=(0, 7), ben=(6, 7)),
        [("s", "ada", 0, 7, None)],
        id="nobody is left",
    ),
    pytest.param(
        {"s": weekly("ada")}, away(ada=(0, 1)), [("s", "ada", 0, 1, None)], id="nobody else belongs to it"
    ),
    pytest.param(
        {"s": weekly("ada", "eve")},
        away(ada=(0, 1)),
        [("s", "ada", 0, 1, None)],
        id="who is not known is not asked",
    ),
    pytest.param(
        {"s": weekly(["ada", "ben"], "cleo")},
        away(ada=(0, 7)),
        [("s", "ada", 0, 7, "cleo")],
        id="whoever is on call together with them cannot stand in",
    ),
    pytest.param(
        {"s": weekly("ada", "ben", "cleo", "ben")},
        away(ada=(0, 7)),
        [("s", "ada", 0, 7, "cleo")],
        id="whoever has the fewest hours is asked first",
    ),
    pytest.param(
        {"s": weekly("ada", "ben", "cleo"), "t": weekly("ben")},
        away(ada=(0, 7)),
        [("s", "ada", 0, 7, "cleo")],
        id="whoever is free everywhere is asked first",
    ),
    pytest.param(
        {"s": weekly("ada", "ben"), "t": weekly("ben")},
        away(ada=(0, 7)),
        [("s", "ada", 0, 7, "ben")],
        id="whoever is on call elsewhere is better than nobody",
    ),
    pytest.param(
        {"s": weekly("ada", "ben", "cleo")},
        away(ada=(0, 30)),
        [("s", "ada", 0, 7, "ben"), ("s", "ada", 21, 28, "cleo")],
        id="proposals take each other into account",
    ),
    pytest.param(
        {"s": weekly("ada", "ben"), "t": weekly("ada", "ben", "cleo")},
        away(ada=(0, 7)),
        [("s", "ada", 0, 7, "ben"), ("t", "ada", 0, 7, "cleo")],
        id="whoever is proposed once is not free a second time",
    ),
    pytest.param(
        {
            "s": weekly(
                "ada",
                "ben",
                overrides=(
                    {
                        "kind": "replace",
                        "user": "ada",
                        "with": "ben",
                        "start": MONDAY,
                        "end": MONDAY + 7 * DAY,
                    },
                ),
            )
        },
        away(ada=(0, 7)),
        [],
        id="what is covered is not told again",
    ),
]


@pytest.mark.parametrize(("schedules", "absences", "expected"), CASES)
def test_covers(schedules: dict[str, Schedule], absences: Absences, expected: list[Any]) -> None:
    assert told(uncovered(schedules, absences, ALL, WINDOW)) == expected


@pytest.mark.parametrize(("schedules", "absences", "expected"), CASES)
def test_once_the_proposals_are_stored_nothing_is_left_that_can_be_covered(
    schedules: dict[str, Schedule], absences: Absences, expected: list[Any]
) -> None:
    stored = dict(schedules)
    for each in uncovered(schedules, absences, ALL, WINDOW):
        if override := each.override():
            schedule = stored[each.schedule]
            assert conflict(schedule.overrides, override) is None
            stored[each.schedule] = schedule.model_copy(update={"overrides": (*schedule.overrides, override)})

    assert [each for each in uncovered(stored, absences, ALL, WINDOW) if each.stand_in] == []


def test_absences_that_overlap_are_one() -> None:
    absences = {
        "ada": [vacation("ada", 1, 3, "Beach"), vacation("ada", 2, 5, "Family"), vacation("ada", 5, 6)]
    }
    (found,) = uncovered({"s": weekly("ada", "ben")}, absences, ALL, WINDOW)

    assert (found.vacation, found.end) == ("Beach", MONDAY + 6 * DAY)


@pytest.mark.parametrize(
    ("schedules", "absences", "reason"),
    [
        ({"s": weekly("ada", "ben")}, away(ada=(0, 1)), "the only one who can, with 504 h on call there"),
        (
            {"s": weekly("ada", "ben", "cleo")},
            away(ada=(0, 1)),
            "of 2 who can the one with 336 h on call there",
        ),
        ({"s": weekly("ada", "ben")}, away(ada=(0, 1), ben=(0, 1)), "ben is away, too"),
        ({"s": weekly(["ada", "ben"])}, away(ada=(0, 1)), "ben is on call then, too"),
        ({"s": weekly("ada")}, away(ada=(0, 1)), "nobody else belongs to the schedule"),
        (
            {"s": weekly("ada", "ben"), "t": weekly("ben")},
            away(ada=(0, 1)),
            "the only one who can, with 504 h on call there; on call elsewhere then",
        ),
    ],
)
def test_a_proposal_says_why(schedules: dict[str, Schedule], absences: Absences, reason: str) -> None:
    assert uncovered(schedules, absences, ALL, WINDOW)[0].reason == reason
