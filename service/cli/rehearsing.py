"""From what is an incident rehearsed? The system with all that people changed, else a file alone."""

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from incident.plan import plan_of
from incident.severity import Severity
from incident.standing import schedules_of
from incident.why import Rehearsal, instant_for, known_service, rehearse
from ledger.rehearsals import rehearse_incident
from service.cli.found import found_ledger
from service.configuration import FILE_NAME, load
from service.home import home_of
from service.outlook import unread


class Source(StrEnum):
    """What a rehearsal was made from."""

    LEDGER = "ledger"
    FILE = "file"


class Answer(Rehearsal):
    """A rehearsal with what it was made from; ``notes`` say what could not be known there."""

    source: Source
    notes: tuple[str, ...] = ()


def rehearsed(file: Path | None, service: str, severity: Severity, written: str, now: datetime) -> Answer:
    """The rehearsal by a file, else by the system, else by `incident.yaml` here.

    Raises:
        NotFoundError: there is no such service.
        AnswerError: the time is none, or happens twice or never.
        ConfigurationError: the file is wrong, or there is none.
    """
    if file is None and (os.environ.get("INCIDENT_LEDGER_URL") or home_of(os.environ).read()):
        with found_ledger() as ledger:
            known: Rehearsal = ledger.read(rehearse_incident, service, severity, written, now)
        return Answer(**dict(known), source=Source.LEDGER)
    return _by_file(file or Path(FILE_NAME), service, severity, written, now)


def _by_file(file: Path, service: str, severity: Severity, written: str, now: datetime) -> Answer:
    configuration = load(file)
    name = known_service(configuration, service)
    at = instant_for(configuration, name, written) if written else now
    alone = f"by {file} alone: what people have changed and whose turn it is in a round robin is not known"
    plan = plan_of(configuration, configuration.services[name].policy)
    asked = frozenset[str]().union(*map(schedules_of, plan.policies.values()))
    calendars = (
        f"who is on call for {each} stands in a calendar that only the system reads"
        for each in sorted(asked & unread(configuration))
    )
    return Answer(
        **dict(rehearse(configuration, name, severity, at)), source=Source.FILE, notes=(alone, *calendars)
    )
