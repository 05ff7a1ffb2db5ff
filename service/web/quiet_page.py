"""What does the page about silences and maintenance show, and what does it propose?"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from incident.maintenance import Maintenance
from incident.matching import Matcher
from ledger.configurations import configuration_in_force
from ledger.quiet import as_silence
from ledger.quiet_listing import Preview, common_labels, maintenances
from ledger.quiet_tables import MaintenanceRow, SilenceRow
from ledger.silences import silences
from service.quiet_words import MaintenanceState, tell_maintenance
from service.web.frame import person_frame, person_of, plain_frame
from tasks.surroundings import here
from templates.silences import QuietPage, ShownMaintenance, ShownMatch, ShownPreview, ShownSilence

PAST = 50
"""How many that are over are shown."""


@dataclass(frozen=True)
class Shown:
    """What the page is opened with: from which incident, what was entered, and what was wrong."""

    incident: str = ""
    values: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Lists:
    zone: str
    services: tuple[str, ...]
    silences: tuple[ShownSilence, ...]
    past: tuple[ShownSilence, ...]
    maintenance: tuple[ShownMaintenance, ...]
    past_maintenance: tuple[ShownMaintenance, ...]
    proposed: dict[str, str]


def page_of(token: str, shown: Shown, preview: Preview | None = None) -> QuietPage:
    """The page as its reader sees it; without a personal link there is nothing to change on it.

    Raises:
        ConfidenceError: the link is not ours, expired, or for something else.
    """
    common = person_frame(person_of(token), token) if token else plain_frame()
    lists = here().ledger.read(_lists, here().now(), shown.incident)
    return QuietPage(
        **common,
        zone=lists.zone,
        services=lists.services,
        silences=lists.silences,
        past=lists.past,
        maintenance=lists.maintenance,
        past_maintenance=lists.past_maintenance,
        incident=shown.incident,
        key=str(uuid4()),
        values=shown.values or lists.proposed,
        problems=shown.problems,
        preview=_preview(preview) if preview else None,
    )


def _lists(session: Session, now: datetime, incident: str) -> _Lists:
    _, configuration = configuration_in_force(session)
    lasting = silences(session, now)
    every = silences(session, now, every=True, limit=PAST)
    there = {row.id for row, _ in lasting}
    told = [_shown_maintenance(*found, now) for found in maintenances(session, now, every=True)]
    labels = common_labels(session, incident) if incident else {}
    return _Lists(
        zone=configuration.organisation.working_hours.timezone,
        services=tuple(configuration.services),
        silences=tuple(_shown(row, key, now) for row, key in lasting),
        past=tuple(_shown(row, key, now) for row, key in every if row.id not in there),
        maintenance=tuple(each for each in told if each.state != MaintenanceState.OVER),
        past_maintenance=tuple(each for each in told if each.state == MaintenanceState.OVER)[:PAST],
        proposed={"matchers": "\n".join(str(_equal(*each)) for each in labels.items())},
    )


def _shown(row: SilenceRow, incident: str | None, now: datetime) -> ShownSilence:
    return ShownSilence(
        id=row.id or 0,
        state=as_silence(row).state(now).value,
        matchers=tuple(str(matcher) for matcher in row.matchers),
        incident=incident,
        start=row.starts_at,
        end=row.ends_at,
        by=row.by,
        comment=row.comment,
        ended_by=row.ended_by,
    )


def _shown_maintenance(each: Maintenance, row: MaintenanceRow | None, now: datetime) -> ShownMaintenance:
    told = tell_maintenance(each, row, now)
    time = told.now or told.next
    return ShownMaintenance(
        name=told.name,
        state=told.state.value,
        about=(*each.window.services, *(str(matcher) for matcher in each.window.matchers)),
        comment=told.comment,
        start=time.start if time else None,
        end=time.end if time else None,
        repeat=str(each.window.repeat or ""),
        in_file=told.in_file,
        by=told.by,
        ended_by=told.ended_by,
    )


def _preview(found: Preview) -> ShownPreview:
    conditions = (
        ShownMatch(each.title, each.service, each.source, each.last_at, each.incident)
        for each in found.conditions
    )
    return ShownPreview(found.alerts, tuple(conditions))


def _equal(label: str, value: str) -> Matcher:
    return Matcher(label=label, values=(value,))
