"""Is an alert that is sent every minute one alert, and does it end when it is not sent any more?"""

from datetime import timedelta
from typing import Any

import pytest

from incident.alert import Alert, AlertStatus
from incident.lasting import Lasting, Posted, ended, repeats, sort_out
from tests.ledger.desk import at

UNTIL = at(4)


def alert(status: AlertStatus = AlertStatus.FIRING, *, start: float | None = 0, title: str = "t") -> Alert:
    return Alert(
        source="alertmanager",
        fingerprint="f1",
        status=status,
        title=title,
        starts_at=None if start is None else at(start),
        ends_at=UNTIL if status is AlertStatus.RESOLVED else None,
    )


def firing(start: float | None = 0, until: float = 5, title: str = "t") -> Posted:
    return Posted(alert(start=start, title=title), at(until))


def over(start: float | None = 0, until: float = 3) -> Posted:
    return Posted(alert(AlertStatus.RESOLVED, start=start), at(until))


LASTS = Lasting(alert(), UNTIL, over=False)
ENDED = Lasting(alert(AlertStatus.RESOLVED), UNTIL, over=True)

RULES: list[Any] = [
    pytest.param(None, firing(), False, id="what is not known is news"),
    pytest.param(None, over(), False, id="so is an end of what is not known"),
    pytest.param(LASTS, firing(), True, id="the same again is a repetition"),
    pytest.param(LASTS, firing(start=1), True, id="the other server of a pair has a start of its own"),
    pytest.param(LASTS, firing(start=None), True, id="a sender may leave out the start"),
    pytest.param(LASTS, over(), False, id="its end is news"),
    pytest.param(ENDED, over(), True, id="its end is told again for a quarter of an hour"),
    pytest.param(ENDED, over(start=None), True, id="an end without a start is the same end"),
    pytest.param(ENDED, over(start=5, until=6), False, id="the end of a later firing is news"),
    pytest.param(ENDED, firing(start=5), False, id="it fires again"),
    pytest.param(ENDED, firing(start=0), False, id="it fires again with the start it had before"),
]


@pytest.mark.parametrize(("known", "posted", "expected"), RULES)
def test_a_repetition_is_told_from_news(known: Lasting | None, posted: Posted, expected: bool) -> None:
    assert repeats(known, posted) is expected


def test_a_repetition_brings_the_latest_words_the_latest_end_and_keeps_the_earliest_start() -> None:
    out = sort_out({"f1": LASTS}, [firing(start=2, until=9, title="now 91 %")])

    assert out.news == ()
    assert out.remembered["f1"] == Lasting(alert(title="now 91 %"), at(9), over=False)


def test_an_earlier_end_of_the_other_server_does_not_shorten_it() -> None:
    assert sort_out({"f1": LASTS}, [firing(until=2)]).remembered["f1"].until == UNTIL


def test_a_new_firing_starts_when_it_says_not_when_the_last_one_did() -> None:
    out = sort_out({"f1": ENDED}, [firing(start=7, until=12)])

    assert [each.starts_at for each in out.news] == [at(7)]
    assert out.remembered["f1"] == Lasting(alert(start=7), at(12), over=False)


def test_of_the_same_condition_twice_in_a_post_the_second_is_a_repetition() -> None:
    out = sort_out({}, [firing(), firing(), over()])

    assert [each.status for each in out.news] == [AlertStatus.FIRING, AlertStatus.RESOLVED]
    assert out.remembered["f1"].over


def test_what_was_not_sent_again_ended_when_it_said_it_would() -> None:
    recovery = ended(LASTS)

    assert (recovery.status, recovery.ends_at) == (AlertStatus.RESOLVED, UNTIL)
    assert recovery.starts_at == LASTS.alert.starts_at
    assert f"{UNTIL:%H:%M:%S}" in recovery.description
    assert UNTIL - at(0) == timedelta(minutes=4)
