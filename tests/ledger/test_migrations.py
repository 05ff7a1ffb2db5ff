"""Do the tables in the database and those in the code agree, and does everybody get there?"""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import Session, SQLModel

from ledger.engine import Ledger
from ledger.migrating import migrate

MIGRATE = """
import sys
from ledger.engine import Ledger
from ledger.migrating import migrate
migrate(Ledger(sys.argv[1]))
"""


def _differences(session: Session) -> Sequence[Any]:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
    return compare_metadata(context, SQLModel.metadata)


def test_the_migrations_make_the_tables_that_the_code_means(ledger: Ledger) -> None:
    assert ledger.write(_differences) == []


def test_migrating_again_changes_nothing(ledger: Ledger) -> None:
    migrate(ledger)
    assert ledger.write(_differences) == []


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", MIGRATE, empty_url]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    ledger = Ledger(empty_url)
    assert ledger.write(_differences) == []
    ledger.close()
