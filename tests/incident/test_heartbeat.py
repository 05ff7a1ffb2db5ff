"""Is silence noticed once, an outage of ours excused, and a call that comes back believed?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.alert import AlertSeverity, AlertStatus
from incident.heartbeat import (
    LONGEST_TEXT,
    Heartbeat,
    Raise,
    Settle,
    Signal,
    Trouble,
    Watch,
    begin,
    called,
    excused,
    looked,
    reawaited,
)
from incident.silence_alerts import alert_of

START = datetime(2026, 11, 23, 3, tzinfo=UTC)
NIGHTLY = Heartbeat(every=timedelta(hours=24), grace=timedelta(minutes=30))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def watch(**known: Any) -> Watch:
    return Watch(**{"due_at": at(24.5), "called_at": START} | known)


@pytest.mark.parametrize(
    ("known", "hours", "trouble"),
    [
        pytest.param({}, 23, None, id="before the next call is expected"),
        pytest.param({}, 24.4, None, id="late, within the grace"),
        pytest.param({}, 24.5, Trouble.SILENT, id="at the end of the grace it is missed"),
        pytest.param({}, 99, Trouble.SILENT, id="long after it"),
        pytest.param({"called_at": None}, 24.5, Trouble.NEVER_CALLED, id="who never called is missed, too"),
        pytest.param({"began_at": at(24)}, 24.5, Trouble.NOT_DONE, id="who began is not done in time"),
        pytest.param(
            {"due_at": None, "trouble": Trouble.SILENT, "since": START}, 99, None, id="once, while it lasts"
        ),
    ],
)
def test_silence_is_an_alert_when(known: dict[str, Any], hours: float, trouble: Trouble | None) -> None:
    after, report = looked(watch(**known), at(hours))
    if trouble is None:
        assert (after, report) == (watch(**known), None)
    else:
        assert report == Raise(trouble=trouble, since=at(24.5))
        assert (after.trouble, after.due_at, after.since) == (trouble, None, at(24.5))


def test_a_call_that_comes_moves_the_timer_by_one_interval_and_its_grace() -> None:
    after, report = called(NIGHTLY, watch(), Signal.DONE, "", at(20))
    assert (after, report) == (Watch(due_at=at(20 + 24.5), called_at=at(20)), None)


@pytest.mark.parametrize("trouble", Trouble)
def test_a_call_that_comes_back_resolves_whatever_the_trouble_was(trouble: Trouble) -> None:
    troubled = watch(due_at=None, trouble=trouble, since=at(24.5))
    after, report = called(NIGHTLY, troubled, Signal.DONE, "", at(30))
    assert report == Settle(because="the call has come")
    assert (after.trouble, after.due_at) == (None, at(54.5))


def test_who_is_new_is_awaited_for_one_interval_and_its_grace() -> None:
    assert begin(NIGHTLY, START) == Watch(due_at=at(24.5))


def test_who_starts_later_is_awaited_from_then_on() -> None:
    later = NIGHTLY.model_copy(update={"starts": at(100)})
    assert begin(later, START).due_at == at(124.5)
    assert begin(later, at(200)).due_at == at(224.5)


def test_a_start_awaits_the_end_for_as_long_as_it_may_take() -> None:
    beat = NIGHTLY.model_copy(update={"takes": timedelta(hours=2)})
    assert called(beat, watch(), Signal.START, "", at(24)) == (watch(due_at=at(26), began_at=at(24)), None)
    assert called(NIGHTLY, watch(), Signal.START, "", at(24))[0].due_at == at(24.5)


def test_a_job_that_starts_again_and_again_and_never_ends_is_noticed() -> None:
    begun, _ = called(NIGHTLY, watch(), Signal.START, "", at(24))
    again, _ = called(NIGHTLY, begun, Signal.START, "", at(24.4))
    assert again == begun


def test_a_start_resolves_nothing() -> None:
    troubled = watch(due_at=None, trouble=Trouble.SILENT, since=at(24.5))
    after, report = called(NIGHTLY, troubled, Signal.START, "", at(30))
    assert (after.trouble, after.due_at, report) == (Trouble.SILENT, None, None)


def test_a_failure_is_an_alert_at_once_with_the_end_of_what_the_job_says() -> None:
    after, report = called(NIGHTLY, watch(), Signal.FAIL, "x" * LONGEST_TEXT + "disk full", at(2))
    assert isinstance(report, Raise)
    assert (report.trouble, report.since, after.due_at) == (Trouble.FAILED, at(2), None)
    assert report.said.endswith("disk full")
    assert len(report.said) == LONGEST_TEXT


def test_a_failure_of_who_is_in_trouble_already_raises_nothing_more() -> None:
    troubled = watch(due_at=None, trouble=Trouble.SILENT, since=at(24.5))
    after, report = called(NIGHTLY, troubled, Signal.FAIL, "", at(30))
    assert (after.trouble, after.since, report) == (Trouble.FAILED, at(24.5), None)


@pytest.mark.parametrize(
    ("away", "due"),
    [
        pytest.param((2, 5), 24.5, id="away long before the call: nothing changes"),
        pytest.param((23.9, 24.1), 24.1 + 24.5, id="away when the call was expected"),
        pytest.param((24.2, 24.3), 24.3 + 24.5, id="away within the grace: it may have come then"),
        pytest.param((20, 90), 90 + 24.5, id="away beyond the time at which it would be missed"),
        pytest.param((24.6, 30), 24.5, id="away after it was missed: it is told as soon as we are back"),
    ],
)
def test_after_a_time_in_which_nobody_could_hear_silence_is_excused(
    away: tuple[float, float], due: float
) -> None:
    after = excused(NIGHTLY, watch(), at(away[0]), at(away[1]))
    assert after.due_at == at(due)
    assert (after.excused_at is not None) == (due != 24.5)


def test_who_was_running_while_nobody_could_hear_has_its_time_again() -> None:
    running = watch(began_at=at(24), due_at=at(24.5))
    assert excused(NIGHTLY, running, at(24.1), at(40)).due_at == at(40.5)


def test_an_outage_excuses_nobody_whose_alert_fires() -> None:
    troubled = watch(due_at=None, trouble=Trouble.SILENT, since=at(24.5))
    assert excused(NIGHTLY, troubled, at(30), at(40)) == troubled
    assert reawaited(NIGHTLY, troubled, at(30)) == troubled


def test_when_the_clock_is_set_back_nobody_is_awaited_for_longer_than_an_interval() -> None:
    assert reawaited(NIGHTLY, watch(due_at=at(1000)), at(1)).due_at == at(25.5)


def test_who_starts_later_is_still_awaited_from_then_on_when_its_interval_changes() -> None:
    later = NIGHTLY.model_copy(update={"starts": at(100)})
    assert reawaited(later, watch(called_at=None), at(1)).due_at == at(124.5)


def test_the_alert_and_its_recovery_are_one_condition() -> None:
    raised = alert_of("backup", NIGHTLY, Raise(trouble=Trouble.FAILED, since=START, said="disk full"), at(1))
    settled = alert_of("backup", NIGHTLY, Settle(because="the call has come"), at(2))
    assert raised.fingerprint == settled.fingerprint == "heartbeat-backup"
    assert (raised.status, raised.starts_at) == (AlertStatus.FIRING, START)
    assert (settled.status, settled.starts_at, settled.ends_at) == (AlertStatus.RESOLVED, None, at(2))
    assert raised.severity is AlertSeverity.ERROR
    assert raised.labels == {"heartbeat": "backup"}
    assert raised.title == "backup does not call"
    assert raised.description == (
        "It says that it failed. It is to call every 1d, and may be 30m late.\n\ndisk full"
    )


EVENTS = st.lists(
    st.tuples(st.sampled_from([*Signal, "look"]), st.floats(min_value=0.01, max_value=40)), max_size=30
)


@given(EVENTS)
def test_alerts_and_recoveries_take_turns_whatever_happens(events: list[tuple[Any, float]]) -> None:
    now, known, reports = START, begin(NIGHTLY, START), []
    for what, hours in events:
        now += timedelta(hours=hours)
        known, report = looked(known, now) if what == "look" else called(NIGHTLY, known, what, "", now)
        reports += [report] if report else []
        assert (known.due_at is None) == (known.trouble is not None)
    kinds = [type(report) for report in reports]
    assert kinds == [Raise, Settle] * (len(kinds) // 2) + [Raise] * (len(kinds) % 2)
