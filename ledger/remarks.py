"""What did people write for the next on a schedule? It waits until the duty changes hands."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError
from incident.handoff import Remark
from ledger.configurations import configuration_in_force
from ledger.handoff_tables import HandoffRow, RemarkRow

LONGEST = 2000
"""Characters."""


def remark(session: Session, schedule: str, text: str, *, by: str, via: Via, now: datetime) -> RemarkRow:
    """Write something for the next.

    Raises:
        NotFoundError: there is no such schedule, or no such person.
        AnswerError: it is empty or too long.
    """
    configuration = configuration_in_force(session)[1]
    if schedule not in configuration.schedules:
        known = ", ".join(sorted(configuration.schedules)) or "none"
        raise NotFoundError(f"{schedule!r} is not under schedules:; known: {known}")
    if by not in configuration.people:
        raise NotFoundError(f"{by!r} is not under people:")
    if not 0 < len(text.strip()) <= LONGEST:
        raise AnswerError([f"write between 1 and {LONGEST} characters; these are {len(text.strip())}"])
    row = RemarkRow(schedule=schedule, at=now, by=by, via=via, text=text.strip())
    session.add(row)
    return row


def remarks_for(session: Session, schedule: str, at: datetime) -> tuple[Remark, ...]:
    """What waits for the note of a change at an instant, oldest first."""
    return tuple(Remark.model_validate(row) for row in _waiting(session, schedule, at))


def waiting_remarks(session: Session) -> dict[str, tuple[Remark, ...]]:
    """What waits for the next note of each schedule, oldest first; schedules without remarks are left out."""
    found: dict[str, tuple[Remark, ...]] = {}
    query = select(RemarkRow).where(col(RemarkRow.handoff_id).is_(None)).order_by(col(RemarkRow.id))
    for row in session.exec(query):
        found[row.schedule] = (*found.get(row.schedule, ()), Remark.model_validate(row))
    return found


def take_remarks(session: Session, handoff: HandoffRow) -> None:
    """They stand in this note now, and wait no longer."""
    told = set(handoff.note.remarks)
    for row in _waiting(session, handoff.schedule, handoff.at):
        if Remark.model_validate(row) in told:
            row.handoff_id = handoff.id
            session.add(row)


def _waiting(session: Session, schedule: str, at: datetime) -> Sequence[RemarkRow]:
    row = RemarkRow
    query = select(row).where(row.schedule == schedule, col(row.handoff_id).is_(None), col(row.at) <= at)
    return session.exec(query.order_by(col(row.id))).all()
