"""Who has called, who has not, and which alert follows from it?

A change of a watch and the alert that it raises are one transaction: whoever is killed between two of them
has raised nothing twice and forgotten nothing. Whoever looks takes a turn, so that of two watchdogs one finds
what is due, and the other one that it was found.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from incident.configuration import Configuration
from incident.errors import NotFoundError
from incident.heartbeat import (
    Heartbeat,
    Outcome,
    Report,
    Settle,
    Signal,
    Watch,
    begin,
    called,
    excused,
    looked,
    reawaited,
)
from incident.matching import labels_of
from incident.routing import route
from incident.silence_alerts import SOURCE, alert_of
from ledger.call_tables import AwaitedCallRow
from ledger.configurations import configuration_in_force
from ledger.heartbeats import beat
from ledger.intake import accept_delivery
from ledger.quiet import maintenance_for
from ledger.tables import HeartbeatRow
from ledger.turns import Turn, take_turn

LOOKER = "awaited calls"
"""The name under which each look leaves word that we were there."""

LOOK_EVERY = timedelta(seconds=5)
AWAY_AFTER = timedelta(seconds=30)
"""Between two looks: who was silent in a longer gap may have called in vain."""
SET_BACK = timedelta(seconds=30)
"""So much earlier than the last look is a clock that was set back; by less, it waited for its turn."""


def note_call(session: Session, name: str, signal: Signal, said: str, now: datetime) -> list[int]:
    """Somebody calls; returns the alerts that follow, which wait for triage.

    Raises:
        NotFoundError: nobody of this name is awaited.
    """
    take_turn(session, Turn.CALLS)
    awaited = _configured(session)
    if name not in awaited:
        raise NotFoundError(f"no heartbeat {name!r}; known: {', '.join(sorted(awaited)) or 'none'}")
    row = session.get(AwaitedCallRow, name) or _added(session, name, awaited[name], now)
    return _kept(session, row, called(row.heartbeat, row.watch, signal, said, now), now)


def look_needed(session: Session, now: datetime) -> bool:
    """Is it time to look? Whenever somebody is due, and now and then to leave word that we are here."""
    last = session.get(HeartbeatRow, LOOKER)
    if last is None or not timedelta() <= now - last.at < LOOK_EVERY:
        return bool(_configured(session)) or session.exec(select(AwaitedCallRow)).first() is not None
    return session.exec(_due(now)).first() is not None


def look_for_silence(session: Session, now: datetime) -> list[int]:
    """Raise what is due, once; returns the new alerts, which wait for triage.

    After a time in which nobody looked, and so nobody was there to be called, and within maintenance, silence
    is excused first.
    """
    take_turn(session, Turn.CALLS)
    configuration = configuration_in_force(session)[1]
    raised = _follow(session, configuration.heartbeats, now)
    _after_a_gap(session, now)
    for row in session.exec(_due(now)).all():
        _pause_for_maintenance(session, row, configuration, now)
        raised += _kept(session, row, looked(row.watch, now), now)
    _leave_word(session, now)
    return raised


def awaited_calls(session: Session) -> Sequence[AwaitedCallRow]:
    """All of them, by name."""
    return session.exec(select(AwaitedCallRow).order_by(col(AwaitedCallRow.name))).all()


def _due(now: datetime) -> SelectOfScalar[AwaitedCallRow]:
    return select(AwaitedCallRow).where(col(AwaitedCallRow.due_at) <= now)


def _configured(session: Session) -> Mapping[str, Heartbeat]:
    return configuration_in_force(session)[1].heartbeats


def _follow(session: Session, wanted: Mapping[str, Heartbeat], now: datetime) -> list[int]:
    """Await whom the configuration names: new ones begin, changed ones begin anew, others are let go."""
    raised: list[int] = []
    known = {row.name: row for row in awaited_calls(session)}
    for name in wanted.keys() - known.keys():
        _added(session, name, wanted[name], now)
    for name in known.keys() & wanted.keys():
        row = known[name]
        if row.heartbeat != wanted[name]:
            row.heartbeat = wanted[name]
            _kept(session, row, (reawaited(row.heartbeat, row.watch, now), None), now)
    for name in known.keys() - wanted.keys():
        row = known[name]
        report = Settle(because="it is no longer configured") if row.watch.trouble else None
        raised += _reported(session, row, report, now)
        session.delete(row)
    return raised


def _added(session: Session, name: str, heartbeat: Heartbeat, now: datetime) -> AwaitedCallRow:
    watch = begin(heartbeat, now)
    row = AwaitedCallRow(name=name, heartbeat=heartbeat, watch=watch, due_at=watch.due_at)
    session.add(row)
    session.flush()
    return row


def _after_a_gap(session: Session, now: datetime) -> None:
    last = session.get(HeartbeatRow, LOOKER)
    if last is None:
        return
    if last.at - now > SET_BACK:
        _every(session, lambda row: reawaited(row.heartbeat, row.watch, now), now)
    elif now - last.at > AWAY_AFTER:
        away_since = last.at
        _every(session, lambda row: excused(row.heartbeat, row.watch, away_since, now), now)


def _leave_word(session: Session, now: datetime) -> None:
    last = session.get(HeartbeatRow, LOOKER)
    if last is None or last.at < now or last.at - now > SET_BACK:
        beat(session, LOOKER, now)


def _every(session: Session, change: Callable[[AwaitedCallRow], Watch], now: datetime) -> None:
    for row in awaited_calls(session):
        _kept(session, row, (change(row), None), now)


def _pause_for_maintenance(
    session: Session, row: AwaitedCallRow, configuration: Configuration, now: datetime
) -> None:
    alert = looked(row.watch, now)[1]
    if alert is None:
        return
    silent = alert_of(row.name, row.heartbeat, alert, now)
    labels = labels_of(silent, route(configuration, silent).service)
    if quiet := maintenance_for(session, configuration, labels, now):
        watch = excused(row.heartbeat, row.watch, row.due_at or now, quiet.until)
        _kept(session, row, (watch, None), now)


def _kept(session: Session, row: AwaitedCallRow, outcome: Outcome, now: datetime) -> list[int]:
    row.watch, report = outcome
    row.due_at = row.watch.due_at
    session.add(row)
    session.flush()
    return _reported(session, row, report, now)


def _reported(session: Session, row: AwaitedCallRow, report: Report | None, now: datetime) -> list[int]:
    if report is None:
        return []
    body = json.dumps({"heartbeat": row.name, **report.model_dump(mode="json")})
    alert = alert_of(row.name, row.heartbeat, report, now)
    return accept_delivery(session, SOURCE, body.encode(), [alert], now)


def due_of(session: Session, name: str) -> datetime | None:
    """When the next call of somebody is missed; None while an alert fires for it."""
    return session.get_one(AwaitedCallRow, name).due_at
