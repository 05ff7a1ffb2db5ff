"""Which versions of a schedule are there, and what do people's overrides make of them?

A configuration that is accepted adds a version to every schedule whose text it changes; the version before
ends when the new one takes effect. So what was is read, never computed again (S8).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlmodel import Session, col, or_, select

from incident.oncall import HORIZON
from incident.override import Override
from incident.schedule import Effect, Schedule
from incident.succession import carried_on
from incident.versions import Version, begins, joined, within
from ledger.imported import imported_overrides
from ledger.rota_tables import OverrideRow, ScheduleVersionRow

_READ: dict[str, Schedule] = {}
"""What this process has read, by digest: most schedules never change, and all of them are asked often."""


def record_versions(session: Session, version: int, schedules: Mapping[str, Schedule], now: datetime) -> None:
    """Add a version to each schedule whose text is another one than before.

    One that was announced and has not begun yet is given up: what stands in the file is what is planned.
    """
    for name, schedule in schedules.items():
        written = _digest(schedule)
        rows = _rows(session, name)
        if not rows:
            _add(session, name, version, None, written, schedule)
        elif rows[-1].written != written:
            _follow(session, rows, version, schedule, now)


def as_changed(session: Session, schedules: Mapping[str, Schedule], at: datetime) -> dict[str, Schedule]:
    """These schedules as the ledger knows them: versions in their time, imported shifts and overrides on top.

    The answers are right from 30 days before `at` on, and for ever after. A name of which the ledger has no
    version is left as it is given.
    """
    since = at - HORIZON - timedelta.resolution
    versions = _versions(session, since)
    held = {
        name: joined(versions[name], since) if name in versions else given
        for name, given in schedules.items()
    }
    return with_overrides(session, held, since)


def with_overrides(
    session: Session, schedules: Mapping[str, Schedule], since: datetime
) -> dict[str, Schedule]:
    """These texts with imported shifts and people's overrides on top, for any time after an instant."""
    overrides, calendars = _overrides(session, since), imported_overrides(session, since)
    changed = dict(schedules)
    for name, schedule in schedules.items():
        if stored := (*calendars.get(name, ()), *overrides.get(name, ())):
            changed[name] = schedule.model_copy(update={"overrides": (*schedule.overrides, *stored)})
    return changed


def _follow(
    session: Session, rows: list[ScheduleVersionRow], version: int, schedule: Schedule, now: datetime
) -> None:
    """End the version that holds now, give up those that were to come, and begin another."""
    for announced in rows:
        if announced.since and announced.since > now:
            announced.until = announced.since
    held = [row for row in rows if row.since is None or row.since != row.until][-1]
    held.until = None
    session.add_all(rows)
    session.flush()
    current = held.document
    if schedule.takes_effect is Effect.AFTER_SHIFT:  # only then it matters who is on call
        current = as_changed(session, {held.schedule: current}, now)[held.schedule]
    held.until = begins(schedule, current, now)
    document = carried_on(held.document, schedule, held.until)
    _add(session, held.schedule, version, held.until, _digest(schedule), document)


def _add(
    session: Session, name: str, version: int, since: datetime | None, written: str, document: Schedule
) -> None:
    session.add(
        ScheduleVersionRow(
            schedule=name,
            configuration_version=version,
            since=since,
            written=written,
            digest=_digest(document),
            document=document,
        )
    )


def _rows(session: Session, name: str) -> list[ScheduleVersionRow]:
    query = select(ScheduleVersionRow).where(ScheduleVersionRow.schedule == name)
    return list(session.exec(query.order_by(col(ScheduleVersionRow.id))))


def _versions(session: Session, since: datetime) -> dict[str, list[Version]]:
    """The versions of each schedule that hold after an instant, in the order of their times."""
    row = ScheduleVersionRow
    query = (
        select(col(row.schedule), col(row.since), col(row.until), col(row.digest))
        .where(or_(col(row.until).is_(None), col(row.until) > since))
        .where(or_(col(row.since).is_(None), col(row.until).is_(None), col(row.since) < col(row.until)))
        .order_by(col(row.schedule), col(row.id))
    )
    return {
        name: [Version(_document(session, digest), begin, end) for _, begin, end, digest in each]
        for name, each in groupby(session.exec(query), key=itemgetter(0))
    }


def _overrides(session: Session, since: datetime) -> dict[str, list[Override]]:
    """The overrides of each schedule that are in force after an instant, each until it was withdrawn."""
    row = OverrideRow
    query = select(row).where(col(row.ends_at) > since, col(row.starts_at) < col(row.ends_at))
    found: dict[str, list[Override]] = {}
    for stored in session.exec(query.order_by(col(row.id))):
        if cut := within(stored.override, stored.starts_at, stored.ends_at):
            found.setdefault(stored.schedule, []).append(cut)
    return found


def _document(session: Session, digest: str) -> Schedule:
    """The same digest is the same schedule, whatever row it stands in."""
    if digest not in _READ:
        query = select(ScheduleVersionRow).where(ScheduleVersionRow.digest == digest)
        _READ[digest] = session.exec(query.limit(1)).one().document
    return _READ[digest]


def _digest(schedule: Schedule) -> str:
    return hashlib.sha256(schedule.model_dump_json(by_alias=True).encode()).hexdigest()
