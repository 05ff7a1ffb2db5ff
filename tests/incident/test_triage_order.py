"""Who is looked at first when many wait?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.alert import Alert, AlertSeverity, AlertStatus
from incident.triage_order import Precedence, Waiting, in_turn, precedence

ORDER: list[Any] = [
    pytest.param(AlertStatus.FIRING, AlertSeverity.CRITICAL, Precedence.CRITICAL, id="critical goes first"),
    pytest.param(AlertStatus.FIRING, AlertSeverity.ERROR, Precedence.ERROR, id="then errors"),
    pytest.param(
        AlertStatus.FIRING, AlertSeverity.UNKNOWN, Precedence.UNKNOWN, id="then what may be anything"
    ),
    pytest.param(AlertStatus.FIRING, AlertSeverity.WARNING, Precedence.WARNING, id="then warnings"),
    pytest.param(AlertStatus.FIRING, AlertSeverity.INFO, Precedence.INFO, id="then what is for information"),
    pytest.param(
        AlertStatus.RESOLVED, AlertSeverity.CRITICAL, Precedence.CALMING, id="a recovery wakes nobody"
    ),
    pytest.param(
        AlertStatus.ACKNOWLEDGED, AlertSeverity.CRITICAL, Precedence.CALMING, id="nor does an answer"
    ),
]


@pytest.mark.parametrize(("status", "severity", "expected"), ORDER)
def test_the_monitor_s_word_decides(
    status: AlertStatus, severity: AlertSeverity, expected: Precedence
) -> None:
    alert = Alert(source="s", fingerprint="f", status=status, title="t", severity=severity)
    assert precedence(alert) is expected


def waiting(number: int, fingerprint: str = "f", source: str = "s") -> Waiting:
    return Waiting(number, source, fingerprint)


def test_the_more_urgent_condition_goes_before_the_older_one() -> None:
    assert in_turn([waiting(9, "grave"), waiting(1, "mild")], [waiting(1, "mild"), waiting(9, "grave")]) == [
        9,
        1,
    ]


def test_what_came_before_of_the_same_condition_goes_first_however_mild() -> None:
    same = [waiting(1), waiting(2), waiting(5)]
    assert in_turn([waiting(5)], same) == [1, 2, 5]


def test_what_came_later_of_the_same_condition_has_its_own_turn() -> None:
    assert in_turn([waiting(2)], [waiting(2), waiting(3)]) == [2]


def test_the_same_fingerprint_at_two_doors_is_two_conditions() -> None:
    assert in_turn([waiting(5)], [waiting(1, source="other"), waiting(5)]) == [5]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6)), max_size=30), st.integers(1, 30))
def test_no_alert_overtakes_another_of_its_condition(alerts: list[tuple[str, int]], most: int) -> None:
    everything = [waiting(number, name) for number, (name, _) in enumerate(alerts)]
    urgent = sorted(everything, key=lambda each: (alerts[each.number][1], each.number))[:most]
    turns = in_turn(urgent, everything)
    assert len(turns) == len(set(turns))
    for name in "abc":
        own = [number for number in turns if alerts[number][0] == name]
        every = [number for number, (of, _) in enumerate(alerts) if of == name]
        assert own == every[: len(own)]
