"""How do people change a schedule for a time, and what have they changed?

All changes of schedules take one turn (`Turn.ROTAS`) before they look, so that of two that contradict each
other one is refused, on every database. Nothing is deleted: a withdrawn override stays as a row, because
whoever subscribed to a calendar must hear that it was cancelled (S14).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from incident.changes import Change, consequences, placed, stored_form
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.override import Override, conflict, people_in
from incident.schedule import Schedule
from incident.versions import within
from ledger.notices import tell_of_override
from ledger.rota_tables import OverrideRow
from ledger.rota_turn import Actor, known_people, rotas_for, schedule_of, zone_of


@dataclass(frozen=True)
class Made:
    """An override that is stored, and what whoever made it should know."""

    row: OverrideRow
    warnings: tuple[str, ...]


def add_override(session: Session, change: Change, actor: Actor, now: datetime) -> Made:
    """Store an override; one that begins before now begins now. The same one again is the one that is there.

    Raises:
        NotFoundError: the schedule or somebody who is named is not known.
        AnswerError: a time is impossible or over.
        TransitionError: somebody in it has another override in that time (S11); nothing is stored.
    """
    configuration = rotas_for(session, actor, now)
    schedule = schedule_of(configuration, change.schedule)
    wish = placed(schedule, change.override, now)
    override = stored_form(wish, configuration.schedules)
    known_people(configuration, *sorted(people_in(override)))
    if same := _same(session, change.schedule, override):
        return Made(same, ())
    made = store(session, change.schedule, schedule, override, change.reason, actor, now)
    tell_of_override(session, made.row, schedule.timezone, now)
    return made


def store(
    session: Session,
    name: str,
    schedule: Schedule,
    override: Override,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Made:
    """Write an override into a schedule that is as it stands now; the turn has been taken.

    Raises:
        TransitionError: somebody in it has another override in that time (S11).
    """
    effective = within(override, now, None)
    if effective is None:
        raise AnswerError(["end: it has passed; what was is not changed any more"])
    if clash := conflict(schedule.overrides, effective):
        raise TransitionError(clash)
    row = OverrideRow(
        schedule=name,
        override=override,
        starts_at=effective.start,
        ends_at=effective.end,
        made_at=now,
        by=actor.person,
        via=actor.via,
        reason=reason,
    )
    session.add(row)
    session.flush()
    return Made(row, consequences(schedule, effective))


def withdraw_override(
    session: Session, number: int, actor: Actor, now: datetime, *, reason: str = ""
) -> OverrideRow:
    """End an override now; before it began it never was. Who withdraws it again by mistake changes nothing.

    Raises:
        NotFoundError: there is no such override, or the person is not known.
        TransitionError: it is over, or somebody else was faster.
    """
    configuration = rotas_for(session, actor, now)
    row = session.get(OverrideRow, number, populate_existing=True)
    if row is None:
        raise NotFoundError(f"there is no override {number}; `incident oncall override list` shows them")
    if row.withdrawn_at is not None:
        if row.withdrawn_by == actor.person:
            return row
        raise TransitionError(f"{row.withdrawn_by} withdrew it at {row.withdrawn_at:%Y-%m-%d %H:%M} UTC")
    if row.ends_at <= now:
        raise TransitionError(
            f"it ended at {row.ends_at:%Y-%m-%d %H:%M} UTC; what was is not changed any more"
        )
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = now, actor.person, reason
    row.ends_at = max(row.starts_at, now)
    session.add(row)
    tell_of_override(session, row, zone_of(configuration, row.schedule), now)
    return row


def overrides(
    session: Session, now: datetime, *, schedule: str | None = None, every: bool = False
) -> Sequence[OverrideRow]:
    """The overrides that hold or are to come, by their start; all that ever were on demand."""
    query = select(OverrideRow)
    if schedule is not None:
        query = query.where(OverrideRow.schedule == schedule)
    if not every:
        query = query.where(col(OverrideRow.ends_at) > now, col(OverrideRow.withdrawn_at).is_(None))
    return session.exec(query.order_by(col(OverrideRow.starts_at), col(OverrideRow.id))).all()


def _same(session: Session, schedule: str, override: Override) -> OverrideRow | None:
    """The same override, if it is there already: a form that was sent twice, or a command repeated."""
    query = select(OverrideRow).where(
        OverrideRow.schedule == schedule,
        OverrideRow.ends_at == override.end,
        col(OverrideRow.withdrawn_at).is_(None),
    )
    return next((row for row in session.exec(query) if row.override == override), None)
