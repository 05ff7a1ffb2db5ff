"""What does a caller see when the database cannot serve it?"""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from incident.errors import ConfigurationError, LedgerUnavailable
from ledger.engine import Ledger
from ledger.heartbeats import beat
from ledger.migrating import migrate
from ledger.tables import EffectRow, IncidentRow
from ledger.turns import held_by_id
from tests.ledger.desk import Desk, at


def _run(session: Session, statement: str) -> None:
    session.connection().execute(text(statement))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger_on_file(file: Path) -> Ledger:
    ledger = Ledger(f"sqlite:///{file}", patience=timedelta(milliseconds=50))
    migrate(ledger)
    return ledger


def test_a_lock_that_another_process_keeps_is_waited_for_only_so_long(
    ledger_on_file: Ledger, file: Path
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnavailable, match="locked for too long"):
        ledger_on_file.write(beat, "web", at(0))
    other.close()
    ledger_on_file.write(beat, "web", at(0))


def test_a_full_disk_is_said_in_words(ledger_on_file: Ledger) -> None:
    def fill(session: Session) -> None:
        _run(session, "PRAGMA max_page_count=1")
        beat(session, "web", at(0), detail="x" * 100_000)

    with pytest.raises(LedgerUnavailable, match="the disk is full"):
        ledger_on_file.write(fill)


def test_a_read_only_ledger_is_said_in_words(ledger_on_file: Ledger) -> None:
    def lock_up(session: Session) -> None:
        _run(session, "PRAGMA query_only=ON")
        beat(session, "web", at(0))

    with pytest.raises(LedgerUnavailable, match="it is read-only"):
        ledger_on_file.write(lock_up)


def test_a_file_that_is_no_database_is_said_in_words(file: Path) -> None:
    file.write_bytes(b"this is a letter, and no database at all" * 100)
    with pytest.raises(LedgerUnavailable, match="no SQLite database"):
        migrate(Ledger(f"sqlite:///{file}"))


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnavailable, match="folder of the ledger cannot be made"):
        Ledger(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")


def test_a_server_that_does_not_answer_is_named_without_address_or_password() -> None:
    ledger = Ledger("postgresql://me:secret@127.0.0.1:1/ledger")
    with pytest.raises(LedgerUnavailable) as raised:
        ledger.read(beat, "web", at(0))
    assert "secret" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


def test_a_connection_that_is_cut_in_the_middle_leaves_nothing_and_the_next_one_works(
    postgresql_ledger: Ledger,
) -> None:

    def cut(session: Session) -> None:
        _run(session, "SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(LedgerUnavailable):
        postgresql_ledger.write(cut)
    postgresql_ledger.write(beat, "web", at(0))


def test_a_row_that_another_process_holds_is_waited_for_only_so_long(url: str, desk: Desk) -> None:
    incident = desk.open()
    hasty = Ledger(url, patience=timedelta(milliseconds=50))
    with desk.ledger.transaction() as session:
        held_by_id(session, incident.id or 0)
        with pytest.raises(LedgerUnavailable, match="locked for too long"):
            hasty.write(held_by_id, incident.id or 0)
    hasty.close()


def test_a_fault_of_the_program_is_not_blamed_on_the_database(ledger: Ledger) -> None:
    def orphan(session: Session) -> None:
        lease = {"claimed_at": at(0), "lease_until": at(1)}
        session.add(EffectRow(incident_id=4711, name="room", holder="me", **lease))

    with pytest.raises(IntegrityError):
        ledger.write(orphan)
    assert ledger.read(held_by_id, 4711) is None


@pytest.mark.parametrize("wrong", ["mysql://me:secret@host/db", "sqlite://", "no address: secret"])
def test_an_address_of_no_database_that_we_know_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="the ledger's address must be") as raised:
        Ledger(wrong)
    assert "secret" not in str(raised.value)


def test_an_incident_is_read_while_it_is_held(desk: Desk) -> None:
    incident = desk.open()
    with desk.ledger.transaction() as session:
        held_by_id(session, incident.id or 0)
        assert isinstance(desk.ledger.read(held_by_id, incident.id or 0), IncidentRow)
