"""Is what was committed safe, and does nobody wait without need?"""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from ledger.engine import Ledger
from ledger.heartbeats import beat, heartbeats
from tests.ledger.desk import at


def _setting(session: Session, statement: str) -> object:
    return session.connection().execute(text(statement)).scalar_one()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        pytest.param("journal_mode", "wal", id="readers do not wait for a writer"),
        pytest.param("synchronous", 2, id="a commit is on the disk (full)"),
        pytest.param("foreign_keys", 1, id="no row belongs to nothing"),
    ],
)
def test_sqlite_is_set_up_for_safety(tmp_path: Path, pragma: str, value: object) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'a' / 'folder' / 'ledger.db'}")
    assert ledger.write(_setting, f"PRAGMA {pragma}") == value
    ledger.close()


def test_what_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    def half(session: Session) -> None:
        beat(session, "watchdog", at(0))
        session.flush()
        raise KeyError

    with pytest.raises(KeyError):
        ledger.write(half)
    assert ledger.read(heartbeats) == {}


def test_reading_goes_on_while_somebody_writes(ledger: Ledger) -> None:
    with ledger.transaction() as session:
        beat(session, "watchdog", at(0))
        session.flush()
        assert ledger.read(heartbeats) == {}
    assert ledger.read(heartbeats) == {"watchdog": at(0)}


def test_one_reading_sees_one_moment(ledger: Ledger) -> None:
    def twice(session: Session) -> tuple[object, object]:
        before = heartbeats(session)
        ledger.write(beat, "watchdog", at(0))
        return before, heartbeats(session)

    assert ledger.read(twice) == ({}, {})


def test_a_reading_that_would_change_something_is_refused(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="use write"):
        ledger.read(beat, "watchdog", at(0))
    assert ledger.read(heartbeats) == {}


async def test_coroutines_write_and_read_without_stopping_the_loop(ledger: Ledger) -> None:
    with ledger.transaction() as session:
        beat(session, "holds the lock", at(0))
        writing = asyncio.ensure_future(ledger.awrite(beat, "waits", at(0)))
        await asyncio.sleep(0.05)
    await writing
    assert set(await ledger.aread(heartbeats)) == {"holds the lock", "waits"}


def test_a_silent_postgresql_transaction_does_not_hold_others_for_ever(postgresql_ledger: Ledger) -> None:
    limit = postgresql_ledger.write(_setting, "SHOW idle_in_transaction_session_timeout")
    assert limit == "30s"


def test_patience_is_set_where_locks_are_taken(url: str) -> None:
    ledger = Ledger(url, patience=timedelta(seconds=3))
    sqlite = ledger.engine.dialect.name == "sqlite"
    shown = ledger.write(_setting, "PRAGMA busy_timeout" if sqlite else "SHOW lock_timeout")
    assert shown in (3000, "3s")
    ledger.close()
