"""Which flow runs climb an escalation? One from its start, and one more whenever it goes on after an answer.

A run ends with the acknowledgement: what waits costs nothing. If the acknowledgement has a time of its own,
or a level asks for a resolution, the next run is owed for that moment, like a first page that waits for the
morning.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.progress import Stage
from ledger.runs import PAGE, due_now, owe_run, run_key
from ledger.tables import EscalationRow, IncidentRow, RunRow


def owe_climb(
    session: Session,
    incident: IncidentRow,
    row: EscalationRow,
    now: datetime,
    *,
    due_at: datetime | None = None,
) -> None:
    """Write down the run that climbs from the escalation's next step on, or from an earlier moment."""
    owe_run(
        session,
        incident,
        PAGE,
        _what(row, row.climbs),
        now,
        parameters={"escalation": row.id, "incident": incident.key},
        name=f"{incident.key} · page {row.policy.name} · {row.purpose}",
        due_at=due_at or row.next_at,
    )


def owe_next_climb(
    session: Session,
    incident: IncidentRow,
    row: EscalationRow,
    now: datetime,
    *,
    due_at: datetime | None = None,
) -> None:
    """The run that climbed so far ends or has ended; another one goes on."""
    row.climbs += 1
    session.add(row)
    owe_climb(session, incident, row, now, due_at=due_at)


def bring_climb_forward(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> str:
    """The run that was owed for later is due; returns Prefect's id of it, empty if it was never started."""
    return due_now(session, run_key(incident, PAGE, _what(row, row.climbs)), now)


def end_climbs(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> None:
    """The run that climbed has told its story; one that is owed for later stays if something is to come."""
    if row.stage not in (Stage.ACKNOWLEDGED, Stage.ENDED):
        return  # somebody has opened it again meanwhile: the run that is owed for that must begin
    for run in _unfinished(session, incident, row):
        if run.due_at <= now or row.next_at is None:
            run.ended_at = now
            session.add(run)


def _unfinished(session: Session, incident: IncidentRow, row: EscalationRow) -> list[RunRow]:
    keys = [run_key(incident, PAGE, _what(row, number)) for number in range(row.climbs + 1)]
    return list(session.exec(select(RunRow).where(col(RunRow.key).in_(keys), col(RunRow.ended_at).is_(None))))


def _what(row: EscalationRow, number: int) -> str:
    return f"{row.id}-{number}" if number else str(row.id)
