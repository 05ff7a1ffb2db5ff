"""How do two processes take turns where a unique key is not enough?"""

from sqlalchemy import text
from sqlmodel import Session

TRIAGE = 4_200_001


def take_turn(session: Session, turn: int) -> None:
    """Wait for this turn until the transaction ends; on SQLite every writer has waited already (BEGIN IMMEDIATE)."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": turn})
