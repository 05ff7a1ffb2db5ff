"""Is silence raised once, however many look and whoever dies, and is an outage of ours excused?"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from incident.alert import AlertStatus, EndState
from incident.errors import NotFoundError
from incident.heartbeat import Signal, Trouble
from ledger.awaited_calls import (
    AWAY_AFTER,
    LOOK_EVERY,
    awaited_calls,
    due_of,
    look_for_silence,
    look_needed,
    note_call,
)
from ledger.call_tables import AwaitedCallRow
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.intake import triage_alert
from ledger.tables import AlertRow, DeliveryRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together

EVERY_TEN = {"every": "10m", "grace": "2m", "service": "checkout"}


def employ(ledger: Ledger, **heartbeats: Any) -> None:
    ledger.write(accept_configuration, organisation(heartbeats=heartbeats), at(-30))


def look_until(ledger: Ledger, start: float, end: float) -> list[int]:
    """The watchdog looks as often as it does; the alerts that it raised."""
    raised, now = [], at(start)
    while now <= at(end):
        raised += ledger.write(look_for_silence, now)
        now += LOOK_EVERY * 5
    return raised


def look_and_die(session: Session, now: datetime) -> None:
    assert len(look_for_silence(session, now)) == 1
    raise KeyboardInterrupt


def call(ledger: Ledger, minutes: float, signal: Signal = Signal.DONE) -> list[int]:
    return ledger.write(note_call, "backup", signal, "", at(minutes))


def statuses(desk: Desk) -> list[AlertStatus]:
    return [row.status for row in desk.rows(AlertRow)]


def test_who_is_silent_is_raised_once_and_resolved_by_the_call_that_returns(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    ledger.write(look_for_silence, at(0))
    assert call(ledger, 5) == []
    assert look_until(ledger, 0, 16.9) == []
    (raised,) = look_until(ledger, 17, 60)
    (resolved,) = call(ledger, 61)
    assert statuses(desk) == [AlertStatus.FIRING, AlertStatus.RESOLVED]
    for number in (raised, resolved):
        ledger.write(triage_alert, number, at(61))
    firing, recovery = desk.rows(AlertRow)
    assert (firing.end_state, recovery.end_state) == (EndState.OPENED, EndState.RESOLVED)
    assert (firing.source, firing.fingerprint) == ("heartbeat", "heartbeat-backup")
    assert firing.alert.starts_at == at(17)
    assert ledger.read(due_of, "backup") == at(73)


def test_who_never_called_at_all_is_raised_too(desk: Desk) -> None:
    employ(desk.ledger, backup=EVERY_TEN)
    assert len(look_until(desk.ledger, 0, 12.5)) == 1
    (row,) = desk.rows(AwaitedCallRow)
    assert row.watch.trouble is Trouble.NEVER_CALLED


def test_calls_that_are_in_time_fill_no_table(desk: Desk) -> None:
    employ(desk.ledger, backup=EVERY_TEN)
    for minute in range(20):
        assert call(desk.ledger, minute) == []
    assert desk.rows(DeliveryRow) == []


def test_of_two_that_look_at_the_same_moment_one_raises_it(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN, report=EVERY_TEN)
    ledger.write(look_for_silence, at(0))
    look_until(ledger, 0, 11.9)
    found = together(*[lambda: ledger.write(look_for_silence, at(12.1))] * 4)
    assert sorted(len(each) for each in found) == [0, 0, 0, 2]
    assert len(desk.rows(AlertRow)) == 2


def test_a_look_that_dies_before_its_commit_has_raised_nothing_and_the_next_one_does(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    look_until(ledger, 0, 11.9)
    with pytest.raises(KeyboardInterrupt):
        ledger.write(look_and_die, at(12.05))
    assert desk.rows(AlertRow) == []
    assert len(ledger.write(look_for_silence, at(12.1))) == 1


def test_after_an_outage_of_ours_nobody_is_raised_before_they_could_call_again(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN, report=EVERY_TEN)
    look_until(ledger, 0, 5)
    assert ledger.write(look_for_silence, at(300)) == []
    assert look_until(ledger, 300, 311.9) == []
    assert len(look_until(ledger, 312, 313)) == 2


def test_who_was_missed_before_the_outage_is_raised_afterwards(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    look_until(ledger, 0, 11.9)
    ledger.write(look_for_silence, at(11.99))
    after = at(12) + AWAY_AFTER / 2
    assert len(ledger.write(look_for_silence, after)) == 1


def test_a_clock_that_was_wrong_for_a_while_makes_nobody_wait_longer_than_an_interval(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    ledger.write(look_for_silence, at(1000))
    assert call(ledger, 1000) == []
    ledger.write(look_for_silence, at(1))
    assert ledger.read(due_of, "backup") == at(13)


def test_a_look_that_waited_for_its_turn_while_another_looked_postpones_nobody(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    ledger.write(look_for_silence, at(0))
    ledger.write(look_for_silence, at(5))
    ledger.write(look_for_silence, at(5) - timedelta(milliseconds=20))
    assert ledger.read(due_of, "backup") == at(12)


def test_in_maintenance_silence_wakes_nobody_and_is_awaited_again_afterwards(desk: Desk) -> None:
    window = {
        "comment": "new disks",
        "services": ["checkout"],
        "start": at(5).isoformat(),
        "end": at(60).isoformat(),
    }
    configuration = organisation(heartbeats={"backup": EVERY_TEN}, maintenance={"disks": window})
    desk.ledger.write(accept_configuration, configuration, at(-30))
    assert look_until(desk.ledger, 0, 71.9) == []
    assert len(look_until(desk.ledger, 72.1, 73)) == 1


def test_a_heartbeat_that_is_configured_anew_is_awaited_anew(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    ledger.write(look_for_silence, at(0))
    employ(ledger, backup=EVERY_TEN | {"every": "1h"})
    ledger.write(look_for_silence, at(0.1))
    assert ledger.read(due_of, "backup") == at(62.1)


def test_a_heartbeat_that_is_no_longer_configured_is_let_go_and_its_alert_resolved(desk: Desk) -> None:
    ledger = desk.ledger
    employ(ledger, backup=EVERY_TEN)
    look_until(ledger, 0, 13)
    employ(ledger)
    ledger.write(look_for_silence, at(13.1))
    assert statuses(desk) == [AlertStatus.FIRING, AlertStatus.RESOLVED]
    assert ledger.read(awaited_calls) == []


def test_a_call_may_come_before_the_first_look(desk: Desk) -> None:
    employ(desk.ledger, backup=EVERY_TEN)
    call(desk.ledger, 1, Signal.FAIL)
    assert statuses(desk) == [AlertStatus.FIRING]


def test_a_call_for_nobody_is_refused_and_told_the_names(desk: Desk) -> None:
    employ(desk.ledger, report=EVERY_TEN)
    with pytest.raises(NotFoundError, match="no heartbeat 'backup'; known: report"):
        call(desk.ledger, 1)


@pytest.mark.parametrize(
    ("heartbeats", "after", "needed"),
    [
        pytest.param({}, timedelta(hours=1), False, id="nobody is awaited"),
        pytest.param({"backup": EVERY_TEN}, LOOK_EVERY / 2, False, id="a look was just taken"),
        pytest.param({"backup": EVERY_TEN}, LOOK_EVERY, True, id="it is time to leave word again"),
        pytest.param({"backup": EVERY_TEN}, -LOOK_EVERY, True, id="the clock was set back"),
    ],
)
def test_a_look_is_needed_when(
    ledger: Ledger, heartbeats: dict[str, Any], after: timedelta, *, needed: bool
) -> None:
    employ(ledger, **heartbeats)
    now: datetime = at(0)
    ledger.write(look_for_silence, now)
    assert ledger.read(look_needed, now + after) is needed
