"""How does a delivery come in, whoever brings it? Understood, made safe, and only then answered.

The order is the promise: parse (pure), commit the delivery and its alerts, triage each of them, and start the
runs that are owed. Whatever fails after the commit is repaired by the watchdog; the alert is safe.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from incident.alert import Alert, EndState
from incident.configuration import Configuration
from incident.errors import IncidentError, MalformedPayload, PayloadError
from incident.sources import parse
from ledger.configurations import configuration_in_force
from ledger.intake import accept_delivery, alert_outcome, reject_delivery, triage_alert
from tasks.surroundings import Surroundings

BODY_LIMIT = 1024 * 1024
"""Bytes of one delivery."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """An alert that is safe, and what became of it (None: triage follows within seconds)."""

    fingerprint: str
    end_state: EndState | None
    incident: str | None
    reason: str


def in_force(surroundings: Surroundings) -> Configuration:
    """The configuration in force."""
    return surroundings.ledger.read(configuration_in_force)[1]


def read_json(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        MalformedPayload: it is no JSON; the message says where it stops being it.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        where = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise MalformedPayload(f"the body is no JSON{where}; send application/json in UTF-8") from None


def take(surroundings: Surroundings, source: str, dialect: str, body: bytes) -> list[Taken]:
    """Take a delivery: all of its alerts, or none.

    Raises:
        PayloadError: it cannot be understood; the delivery is kept as rejected.
        LedgerUnavailable: it could not be made safe; the sender should come again.
    """
    now, ledger = surroundings.now(), surroundings.ledger
    try:
        alerts = [_from_door(alert, source) for alert in parse(dialect, read_json(body))]
    except PayloadError as error:
        ledger.write(reject_delivery, source, body, str(error), now)
        raise
    return triage_all(surroundings, ledger.write(accept_delivery, source, body, alerts, now))


def triage_all(surroundings: Surroundings, alerts: Sequence[int]) -> list[Taken]:
    """Give each alert its end state; one that cannot be triaged now stays safe and is tried again."""
    for alert in alerts:
        try:
            surroundings.ledger.write(triage_alert, alert, surroundings.now())
        except IncidentError:
            logger.exception("alert %s is safe but could not be triaged yet", alert)
    return [_taken(surroundings, alert) for alert in alerts]


def _taken(surroundings: Surroundings, alert: int) -> Taken:
    row, incident = surroundings.ledger.read(alert_outcome, alert)
    return Taken(row.fingerprint, row.end_state, incident, row.reason)


def _from_door(alert: Alert, source: str) -> Alert:
    return alert.model_copy(update={"source": source})
