"""How do processes take turns? Whoever changes an incident holds its row first, until the transaction ends.

A transaction that writes holds the incident it finds, and finds it before anything that belongs to it: what
it reads afterwards stays true until it commits, and no two can wait for each other. A transaction that only
reads never waits. On SQLite a writer has waited already, when it began (see `ledger.engine`).
"""

from enum import IntEnum

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from ledger.tables import EscalationRow, IncidentRow, PageRow


class Turn(IntEnum):
    """What only one process does at a time, where there is no row to hold yet; by its lock's number."""

    MIGRATE = 4_200_000
    TRIAGE = 4_200_001
    CONFIGURE = 4_200_002
    ROTAS = 4_200_003
    ROUND_ROBIN = 4_200_004
    HANDOFFS = 4_200_009
    LASTING = 4_200_021
    CALLS = 4_200_031


def take_turn(session: Session, turn: Turn) -> None:
    """Wait for this turn, and keep it until the transaction ends."""
    connection = session.connection()  # on SQLite that was it: the transaction has begun
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(int(turn))))


def writes(session: Session) -> bool:
    """Is this transaction here to change something?"""
    return not session.get_bind().get_execution_options().get("reading", False)


def held(session: Session, condition: ColumnElement[bool]) -> IncidentRow | None:
    """The incident that meets a condition; if the transaction writes, as it stands now and until the end."""
    query = select(IncidentRow).where(condition)
    if writes(session):
        # No key update: rows that only point at the incident, such as a line of its timeline, need not wait.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.exec(query).first()


def held_by_id(session: Session, incident_id: int) -> IncidentRow | None:
    """The incident with this id."""
    return held(session, col(IncidentRow.id) == incident_id)


def held_by_escalation(session: Session, escalation_id: int) -> IncidentRow | None:
    """The incident that an escalation belongs to."""
    owner = select(EscalationRow.incident_id).where(EscalationRow.id == escalation_id)
    return held(session, col(IncidentRow.id) == owner.scalar_subquery())


def held_by_page(session: Session, page_id: int) -> IncidentRow | None:
    """The incident that a page belongs to."""
    owner = select(PageRow.incident_id).where(PageRow.id == page_id)
    return held(session, col(IncidentRow.id) == owner.scalar_subquery())
