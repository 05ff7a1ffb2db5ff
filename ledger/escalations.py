"""Who is to be woken, who was, and who answered? The timers of paging are rows here.

`advance` is the one way forward: it asks `incident.escalation.decide` and writes its progress and the pages
it wants in one transaction, before anything is sent. The flow `page` and the watchdog both call it; each step
is taken by whoever holds the incident first.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.acknowledging import acknowledge as take
from incident.actions import Action
from incident.configuration import Role
from incident.errors import NotFoundError
from incident.escalation import decide
from incident.plan import Plan, plan_of
from incident.progress import Stage, changed, ended, start
from incident.situation import Situation
from incident.timeline import Kind
from ledger.climbing import drop_owed, mark_answered, note_second, write_answer, write_step
from ledger.climbs import bring_climb_forward, end_climbs, owe_climb, owe_next_climb
from ledger.configurations import configuration_of
from ledger.rotas import with_changes
from ledger.situations import situation_of
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note
from ledger.turns import held_by_escalation

OPEN = (Stage.CLIMBING, Stage.UNREACHED, Stage.HELD)
"""The stages in which nobody has acknowledged, or not enough people have."""


def start_escalation(
    session: Session,
    incident: IncidentRow,
    purpose: str,
    policy: str | Plan,
    now: datetime,
    *,
    role: Role | None = None,
    first_at: datetime | None = None,
    level: int = 0,
    for_service: bool = False,
) -> EscalationRow:
    """Start to climb a policy for a purpose; the same purpose of an incident is started once.

    The policy is a snapshot, or becomes one; one that is climbed `for_service` follows when that gets another
    one (E1).
    `first_at` delays the first page, `level` begins further up (0: the first).
    """
    known = _of_purpose(session, incident, purpose)
    if known:
        return known
    assert incident.id is not None, "an incident that was found has its id"
    plan = plan_of(configuration_of(session, incident), policy) if isinstance(policy, str) else policy
    progress = start(plan, now, first_at=first_at, level=level)
    row = EscalationRow(
        incident_id=incident.id,
        purpose=purpose,
        role=role,
        for_service=for_service,
        policy=plan,
        progress=progress,
        next_at=progress.next_at,
        started_at=now,
    )
    session.add(row)
    session.flush()
    _owe_first_climb(session, incident, row, first_at, now)
    return row


def _owe_first_climb(
    session: Session, incident: IncidentRow, row: EscalationRow, first_at: datetime | None, now: datetime
) -> None:
    """Write down the run that climbs, and say so if it waits for the morning."""
    if first_at and first_at > now:
        text = (
            f"severity {incident.severity} outside working hours: paging waits until {first_at:%a %H:%M UTC}"
        )
        note(session, row.incident_id, now, Kind.HELD_BACK, text)
    owe_climb(session, incident, row, now)


def advance(session: Session, escalation_id: int, now: datetime) -> tuple[Action, ...]:
    """Take the step that is due, if any: progress, pages and timeline are written together."""
    row, incident = find_escalation(session, escalation_id)
    before = row.next_at
    step = decide(row.policy, row.progress, situation(session, incident, row, now), now)
    actions = write_step(session, row, step, now)
    if row.stage is Stage.ACKNOWLEDGED and row.next_at and row.next_at != before:
        owe_next_climb(session, incident, row, now)
    return actions


def acknowledge(
    session: Session, escalation_id: int, person: str, via: str, now: datetime, *, page_id: int | None = None
) -> bool:
    """Somebody takes it: paging ends when enough have (E9), later ones are noted. Did this one count?

    Where the acknowledgement has a time of its own, acknowledging again makes it last anew (E10).
    """
    row, incident = find_escalation(session, escalation_id)
    mark_answered(session, escalation_id, person, page_id, now)
    counts = row.stage in OPEN and person not in row.progress.answered
    if not counts:
        note_second(session, row, person, via, now)
    step = take(row.policy, row.progress, person, now)
    write_step(session, row, step, now)
    if counts:
        write_answer(session, incident, row, person, via, now)
    if row.stage is Stage.ACKNOWLEDGED and row.next_at:
        owe_next_climb(session, incident, row, now)
    return counts


def end_escalations(session: Session, incident: IncidentRow, now: datetime, reason: str) -> None:
    """Nobody needs to be woken for this incident any more; pages that were not sent yet are dropped."""
    for row in session.exec(select(EscalationRow).where(EscalationRow.incident_id == incident.id)):
        if row.stage in OPEN or row.next_at:
            write_step(session, row, (ended(row.progress), ()), now)
            row.version += 1
            end_climbs(session, incident, row, now)
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
        write_step(session, row, (changed(row.progress, next_at=now), ()), now)
        started.append(bring_climb_forward(session, incident, row, now))
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
    return row.stage in (Stage.ACKNOWLEDGED, Stage.ENDED)


def escalations_due(session: Session, before: datetime) -> Sequence[EscalationRow]:
    """Escalations whose timer ran out before this instant."""
    due = select(EscalationRow).where(col(EscalationRow.next_at) < before)
    return session.exec(due.order_by(col(EscalationRow.next_at))).all()


def finish_escalation(session: Session, escalation_id: int, now: datetime) -> None:
    """The run that climbed has told its story to the end."""
    row, incident = find_escalation(session, escalation_id)
    end_climbs(session, incident, row, now)


def situation(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> Situation:
    """What is true for an escalation, with the people and schedules of today."""
    today = with_changes(session, configuration_of(session, incident), now)
    return situation_of(session, incident, row, today, now)


def _of_purpose(session: Session, incident: IncidentRow, purpose: str) -> EscalationRow | None:
    same = EscalationRow.incident_id == incident.id, EscalationRow.purpose == purpose
    return session.exec(select(EscalationRow).where(*same)).first()
