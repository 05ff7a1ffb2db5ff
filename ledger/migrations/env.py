"""How does Alembic reach the ledger? By the connection that `Ledger.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import ledger.calendar_tables
import ledger.call_tables
import ledger.handoff_tables
import ledger.notification_tables
import ledger.passing_on_tables
import ledger.quiet_tables
import ledger.repair_tables
import ledger.rota_tables
import ledger.source_silence_tables
import ledger.tables
import ledger.triage_tables
import ledger.trust_tables  # noqa: F401  # all of them fill the metadata


def plain_type(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write the columns' own types into a migration, so that old migrations need none of our code."""
    if kind == "type" and isinstance(value, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(value, TypeDecorator):
        return f"sa.{value.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_item=plain_type,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
