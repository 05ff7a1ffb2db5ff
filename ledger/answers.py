"""Which answers did not win? They were late, or could not be acted on; they are kept, and never an error."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from incident.decisions import Via
from ledger.tables import AnswerRow, DecisionRow


@dataclass(frozen=True)
class Given:
    """An answer as somebody gave it."""

    values: dict[str, Any]
    by: str
    via: Via
    at: datetime


def keep_answer(session: Session, row: DecisionRow, given: Given, problems: tuple[str, ...] = ()) -> bool:
    """Keep an answer that did not win; False: the same person said the same before."""
    same = AnswerRow.decision_id == row.id, AnswerRow.by == given.by, AnswerRow.via == given.via
    if any(known.given == given.values for known in session.exec(select(AnswerRow).where(*same))):
        return False
    assert row.id is not None, "a question that was found has its id"
    kept = AnswerRow(
        decision_id=row.id,
        at=given.at,
        by=given.by,
        via=given.via,
        given=given.values,
        problems=problems,
    )
    session.add(kept)
    return True
