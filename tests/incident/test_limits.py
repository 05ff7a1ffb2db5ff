"""How fast may pages go through a provider?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from incident.limits import OF_VENDORS, Limit, limit_of, turn
from tests.incident.organisations import organisation

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("connection", "limit"),
    [
        pytest.param({"type": "signed-webhook"}, None, id="none is known"),
        pytest.param({"type": "twilio-text"}, Limit(messages=1, within=SECOND), id="that of the vendor"),
        pytest.param(
            {"block": "twilio-text/ours"}, Limit(messages=1, within=SECOND), id="of a saved block, too"
        ),
        pytest.param(
            {"type": "twilio-text", "per_second": 3},
            Limit(messages=3, within=SECOND),
            id="what the file says comes before it",
        ),
        pytest.param(
            {"type": "smtp-mail", "per_minute": 30},
            Limit(messages=30, within=timedelta(minutes=1)),
            id="by the minute",
        ),
    ],
)
def test_the_limit_of_a_connection_is(connection: dict[str, Any], limit: Limit | None) -> None:
    assert limit_of(organisation(connections={"text": connection}, use={}), "text") == limit


def test_the_built_in_console_has_no_limit() -> None:
    assert limit_of(organisation(), "console") is None


def test_a_connection_has_one_limit() -> None:
    with pytest.raises(ValidationError, match="write either per_second: or per_minute:"):
        organisation(connections={"text": {"type": "twilio-text", "per_second": 3, "per_minute": 9}}, use={})


def test_a_limit_is_no_setting_of_the_block() -> None:
    known = organisation(
        connections={"text": {"type": "x", "per_second": 3, "instead": "text", "host": "h"}}, use={}
    )
    assert known.connections["text"].settings == {"host": "h"}


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("messages", "taken", "expected"),
    [
        pytest.param(1, [], 0, id="now, if nothing went"),
        pytest.param(1, [-1], 0, id="now, if the last one went long enough ago"),
        pytest.param(1, [-0.4], 0.6, id="as soon as the last one is long enough ago"),
        pytest.param(2, [-0.4], 0, id="now, if there is room"),
        pytest.param(2, [-0.4, -0.2], 0.6, id="when the oldest makes room"),
        pytest.param(1, [-0.4, 0.6, 1.6], 2.6, id="behind all whose turn comes before"),
        pytest.param(1, [0, 0, 0], 1, id="first pages that left at once do not count twice"),
    ],
)
def test_the_turn_of_one_more_is(messages: int, taken: list[float], expected: float) -> None:
    limit = Limit(messages=messages, within=SECOND)
    assert turn(limit, [at(seconds) for seconds in taken], NOW) == at(expected)


@given(st.sampled_from([*OF_VENDORS.values()]), st.integers(1, 100))
def test_turns_that_are_given_one_after_the_other_keep_the_limit(limit: Limit, number: int) -> None:
    taken: list[datetime] = []
    for _ in range(number):
        taken.append(turn(limit, taken, NOW))
    assert taken == sorted(taken)
    late = [later - earlier for earlier, later in zip(taken, taken[limit.messages :], strict=False)]
    assert all(each >= limit.within for each in late)
