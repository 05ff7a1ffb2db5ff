"""From what is a payload explained? The system with all that it knows now, else a configuration alone."""

import os
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from incident.alert import Alert
from incident.configuration import Configuration, Source
from incident.errors import NotFoundError
from incident.explaining import Explained, explain, situation_alone
from incident.sources import DIALECTS
from incident.sources.recognition import recognise
from ledger.configurations import configuration_in_force
from ledger.explaining import explain_alerts
from service.body import read_body
from service.cli.found import found_ledger
from service.configuration import FILE_NAME, load
from service.home import home_of
from service.understanding import understood

AUTO = "auto"
"""The source that stands for none in particular."""


class Basis(StrEnum):
    """What an explanation was made from."""

    LEDGER = "ledger"
    FILE = "file"


class Explanation(BaseModel):
    """What would happen to a payload; ``notes`` say what could not be known or read."""

    model_config = ConfigDict(frozen=True)

    basis: Basis
    source: str
    dialect: str
    alerts: tuple[Explained, ...]
    notes: tuple[str, ...] = ()


def explained(file: Path | None, source: str, body: bytes, now: datetime) -> Explanation:
    """What would happen by a file, else in the system, else by `incident.yaml` here.

    Raises:
        NotFoundError: there is no such source or dialect.
        PayloadError: the payload would be refused.
        ConfigurationError: the file is wrong, or there is none.
    """
    if file is None and (os.environ.get("INCIDENT_LEDGER_URL") or home_of(os.environ).read()):
        with found_ledger() as ledger:
            _, configuration = ledger.read(configuration_in_force)
            name, known, alerts, notes = _read(configuration, source, body)
            found = ledger.read(explain_alerts, configuration, alerts, now)
        return Explanation(
            basis=Basis.LEDGER, source=name, dialect=known.dialect, alerts=found, notes=tuple(notes)
        )
    written = file or Path(FILE_NAME)
    configuration = load(written)
    name, known, alerts, notes = _read(configuration, source, body)
    found = explain(configuration, alerts, lambda alert: situation_alone(configuration, alert, now))
    alone = f"by {written} alone: nothing is open, silenced or firing, and nothing came before"
    return Explanation(
        basis=Basis.FILE, source=name, dialect=known.dialect, alerts=found, notes=(alone, *notes)
    )


def _read(
    configuration: Configuration, source: str, body: bytes
) -> tuple[str, Source, Sequence[Alert], Sequence[str]]:
    """The source, and the alerts as it would take them, with what of the payload could not be read."""
    name, known = _source(configuration, source, body)
    message = understood(known, body)
    alerts = [alert.model_copy(update={"source": name}) for alert in message.alerts]
    return name, known, alerts, [f"not read: {remark}" for remark in message.remarks]


def _source(configuration: Configuration, given: str, body: bytes) -> tuple[str, Source]:
    """A source by its name, else the first one of a dialect, else as if there were one of that name."""
    wanted = recognise(read_body(body)).dialect if given == AUTO else given
    if wanted in configuration.sources:
        return wanted, configuration.sources[wanted]
    speaking = (pair for pair in configuration.sources.items() if pair[1].dialect == wanted)
    if (first := next(speaking, None)) is not None:
        return first
    if wanted not in DIALECTS:
        known = ", ".join(sorted({*configuration.sources, *DIALECTS}))
        raise NotFoundError(f"no source and no dialect is called {wanted!r}; known: {known}")
    return wanted, Source(dialect=wanted)
