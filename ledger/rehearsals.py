"""Who would be woken for a service, and who will be for an incident, by all that the ledger knows?

Overrides, versions, imported calendars and the turns of round robins count as for the pager; nothing is
written.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from incident.actions import PageLevel
from incident.outbox import Owed
from incident.plan import plan_of
from incident.progress import Progress, Stage
from incident.rehearsal import World, play
from incident.rehearsed import Ahead
from incident.severity import Severity
from incident.situation import Responder
from incident.standing import schedules_of
from incident.story import PageState
from incident.why import Rehearsal, instant_for, known_service, rehearse
from ledger.assignments import turns_of
from ledger.configurations import configuration_in_force, configuration_of
from ledger.escalations import find_escalation
from ledger.holds import hold_on
from ledger.imported import answers
from ledger.incidents import find_incident
from ledger.notification_tables import NotificationRow
from ledger.rotas import with_changes
from ledger.situations import alerts_of
from ledger.tables import EscalationRow, IncidentRow, PageRow

LOOKED_AHEAD = 4
"""How many steps of an escalation are told on its incident's page."""

TO_THE_NEXT_PAGE = 1
"""How many are looked at for whoever is paged next: a page is not kept waiting by what is far away."""

NOBODY_YET = 0
"""Stands for the incident that does not exist: no turn of a round robin was assigned to it."""


def rehearse_incident(
    session: Session, service: str, severity: Severity, written: str, now: datetime
) -> Rehearsal:
    """Play through an incident of a service (empty: the default one) that opens at a time (empty: now).

    Raises:
        NotFoundError: there is no such service; the message has the nearest name.
        AnswerError: the time is none, or happens twice or never where the service's schedule is.
    """
    _, newest = configuration_in_force(session)
    name = known_service(newest, service)
    at = instant_for(newest, name, written) if written else now
    plan = plan_of(newest, newest.services[name].policy)
    turns = turns_of(session, NOBODY_YET, plan)
    found = rehearse(with_changes(session, newest, at), name, severity, at, turns)
    asked = frozenset[str]().union(*map(schedules_of, plan.policies.values()))
    followed = {key: newest.schedules[key] for key in sorted(asked) if key in newest.schedules}
    return found.model_copy(update={"beside": (*found.beside, *answers(session, followed, now))})


def services(session: Session) -> tuple[str, ...]:
    """The services that can be asked about, the default one first."""
    _, newest = configuration_in_force(session)
    return tuple(dict.fromkeys((newest.default_service, *newest.services)))


def ahead(session: Session, key: str, now: datetime) -> tuple[Ahead, ...]:
    """What comes next for each escalation of an incident that goes on; a few steps each."""
    incident = find_incident(session, key)
    going_on = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id, col(EscalationRow.next_at).is_not(None)
    )
    rows = session.exec(going_on.order_by(col(EscalationRow.id))).all()
    return tuple(_ahead(session, incident, row, now) for row in rows)


def ahead_of(session: Session, escalation_id: int, now: datetime) -> Ahead:
    """Whoever is paged next by one escalation.

    Raises:
        NotFoundError: there is no such escalation.
    """
    row, incident = find_escalation(session, escalation_id)
    played = play(_world(session, incident, row, now), row.progress, now, steps=TO_THE_NEXT_PAGE)
    return Ahead(purpose=row.purpose, entries=played.entries)


def _ahead(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> Ahead:
    world = replace(_world(session, incident, row, now), known=_known(session, row))
    played = play(world, row.progress, now, steps=LOOKED_AHEAD)
    return Ahead(purpose=row.purpose, entries=played.entries)


def _world(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> World:
    return World(
        with_changes(session, configuration_of(session, incident), now),
        row.policy,
        incident.severity,
        alerts=alerts_of(session, incident, row.policy, now),
        turns=turns_of(session, row.incident_id, row.policy),
        held=hold_on(session, incident, now),
    )


def _known(session: Session, row: EscalationRow) -> tuple[Owed, ...]:
    """The methods of its pages that were used or are to be; what is held back or acknowledged owes none."""
    if row.stage not in (Stage.CLIMBING, Stage.UNREACHED):
        return ()
    query = (
        select(NotificationRow, PageRow)
        .join(PageRow, col(PageRow.id) == NotificationRow.page_id)
        .where(PageRow.escalation_id == row.id)
        .where(col(NotificationRow.state).in_((PageState.OWED, PageState.SENT)))
    )
    found = session.exec(query.order_by(col(NotificationRow.id)))
    return tuple(_as_owed(row.progress, method, page) for method, page in found)


def _as_owed(progress: Progress, method: NotificationRow, page: PageRow) -> Owed:
    person = Responder(person=page.person, because=page.because)
    paged = PageLevel(
        policy=progress.policy,
        level=page.level,
        round=page.round,
        step=page.step,
        responders=(person,),
        until=progress.next_at or method.due_at,
        reason="",
    )
    return Owed(
        id=method.id or 0,
        page=page.id or 0,
        paged=paged,
        responder=person,
        contact=method.contact,
        due_at=method.due_at,
        because=method.because,
        sent_at=method.sent_at,
    )
