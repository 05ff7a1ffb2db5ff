"""Is somebody who stands on two levels of a policy at one time found, with the time and the levels?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident.doubling import doublings
from tests.incident.organisations import organisation

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
SUNDAY = datetime(2027, 3, 7, tzinfo=UTC)

DAYS = {"start": "2027-03-01T00:00Z", "handoff": {"every": 3, "unit": "day"}}
PRIMARY = {"timezone": "UTC", "layers": [{"users": ["ada", "ben"], **DAYS}]}
PERSON = {"name": "x", "contacts": [{"via": "console"}]}


def doubled(*levels: list[dict[str, Any]], **more: Any) -> list[tuple[str, str, str, tuple[int, ...]]]:
    policy = {"levels": [{"targets": targets} for targets in levels], **more}
    small = organisation(
        people=dict.fromkeys(("ada", "ben", "cleo"), PERSON),
        teams={"web": {"members": ["ada", "cleo"]}},
        schedules={"primary": PRIMARY},
        policies={"checkout": policy},
    )
    found = doublings(small, "checkout", MONDAY, SUNDAY)
    return [(f"{each.start:%d %H}", f"{each.end:%d %H}", each.person, each.levels) for each in found]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param([[{"person": "ada"}], [{"person": "ben"}]], [], id="two levels, two people"),
        pytest.param(
            [[{"person": "ada"}], [{"person": "ada"}]],
            [("01 00", "07 00", "ada", (0, 1))],
            id="one person named twice",
        ),
        pytest.param(
            [[{"person": "ada"}, {"team": "web"}]], [], id="twice on one level is once: they are paged once"
        ),
        pytest.param(
            [[{"schedule": "primary"}], [{"person": "cleo"}], [{"person": "ada"}]],
            [("01 00", "04 00", "ada", (0, 2))],
            id="only while on call",
        ),
        pytest.param(
            [[{"schedule": "primary"}], [{"person": "ben"}], [{"team": "web"}]],
            [("01 00", "04 00", "ada", (0, 2)), ("04 00", "07 00", "ben", (0, 1))],
            id="each person in turn",
        ),
        pytest.param(
            [[{"schedule": "primary"}], [{"next_on_call": "primary"}]], [], id="the next one is another one"
        ),
        pytest.param(
            [[{"person": "ada"}], [{"round_robin": ["ada", "ben"]}]], [], id="a turn may be somebody else's"
        ),
    ],
)
def test_somebody_on_two_levels_at_one_time_is_found(
    levels: list[list[dict[str, Any]]], expected: list[tuple[str, str, str, tuple[int, ...]]]
) -> None:
    assert doubled(*levels) == expected


def test_the_fallback_pages_people_once_more_on_purpose() -> None:
    assert doubled([{"person": "ada"}], fallback=[{"person": "ada"}]) == []
