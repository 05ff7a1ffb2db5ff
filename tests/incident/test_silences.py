"""Which silence applies to an alert, and which may not be made?"""

from datetime import UTC, datetime, timedelta

import pytest

from incident.alert import EndState
from incident.matching import Matcher
from incident.quiet import QuietKind
from incident.silences import Silence, SilenceState, problems_of, silencing

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LABELS = {"alertname": "DiskFull", "host": "db1", "env": "prod"}


def silence(*matchers: str, number: int = 1, start: float = -1, end: float = 1) -> Silence:
    return Silence(
        id=number,
        matchers=tuple(Matcher.model_validate(each) for each in matchers),
        author="bob",
        comment="disks are being swapped",
        starts_at=NOON + start * HOUR,
        ends_at=NOON + end * HOUR,
    )


@pytest.mark.parametrize(
    ("matchers", "applies"),
    [
        pytest.param(('host="db1"',), True, id="its matcher is met"),
        pytest.param(('host=~"db.*"', 'env="prod"'), True, id="all of its matchers are met"),
        pytest.param(('host="db1"', 'env="dev"'), False, id="one of its matchers is not met"),
        pytest.param((), False, id="one without matchers is about nothing"),
    ],
)
def test_a_silence_is_about_alerts_that_meet_all_of_its_matchers(
    matchers: tuple[str, ...],
    applies: bool,
) -> None:
    assert (silencing(LABELS, [silence(*matchers)], NOON) is not None) is applies


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [
        pytest.param(0, 1, SilenceState.ACTIVE, id="from its first instant"),
        pytest.param(-1, 0, SilenceState.EXPIRED, id="not at its end any more"),
        pytest.param(1, 2, SilenceState.PENDING, id="not before it begins"),
    ],
)
def test_a_silence_holds_from_its_start_to_its_end(start: float, end: float, state: SilenceState) -> None:
    it = silence('host="db1"', start=start, end=end)
    assert it.state(NOON) is state
    assert (silencing(LABELS, [it], NOON) is not None) is (state is SilenceState.ACTIVE)


def test_of_several_the_one_that_ends_last_counts() -> None:
    found = silencing(LABELS, [silence('host="db1"', end=1), silence('env="prod"', number=2, end=5)], NOON)
    assert found is not None
    assert (found.kind, found.name, found.until) == (QuietKind.SILENCE, "2", NOON + 5 * HOUR)
    assert found.end_state is EndState.SILENCED


def test_the_reason_names_the_silence_its_author_its_end_and_its_comment() -> None:
    found = silencing(LABELS, [silence('host="db1"')], NOON)
    assert found is not None
    assert found.reason == "silence 1 of bob lasts until Mon 23 Nov 13:00 UTC: disks are being swapped"


@pytest.mark.parametrize(
    ("matchers", "start", "end", "says"),
    [
        pytest.param((), 0, 1, "these mean every alert", id="no matcher"),
        pytest.param(
            ('env!="dev"',), 0, 1, "these mean every alert", id="only what is also met without labels"
        ),
        pytest.param(('host="db1"',), 2, 1, "is not after its start", id="it ends before it starts"),
        pytest.param(('host="db1"',), -2, -1, "has passed", id="it is over already"),
        pytest.param(('host="db1"',), 0, 91 * 24, "90 days at most; end it by 2027-02-21", id="too long"),
        pytest.param(('host="db1"',), 9000, 9001, "more than 366 days away", id="too far away"),
    ],
)
def test_a_silence_that_cannot_be_made_says_what_to_change(
    matchers: tuple[str, ...], start: float, end: float, says: str
) -> None:
    wanted = silence(*matchers)
    (problem,) = problems_of(wanted.matchers, NOON + start * HOUR, NOON + end * HOUR, NOON)
    assert says in problem


def test_a_silence_of_90_days_in_a_month_can_be_made() -> None:
    start = NOON + timedelta(days=30)
    assert problems_of(silence('host="db1"').matchers, start, start + timedelta(days=90), NOON) == []
