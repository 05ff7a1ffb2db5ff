"""What is a monitor to be told now about the silences of incidents, and what became of it?

Whoever tells it takes a row first for a while; what could not be told is tried again after a growing pause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.lifecycle import LIVE
from incident.matching import Matcher
from incident.timeline import Kind
from ledger.effects import LEASE
from ledger.source_silence_tables import SourceSilenceRow
from ledger.source_silences import end_silences, matchers_for
from ledger.tables import AlertRow, IncidentRow
from ledger.timeline import note
from ledger.turns import held_by_id

AT_ONCE = 50
"""How many silences a monitor is told of in one look."""
TRIES = 20
"""In about two hours."""
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class SilenceOwed:
    """What a monitor is to be told: to be silent about an alert of these labels, or to end that."""

    number: int
    incident_id: int
    incident: str
    silencer: str
    matchers: tuple[Matcher, ...]
    until: datetime
    person: str
    wanted: bool


def any_of_the_closed(session: Session, now: datetime) -> bool:
    """Does a silence last whose incident is over?"""
    return bool(_of_the_closed(session, now))


def end_those_of_the_closed(session: Session, now: datetime) -> None:
    """What an incident has silenced ends with it."""
    end_silences(session, _of_the_closed(session, now), now)


def silencers_due(session: Session, now: datetime) -> Sequence[str]:
    """The monitors that somebody should tell something now."""
    due = select(SourceSilenceRow.silencer).where(col(SourceSilenceRow.due_at) <= now)
    return session.exec(due.distinct().order_by(SourceSilenceRow.silencer)).all()


def due_at_silencer(session: Session, silencer: str, now: datetime) -> Sequence[int]:
    """What a monitor is to be told now, most overdue first."""
    due = select(SourceSilenceRow.id).where(
        SourceSilenceRow.silencer == silencer, col(SourceSilenceRow.due_at) <= now
    )
    found = session.exec(due.order_by(col(SourceSilenceRow.due_at), col(SourceSilenceRow.id)))
    return [number or 0 for number in found.fetchmany(AT_ONCE)]


def take_silence(session: Session, number: int, now: datetime) -> SilenceOwed | None:
    """Take one to tell it; None: it is settled, its time is over, or another process is at it."""
    row, incident = _held(session, number)
    if row.due_at is None or row.due_at > now:
        return None
    if row.until <= now:
        row.due_at, row.outcome = None, row.outcome or "its time was over"
        session.add(row)
        return None
    row.due_at, row.attempts = now + LEASE, row.attempts + 1
    session.add(row)
    return SilenceOwed(
        number=number,
        incident_id=row.incident_id,
        incident=incident.key,
        silencer=row.silencer,
        matchers=matchers_for(session.get_one(AlertRow, row.alert_id)),
        until=row.until,
        person=row.person,
        wanted=row.wanted,
    )


def silence_told(session: Session, owed: SilenceOwed, silence: str) -> None:
    """The monitor knows; what was asked of it meanwhile stays due."""
    row, _ = _held(session, owed.number)
    row.silence, row.outcome = silence, ""
    if row.wanted == owed.wanted:
        row.due_at, row.attempts = None, 0
    session.add(row)


def silence_failed(
    session: Session,
    number: int,
    problem: str,
    now: datetime,
    *,
    for_good: bool,
    after: timedelta | None = None,
) -> None:
    """It was not told: it is tried again after a growing pause, unless that is of no use."""
    row, _ = _held(session, number)
    pause = max(min(timedelta(seconds=2**row.attempts), LONGEST_PAUSE), after or timedelta())
    for_good = for_good or row.attempts >= TRIES
    row.due_at, row.outcome = (None if for_good else now + pause), problem
    if for_good:
        what = "keep quiet" if row.wanted else "speak again before the silence is over"
        text = f"{row.silencer} could not be told to {what}: {problem}"
        note(session, row.incident_id, now, Kind.PROBLEM, text, via=row.silencer)
        row.wanted = False
    session.add(row)


def _of_the_closed(session: Session, now: datetime) -> Sequence[SourceSilenceRow]:
    query = select(SourceSilenceRow).join(IncidentRow, col(IncidentRow.id) == SourceSilenceRow.incident_id)
    over = col(IncidentRow.status).not_in(LIVE)
    lasting = query.where(col(SourceSilenceRow.until) > now, col(SourceSilenceRow.wanted).is_(True), over)
    return session.exec(lasting).all()


def _held(session: Session, number: int) -> tuple[SourceSilenceRow, IncidentRow]:
    """A row as it stands now; its incident is held first, and does not change."""
    incident = held_by_id(session, session.get_one(SourceSilenceRow, number).incident_id)
    assert incident is not None, "no incident is ever deleted"
    return session.get_one(SourceSilenceRow, number, populate_existing=True), incident
