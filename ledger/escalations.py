"""Who is to be woken, who was, and who answered? The timers of paging are rows here.

`advance` is the one way forward: it asks `incident.escalation.decide` and writes its progress and the pages
it wants in one transaction, before anything is sent. The flow `page` and the watchdog both call it; each step
is taken by whoever holds the incident first.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.configuration import Role
from incident.errors import NotFoundError
from incident.escalation import Action, Situation, Stage, decide, start
from incident.lifecycle import LIVE
from incident.policy import targets
from incident.responders import reach
from incident.timeline import Kind
from ledger.climbing import drop_owed, mark_answered, write_down
from ledger.configurations import configuration_of
from ledger.roles import take_free_role
from ledger.rotas import with_changes
from ledger.runs import PAGE, due_now, owe_run, run_ended, run_key
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note
from ledger.turns import held_by_escalation


def start_escalation(
    session: Session,
    incident: IncidentRow,
    purpose: str,
    policy_name: str,
    now: datetime,
    *,
    role: Role | None = None,
    first_at: datetime | None = None,
    level: int = 0,
) -> EscalationRow:
    """Start to climb a policy for a purpose; the same purpose of an incident is started once.

    The policy is a snapshot (E1). `first_at` delays the first page, `level` begins further up (0: the first).
    """
    known = _of_purpose(session, incident, purpose)
    if known:
        return known
    assert incident.id is not None, "an incident that was found has its id"
    policy = configuration_of(session, incident).policies[policy_name]
    progress = start(now, first_at=first_at, level=min(level, len(policy.levels) - 1))
    row = EscalationRow(
        incident_id=incident.id,
        purpose=purpose,
        role=role,
        policy=policy,
        progress=progress,
        next_at=progress.next_at,
        started_at=now,
    )
    session.add(row)
    session.flush()
    _owe_climb(session, incident, row, policy_name, now)
    return row


def advance(session: Session, escalation_id: int, now: datetime) -> tuple[Action, ...]:
    """Take the step that is due, if any: progress, pages and timeline are written together."""
    row, incident = find_escalation(session, escalation_id)
    progress, actions = decide(row.policy, row.progress, _situation(session, incident, row, now), now)
    row.progress, row.stage, row.next_at = progress, progress.stage, progress.next_at
    row.version += 1 if actions else 0
    session.add(row)
    for action in actions:
        write_down(session, row, action, now)
    return actions


def acknowledge(
    session: Session, escalation_id: int, person: str, via: str, now: datetime, *, page_id: int | None = None
) -> bool:
    """Somebody takes it: the first one ends the paging, later ones are noted. Was this the first?"""
    row, incident = find_escalation(session, escalation_id)
    mark_answered(session, escalation_id, person, page_id, now)
    if row.acknowledged_at or row.stage is Stage.ENDED:
        _note_second(session, row, person, via, now)
        return False
    row.acknowledged_at, row.acknowledged_by = now, person
    text = f"{person} acknowledged ({row.purpose})"
    note(session, row.incident_id, now, Kind.ACKNOWLEDGED, text, by=person, via=via)
    if incident.acknowledged_at is None:
        incident.acknowledged_at, incident.acknowledged_by = now, person
        session.add(incident)
    if row.role:
        take_free_role(session, incident, row.role, person, now)
    drop_owed(session, col(PageRow.escalation_id) == row.id, f"{person} was faster", now)
    advance(session, escalation_id, now)  # the timer stops with the answer
    return True


def end_escalations(session: Session, incident: IncidentRow, now: datetime, reason: str) -> None:
    """Nobody needs to be woken for this incident any more; pages that were not sent yet are dropped."""
    running = col(EscalationRow.stage).in_((Stage.CLIMBING, Stage.UNREACHED))
    query = select(EscalationRow).where(EscalationRow.incident_id == incident.id, running)
    for row in session.exec(query):
        row.progress = row.progress.model_copy(update={"stage": Stage.ENDED, "next_at": None})
        row.stage, row.next_at, row.version = Stage.ENDED, None, row.version + 1
        session.add(row)
    drop_owed(session, col(PageRow.incident_id) == incident.id, reason, now)


def hurry(session: Session, incident: IncidentRow, now: datetime) -> list[str]:
    """Page at once whoever was to be paged later (the severity rose at night); returns their flow runs."""
    waiting = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id,
        EscalationRow.stage == Stage.CLIMBING,
        EscalationRow.version == 0,
        col(EscalationRow.next_at) > now,
    )
    started = []
    for row in session.exec(waiting):
        row.progress = row.progress.model_copy(update={"next_at": now})
        row.next_at = now
        session.add(row)
        started.append(due_now(session, _climb_key(incident, row), now))
    return [flow_run_id for flow_run_id in started if flow_run_id]


def find_escalation(session: Session, escalation_id: int) -> tuple[EscalationRow, IncidentRow]:
    """An escalation and its incident.

    Raises:
        NotFoundError: there is no such escalation.
    """
    incident = held_by_escalation(session, escalation_id)
    row = session.get(EscalationRow, escalation_id)
    if row is None or incident is None:
        raise NotFoundError(f"no escalation {escalation_id}")
    return row, incident


def is_over(session: Session, escalation_id: int) -> bool:
    """Has somebody acknowledged, or is there nothing left to page for?"""
    row = session.get_one(EscalationRow, escalation_id)
    return row.acknowledged_at is not None or row.stage in (Stage.ACKNOWLEDGED, Stage.ENDED)


def escalations_due(session: Session, before: datetime) -> Sequence[EscalationRow]:
    """Escalations whose timer ran out before this instant."""
    due = select(EscalationRow).where(col(EscalationRow.next_at) < before)
    return session.exec(due.order_by(col(EscalationRow.next_at))).all()


def finish_escalation(session: Session, escalation_id: int, now: datetime) -> None:
    """The run that climbed has told its story to the end."""
    row, incident = find_escalation(session, escalation_id)
    run_ended(session, _climb_key(incident, row), now)


def _situation(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> Situation:
    ended = None if incident.status in LIVE else f"{incident.key} is {incident.status}"
    today = with_changes(session, configuration_of(session, incident), now)
    responders, absent = reach(today, targets(row.policy), now)
    return Situation(acknowledged_by=row.acknowledged_by, ended=ended, responders=responders, absent=absent)


def _owe_climb(
    session: Session, incident: IncidentRow, row: EscalationRow, policy_name: str, now: datetime
) -> None:
    """Write down the run that climbs, and say so if it waits for the morning."""
    if row.next_at and row.next_at > now:
        night = f"severity {incident.severity} outside working hours"
        text = f"{night}: paging waits until {row.next_at:%a %H:%M UTC}"
        note(session, row.incident_id, now, Kind.SKIPPED, text)
    owe_run(
        session,
        incident,
        PAGE,
        str(row.id),
        now,
        parameters={"escalation": row.id, "incident": incident.key},
        name=f"{incident.key} · page {policy_name} · {row.purpose}",
        due_at=row.next_at,
    )


def _climb_key(incident: IncidentRow, row: EscalationRow) -> str:
    return run_key(incident, PAGE, str(row.id))


def _note_second(session: Session, row: EscalationRow, person: str, via: str, now: datetime) -> None:
    if row.acknowledged_by == person:
        return  # the same click twice
    already = f"{row.acknowledged_by} had" if row.acknowledged_by else "paging had ended"
    text = f"{person} acknowledged too; {already}"
    note(session, row.incident_id, now, Kind.ACKNOWLEDGED, text, by=person, via=via)


def _of_purpose(session: Session, incident: IncidentRow, purpose: str) -> EscalationRow | None:
    same = EscalationRow.incident_id == incident.id, EscalationRow.purpose == purpose
    return session.exec(select(EscalationRow).where(*same)).first()
