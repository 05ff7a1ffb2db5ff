"""Is a provider in trouble, so that no page should wait for it?"""

from datetime import UTC, datetime, timedelta

import pytest

from incident.circuit import FAILURES, REST, Answer, Broken, Flows, Try, circuit

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)


def tries(*answers: str, ago: float = 10) -> list[Try]:
    """Tries one second after the other, newest first, of which the newest was so many seconds ago."""
    known = {"+": Answer.TOOK, "x": Answer.TROUBLE, "-": Answer.REFUSED, "?": None}
    last = NOW - timedelta(seconds=ago)
    return [
        Try(started_at=last - timedelta(seconds=number), answer=known[answer])
        for number, answer in enumerate(reversed(answers))
    ]


@pytest.mark.parametrize(
    ("seen", "broken", "reason"),
    [
        pytest.param(tries(), False, "it works", id="a provider that nobody has tried"),
        pytest.param(tries("x", "x"), False, "it works", id="two failures are no trouble"),
        pytest.param(
            tries("x", "x", "x"), True, "it failed 3 times in a row, last at 03:09:50 UTC", id="three are"
        ),
        pytest.param(tries("x", "x", "+", "x"), False, "it works", id="not in a row"),
        pytest.param(tries("x", "x", "x", "+"), False, "it works", id="it worked since"),
        pytest.param(tries("x", "x", "x", "-"), False, "it works", id="a refusal is an answer, too"),
        pytest.param(
            tries("x", "x", "x", "?"),
            True,
            "it failed 3 times in a row, last at 03:09:49 UTC",
            id="what is in the air says nothing",
        ),
        pytest.param(tries("x", "x", "x", ago=301), False, "it works", id="long ago"),
        pytest.param(
            tries("x", "x", "x", ago=30),
            False,
            "it failed 3 times in a row until 03:09:30 UTC; tried again",
            id="after a rest one page tries it again",
        ),
        pytest.param(
            [*tries("?", ago=1), *tries("x", "x", "x", ago=31)],
            True,
            "it failed 3 times in a row, and another page tries it again",
            id="and only one",
        ),
        pytest.param(
            [*tries("?", ago=16), *tries("x", "x", "x", ago=31)],
            False,
            "it failed 3 times in a row until 03:09:29 UTC; tried again",
            id="unless the process that tried it has died",
        ),
        pytest.param(
            [*tries("x", ago=1), *tries("x", "x", "x", ago=31)],
            True,
            "it failed 4 times in a row, last at 03:09:59 UTC",
            id="when that fails, too, it rests again",
        ),
    ],
)
def test_a_page_does_not_wait_for_a_provider(seen: list[Try], broken: bool, reason: str) -> None:
    assert circuit(seen, NOW) == (Broken(reason=reason) if broken else Flows(reason=reason))


def test_a_storm_against_a_dead_provider_tries_it_once_in_each_rest() -> None:
    """A page every second for five minutes; each try fails after the eight seconds that it may take."""
    seen: list[tuple[datetime, datetime]] = []
    start = NOW
    for second in range(300):
        now = start + timedelta(seconds=second)
        known = [
            Try(started_at=at, answer=Answer.TROUBLE if end <= now else None) for at, end in reversed(seen)
        ]
        if isinstance(circuit(known, now), Flows):
            seen.append((now, now + timedelta(seconds=8)))
    before_it_was_known = 8 + FAILURES
    assert len(seen) <= before_it_was_known + 300 / REST.total_seconds()
    assert seen[-1][0] > start + timedelta(seconds=240), "it is tried again and again, so that it may return"
