"""What is silenced or being worked on now, and what becomes of its alerts when that ends?

An alert that is suppressed for a while has a timer, `look_again_at`, and says what it waits for. Whoever ends
a silence or a window early brings those timers forward in the same transaction, and `ledger.intake` looks at
the alert again. Whatever changes here takes the turn of triage, so that no alert is suppressed by what has
ended meanwhile.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select, update

from incident.configuration import Configuration
from incident.maintenance import Cut, Maintenance, maintaining
from incident.quiet import Quiet, QuietKind
from incident.silences import Silence
from ledger.quiet_tables import MaintenanceCutRow, MaintenanceRow, SilenceRow
from ledger.tables import AlertRow

NUMBERED = "M"
"""What the names of windows made at run time begin with; those in incident.yaml have small letters."""


def maintenance_for(
    session: Session, configuration: Configuration, labels: Mapping[str, str], now: datetime
) -> Quiet | None:
    """The maintenance that an alert with these labels falls into now."""
    return maintaining(labels, windows(session, configuration, now), now)


def silences_in_force(session: Session, now: datetime) -> tuple[Silence, ...]:
    """The silences of alerts that hold now."""
    query = select(SilenceRow).where(
        col(SilenceRow.ends_at) > now,
        col(SilenceRow.starts_at) <= now,
        col(SilenceRow.incident_id).is_(None),
    )
    return tuple(as_silence(row) for row in session.exec(query))


def as_silence(row: SilenceRow) -> Silence:
    """A row as the value that triage knows."""
    return Silence(
        id=row.id or 0,
        matchers=row.matchers,
        author=row.by,
        comment=row.comment,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def windows(session: Session, configuration: Configuration, now: datetime) -> tuple[Maintenance, ...]:
    """The maintenance windows that hold now or may come: of the file, and made at run time."""
    cuts = _cuts(session, now)
    written = (
        Maintenance(name=name, window=window, cuts=cuts.get(name, ()))
        for name, window in configuration.maintenance.items()
    )
    query = select(MaintenanceRow).where(
        col(MaintenanceRow.ended_at).is_(None),
        col(MaintenanceRow.over_at).is_(None) | (col(MaintenanceRow.over_at) > now),
    )
    made = (as_maintenance(row, cuts) for row in session.exec(query.order_by(col(MaintenanceRow.id))))
    return (*written, *made)


def as_maintenance(row: MaintenanceRow, cuts: Mapping[str, tuple[Cut, ...]]) -> Maintenance:
    """A row as the value that triage knows."""
    name = f"{NUMBERED}{row.id}"
    return Maintenance(
        name=name, window=row.window, by=row.by, cuts=cuts.get(name, ()), ended_at=row.ended_at
    )


def move_timers(session: Session, label: str, at: datetime) -> None:
    """What waits for the end of this silence or maintenance is looked at again at this instant."""
    waiting = col(AlertRow.suppressed_by) == label, col(AlertRow.look_again_at).is_not(None)
    session.exec(update(AlertRow).where(*waiting).values(look_again_at=at))


def ended_unseen(session: Session, configuration: Configuration, now: datetime) -> set[str]:
    """What alerts wait for although it is over: a window has left the file, say."""
    query = select(AlertRow.suppressed_by).where(col(AlertRow.look_again_at) > now).distinct()
    awaited = {label for label in session.exec(query) if label.split(" ")[0] in set(QuietKind)}
    return awaited - _labels_in_force(session, configuration, now) if awaited else awaited


def _labels_in_force(session: Session, configuration: Configuration, now: datetime) -> set[str]:
    silences: Iterable[Quiet] = (silence.quiet() for silence in silences_in_force(session, now))
    found = (window.quiet(now) for window in windows(session, configuration, now))
    return {quiet.label for quiet in (*silences, *found) if quiet is not None}


def _cuts(session: Session, now: datetime) -> dict[str, tuple[Cut, ...]]:
    found: dict[str, tuple[Cut, ...]] = {}
    for row in session.exec(select(MaintenanceCutRow).where(col(MaintenanceCutRow.until) > now)):
        cut = Cut(starts_at=row.starts_at, ended_at=row.ended_at)
        found[row.window] = (*found.get(row.window, ()), cut)
    return found
