"""Who has silenced what, until when, and who has ended it?

Nothing is deleted. Making one takes the turn of triage first (see `ledger.quiet`); one of an incident then
holds that incident, since it is written in its timeline.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, desc, select

from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.lifecycle import LIVE
from incident.matching import in_order
from incident.silences import NewSilence, problems_of_times
from incident.timeline import Kind
from incident.wall_clock import WallClock
from ledger.configurations import configuration_in_force
from ledger.incidents import find_incident
from ledger.quiet import as_silence, move_timers
from ledger.quiet_tables import SilenceRow
from ledger.rota_turn import Actor
from ledger.tables import IncidentRow
from ledger.timeline import note
from ledger.turns import Turn, held_by_id, take_turn


def add_silence(session: Session, wanted: NewSilence, actor: Actor, now: datetime) -> SilenceRow:
    """Make a silence; the same one again, by its key or by everything in it, is the one that is there.

    Local times are those of the organisation's working hours.

    Raises:
        AnswerError: its times or matchers cannot be kept; says what to write instead.
        NotFoundError: there is no such incident.
        TransitionError: the incident is over.
    """
    take_turn(session, Turn.TRIAGE)
    _, configuration = configuration_in_force(session)
    known = _of_key(session, str(wanted.key)) if wanted.key else None
    if known is not None:
        return known
    start, end = wanted.span(WallClock(configuration.organisation.working_hours.timezone), now)
    incident = _live(session, wanted.incident) if wanted.incident else None
    row = SilenceRow(
        key=str(wanted.key or uuid4()),
        matchers=wanted.matchers,
        incident_id=incident.id if incident else None,
        by=actor.person,
        via=actor.via,
        comment=wanted.comment,
        starts_at=start,
        ends_at=end,
        made_at=now,
    )
    if same := _same(session, row, wanted):
        return same
    session.add(row)
    session.flush()
    if incident:
        text = f"{row.by} holds paging back until {row.ends_at:%a %d %b %H:%M UTC}: {row.comment}"
        _note(session, row, text, actor, now)
    return row


def move_silence(session: Session, number: int, end: datetime, actor: Actor, now: datetime) -> SilenceRow:
    """Let a silence end at another time: what waits for its end waits for that.

    Raises:
        NotFoundError: there is no such silence.
        TransitionError: it is over.
        AnswerError: it cannot end then; says what to write instead.
    """
    row = silence_that_lasts(session, number, now)
    if row.ends_at == end:
        return row
    if problems := problems_of_times(row.starts_at, end, now):
        raise AnswerError(problems)
    row.ends_at, row.moved_at, row.moved_by = end, now, actor.person
    session.add(row)
    move_timers(session, as_silence(row).quiet().label, end)
    text = f"{actor.person} lets the silence of paging end at {end:%a %d %b %H:%M UTC}"
    _note(session, row, text, actor, now)
    return row


def end_silence(session: Session, number: int, actor: Actor, now: datetime) -> SilenceRow:
    """End a silence now; before it began, it never was. Ending again what one has ended changes nothing.

    What still fires is looked at at once; `ledger.holds` lets escalations go on.

    Raises:
        NotFoundError: there is no such silence.
        TransitionError: it is over, or somebody else was faster.
    """
    take_turn(session, Turn.TRIAGE)
    row = find_silence(session, number)
    if row.ended_at is not None and row.ended_by == actor.person:
        return row
    row = silence_that_lasts(session, number, now)
    row.ended_at, row.ended_by, row.ends_at = now, actor.person, max(row.starts_at, now)
    session.add(row)
    move_timers(session, as_silence(row).quiet().label, now)
    _note(session, row, f"{actor.person} ends the silence of paging", actor, now)
    return row


def find_silence(session: Session, number: int) -> SilenceRow:
    """A silence by its number.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(SilenceRow, number, populate_existing=True)
    if row is None:
        raise NotFoundError(f"there is no silence {number}; `incident silence list --all` shows them")
    return row


def silence_of_key(session: Session, key: str) -> SilenceRow:
    """A silence by its UUID.

    Raises:
        NotFoundError: there is none.
    """
    row = _of_key(session, key)
    if row is None:
        raise NotFoundError(f"there is no silence {key}")
    return row


def silence_that_lasts(session: Session, number: int, now: datetime) -> SilenceRow:
    """A silence that is not over, with the turn to change it.

    Raises:
        NotFoundError: there is none.
        TransitionError: it is over; says since when, and by whom.
    """
    take_turn(session, Turn.TRIAGE)
    row = find_silence(session, number)
    if row.ended_at is not None:
        raise TransitionError(f"{row.ended_by} ended it at {row.ended_at:%Y-%m-%d %H:%M} UTC; make a new one")
    if row.ends_at <= now:
        raise TransitionError(f"it ended at {row.ends_at:%Y-%m-%d %H:%M} UTC; make a new one")
    return row


def silences(
    session: Session, now: datetime, *, every: bool = False, limit: int = 200
) -> Sequence[tuple[SilenceRow, str | None]]:
    """The silences that hold or are to come, by their end; with `every` the newest of all that ever were.

    Each with the key of the incident that it is about, if it is.
    """
    query = select(SilenceRow, IncidentRow.key).join(
        IncidentRow, col(SilenceRow.incident_id) == IncidentRow.id, isouter=True
    )
    if every:
        query = query.order_by(desc(col(SilenceRow.id)))
    else:
        lasting = col(SilenceRow.ends_at) > now, col(SilenceRow.ended_at).is_(None)
        query = query.where(*lasting).order_by(col(SilenceRow.ends_at), col(SilenceRow.id))
    return list(session.exec(query.limit(limit)))


def _live(session: Session, key: str) -> IncidentRow:
    incident = find_incident(session, key)
    if incident.status not in LIVE:
        raise TransitionError(f"{key} is {incident.status}: nobody is paged for it")
    return incident


def _of_key(session: Session, key: str) -> SilenceRow | None:
    return session.exec(select(SilenceRow).where(SilenceRow.key == key)).first()


def _same(session: Session, row: SilenceRow, wanted: NewSilence) -> SilenceRow | None:
    """The same silence, if somebody said so a moment ago: only one with a written end can be told."""
    if wanted.end is None:
        return None
    query = select(SilenceRow).where(
        SilenceRow.by == row.by,
        SilenceRow.ends_at == row.ends_at,
        SilenceRow.comment == row.comment,
        SilenceRow.incident_id == row.incident_id,
        col(SilenceRow.ended_at).is_(None),
    )
    texts = in_order(row.matchers)
    return next((found for found in session.exec(query) if in_order(found.matchers) == texts), None)


def _note(session: Session, row: SilenceRow, text: str, actor: Actor, now: datetime) -> None:
    """A line in the timeline of the incident that it is about, if it is."""
    if row.incident_id is not None and held_by_id(session, row.incident_id):
        note(session, row.incident_id, now, Kind.HELD_BACK, text, by=actor.person, via=actor.via)
