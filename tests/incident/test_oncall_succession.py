"""Does the person on call stay when the people of a rotation change?"""

from datetime import UTC, datetime, timedelta

import pytest

from incident.oncall import final_schedule, on_call
from incident.schedule import Schedule
from incident.succession import with_users

START = datetime(2027, 3, 1, 2, 30, tzinfo=UTC)
NOON = START + timedelta(days=100, hours=9)
BEFORE = Schedule.model_validate(
    {
        "timezone": "Europe/Rome",
        "layers": [{"users": ["ada", "ben", "cleo"], "start": START, "handoff": {"unit": "day"}}],
    }
)
"""After 100 days it is ben's turn."""


def names_from(schedule: Schedule, days: int) -> list[str]:
    return ["+".join(on_call(schedule, NOON + timedelta(days=day))) for day in range(days)]


@pytest.mark.parametrize(
    ("users", "then"),
    [
        pytest.param(["ada", "ben", "cleo", "dan"], ["ben", "cleo", "dan", "ada"], id="somebody joins"),
        pytest.param(["ben", "cleo"], ["ben", "cleo", "ben", "cleo"], id="somebody else leaves"),
        pytest.param(
            ["ada", "cleo"],
            ["cleo", "ada", "cleo", "ada"],
            id="the person on call leaves: the next takes over",
        ),
        pytest.param(["cleo", "ben", "ada"], ["ben", "ada", "cleo", "ben"], id="another order"),
        pytest.param(["eve", "finn"], ["eve", "finn", "eve", "finn"], id="nobody stays: the first begins"),
    ],
)
def test_the_current_turn_is_kept_and_the_order_goes_on(users: list[str], then: list[str]) -> None:
    after = with_users(BEFORE, tuple((user,) for user in users), at=NOON)
    assert names_from(after, 4) == then


def test_the_past_and_the_handoffs_stay() -> None:
    after = with_users(BEFORE, (("ben",), ("ada",)), at=NOON)
    assert final_schedule(after, START, NOON) == final_schedule(BEFORE, START, NOON)
    edges = [
        {shift.start for shift in final_schedule(each, NOON, NOON + timedelta(days=200))}
        for each in (BEFORE, after)
    ]
    assert edges[0] == edges[1]
