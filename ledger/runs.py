"""Which flow runs are owed? A run is written with its reason and started by whoever is alive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from ledger.tables import IncidentRow, RunRow

RESPOND, PAGE, DEADLINE = "respond", "page", "deadline"


def run_key(incident: IncidentRow, deployment: str, what: str) -> str:
    """The name of a run in the ledger, such as INC-1/deadline/assess-1."""
    return f"{incident.key}/{deployment}/{what}"


def owe_run(
    session: Session,
    incident: IncidentRow,
    deployment: str,
    what: str,
    now: datetime,
    *,
    parameters: dict[str, Any],
    name: str,
    due_at: datetime | None = None,
) -> RunRow:
    """Write down that a run must start; the same incident and `what` give the same run."""
    key = run_key(incident, deployment, what)
    known = _find(session, key)
    if known:
        return known
    assert incident.id is not None, "an incident that was found has its id"
    row = RunRow(
        incident_id=incident.id,
        deployment=deployment,
        key=key,
        name=name,
        parameters=parameters,
        owed_at=now,
        due_at=due_at or now,
    )
    session.add(row)
    session.flush()
    return row


def runs_owed(session: Session) -> Sequence[RunRow]:
    """The runs that Prefect has not been asked for yet: pages first, then by the severity of the incident."""
    owed = (
        select(RunRow, IncidentRow.severity)
        .join(IncidentRow, col(RunRow.incident_id) == IncidentRow.id)
        .where(RunRow.flow_run_id == "", col(RunRow.ended_at).is_(None))
    )
    rows = sorted(session.exec(owed), key=lambda row: (row[0].deployment != PAGE, row[1], row[0].id))
    return [run for run, _ in rows]


def run_started(session: Session, run_id: int, flow_run_id: str) -> bool:
    """Remember Prefect's id of a run; is it still wanted, or was it ended meanwhile?"""
    row = session.get_one(RunRow, run_id, with_for_update=True)
    row.flow_run_id = flow_run_id
    session.add(row)
    return row.ended_at is None


def runs_unfinished(session: Session) -> Sequence[RunRow]:
    """The runs that were started and have not said that they ended."""
    return session.exec(select(RunRow).where(RunRow.flow_run_id != "", col(RunRow.ended_at).is_(None))).all()


def run_ended(session: Session, key: str, now: datetime) -> str:
    """Nobody needs to look after this run any more; returns Prefect's id of it, empty if it never started."""
    row = _find(session, key)
    if row is None:
        return ""
    if row.ended_at is None:
        row.ended_at = now
        session.add(row)
    return row.flow_run_id


def run_lost(session: Session, run_id: int, now: datetime, flow_run_id: str | None = None) -> None:
    """Prefect does not know this run any more (its database was reset): it is owed again, from now on.

    With its `flow_run_id`, only if it is still this one that runs: two may have missed it at once.
    """
    row = session.get_one(RunRow, run_id, with_for_update=True)
    if row.flow_run_id and flow_run_id in (None, row.flow_run_id):
        row.flow_run_id, row.lost, row.owed_at = "", row.lost + 1, now
        session.add(row)


def due_now(session: Session, key: str, now: datetime) -> str:
    """A run that was owed for later is due; returns Prefect's id of it, empty if it was never started."""
    row = _find(session, key)
    if row is None:
        return ""
    row.due_at = now
    session.add(row)
    return row.flow_run_id


def _find(session: Session, key: str) -> RunRow | None:
    return session.exec(select(RunRow).where(RunRow.key == key)).first()
