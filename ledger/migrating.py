"""How do the tables come to their newest version?

Apart from the engine: a program that runs for months needs no Alembic in its memory.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from ledger.engine import Ledger
from ledger.turns import Turn, take_turn

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(ledger: Ledger) -> None:
    """Bring the tables to the newest version; safe at every start, and by several processes at once.

    Raises:
        LedgerUnavailable: the database does not answer, or stayed locked; then nothing has changed.
    """
    with ledger.transaction() as session:
        take_turn(session, Turn.MIGRATE)
        command.upgrade(_alembic(session.connection()), "head")


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
