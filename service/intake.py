"""How does a delivery come in, whoever brings it? Understood, made safe, and only then answered.

The order is the promise: parse (pure), commit the delivery and its alerts, triage each of them, and start the
runs that are owed. Whatever fails after the commit is repaired by the watchdog; the alert is safe.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from incident.alert import Alert, EndState
from incident.configuration import Configuration
from incident.errors import LedgerUnavailable, NotFoundError, PayloadError
from incident.sources import Understood
from incident.sources import read as understand
from incident.sources.remarks import noting, remarks
from incident.trust.request import Once
from ledger.configurations import configuration_in_force
from ledger.intake import accept_delivery, alert_outcome, reject_delivery, triage_alert
from service.body import read_body
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
    number: int
    """Of the alert in the ledger."""


class Delivered(list[Taken]):
    """The alerts of one delivery in its order, and in sentences what of it could not be read."""

    def __init__(self, alerts: Iterable[Taken], remarks: tuple[str, ...]) -> None:
        super().__init__(alerts)
        self.remarks = remarks


def in_force(surroundings: Surroundings) -> Configuration:
    """The configuration in force.

    Raises:
        LedgerUnavailable: there is none yet; a sender that heard of an unknown source would give up.
    """
    try:
        return surroundings.ledger.read(configuration_in_force)[1]
    except NotFoundError as error:
        raise LedgerUnavailable(str(error)) from None


def take(
    surroundings: Surroundings, source: str, dialect: str, body: bytes, once: Once | None = None
) -> Delivered:
    """Take a delivery: all of its alerts, or none; one whose key ``once`` was taken before changes nothing.

    Raises:
        PayloadError: it cannot be understood; the delivery is kept as rejected.
        LedgerUnavailable: it could not be made safe; the sender should come again.
    """
    return take_read(surroundings, source, body, lambda: understand(dialect, read_body(body)), once)


def take_read(
    surroundings: Surroundings,
    source: str,
    body: bytes,
    read: Callable[[], Sequence[Alert] | Understood],
    once: Once | None = None,
) -> Delivered:
    """The same where the body alone does not tell its alerts: ``read`` finds them, or raises PayloadError.

    Raises:
        PayloadError: it cannot be understood; the delivery is kept as rejected.
        LedgerUnavailable: it could not be made safe; the sender should come again.
    """
    now, ledger = surroundings.now(), surroundings.ledger
    try:
        understood = _understood(read)
    except PayloadError as error:
        ledger.write(reject_delivery, source, body, str(error), now)
        raise
    alerts = [_from_door(alert, source) for alert in understood.alerts]
    safe = ledger.write(accept_delivery, source, body, alerts, now, once, understood.remarks)
    triage_all(surroundings, safe)
    # Of a delivery that came before, the alerts are those of the first time.
    pairs = zip(safe, alerts, strict=once is None)
    return Delivered((_taken(surroundings, *pair) for pair in pairs), understood.remarks)


def _understood(read: Callable[[], Sequence[Alert] | Understood]) -> Understood:
    with noting() as notes:
        found = read()
    return found if isinstance(found, Understood) else Understood(tuple(found), remarks(None, notes))


def triage_all(surroundings: Surroundings, alerts: Sequence[int]) -> int:
    """Give each alert its end state; one that cannot be triaged is tried again. Returns how many have one."""
    return sum([_triaged(surroundings, alert) for alert in alerts])


def _triaged(surroundings: Surroundings, alert: int) -> bool:
    try:
        surroundings.ledger.write(triage_alert, alert, surroundings.now())
    except Exception:  # the alert is safe: a fault of ours may neither reach its sender nor stop the next one
        logger.exception("alert %s is safe but could not be triaged yet", alert)
        return False
    return True


def _taken(surroundings: Surroundings, number: int, alert: Alert) -> Taken:
    try:
        row, incident = surroundings.ledger.read(alert_outcome, number)
    except LedgerUnavailable:
        return Taken(alert.fingerprint, None, None, "", number)
    return Taken(row.fingerprint, row.end_state, incident, row.reason, number)


def _from_door(alert: Alert, source: str) -> Alert:
    return alert.model_copy(update={"source": source})
