"""How does a delivery come in, whoever brings it? Understood, made safe, and only then answered.

The order is the promise: parse (pure), commit the delivery and its alerts, triage each of them, and start the
runs that are owed. Whatever fails after the commit is repaired by the watchdog; the alert is safe. Where the
web service runs, its line does the writing (`service.intake_line`), else whoever brings the delivery.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from incident.alert import Alert, EndState
from incident.configuration import DeliveryLimit
from incident.errors import LedgerUnavailable, PayloadError
from incident.sources import Understood
from incident.sources import read as understand
from incident.sources.remarks import noting, remarks
from incident.trust.request import Once
from ledger.deliveries import Delivery, accept_deliveries
from ledger.intake import alert_outcome, triage_alert
from service.body import read_body
from service.gathering import TooBusy, TooMany
from service.in_force import in_force
from service.intake_line import IntakeLine, Safe
from service.lines import line_of
from tasks.surroundings import Surroundings

BODY_LIMIT = 1024 * 1024
"""Bytes of one delivery."""

BUSY = 503

SMALL = 16 * 1024
"""A body of at most so many bytes is read at once: to go to another thread would take longer."""

TOLD_WITHIN = timedelta(seconds=1)
"""So long a delivery that is safe waits to be told what became of its alerts."""

logger = logging.getLogger(__name__)

Read = Callable[[], Sequence[Alert] | Understood]


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


def take(
    surroundings: Surroundings, source: str, dialect: str, body: bytes, once: Once | None = None
) -> Delivered:
    """Take a delivery: all of its alerts, or none; one whose key ``once`` was taken before changes nothing.

    Raises:
        PayloadError: it cannot be understood; the delivery is kept as rejected.
        LedgerUnavailable: it could not be made safe; the sender should come again.
        TooMany: it is over a limit, and was not looked at; the sender should come again.
    """
    return take_read(surroundings, source, body, lambda: understand(dialect, read_body(body)), once)


def take_read(
    surroundings: Surroundings, source: str, body: bytes, read: Read, once: Once | None = None
) -> Delivered:
    """The same where the body alone does not tell its alerts: ``read`` finds them, or raises PayloadError."""
    line = _admitted(surroundings, source)
    delivery, refusal = _reading(surroundings, source, body, read, once)
    safe = _put(line, surroundings, delivery).result() if line else _written_alone(surroundings, delivery)
    if refusal:
        raise refusal
    return _delivered(surroundings, delivery, safe)


async def take_soon(
    surroundings: Surroundings, source: str, body: bytes, read: Read, once: Once | None = None
) -> Delivered:
    """`take_read` from a coroutine, which holds no thread while it waits for its commit."""
    line = _admitted(surroundings, source)
    if line is None:
        return await asyncio.to_thread(take_read, surroundings, source, body, read, once)
    what = (surroundings, source, body, read, once)
    delivery, refusal = _reading(*what) if len(body) <= SMALL else await asyncio.to_thread(_reading, *what)
    safe = await asyncio.wrap_future(_put(line, surroundings, delivery))
    if refusal:
        raise refusal
    if safe.looked is None:
        return _delivered(surroundings, delivery, safe)
    return await asyncio.to_thread(_delivered, surroundings, delivery, safe)


def triage_all(surroundings: Surroundings, alerts: Sequence[int]) -> int:
    """Give each alert its end state; one that cannot be triaged is tried again. Returns how many have one."""
    return sum([_triaged(surroundings, alert) for alert in alerts])


def _admitted(surroundings: Surroundings, source: str) -> IntakeLine | None:
    """The line to stand in, if the source may send more."""
    line = line_of(surroundings.ledger)
    if line is not None:
        with _limited(surroundings, source) as limit:
            line.rates.admit(source, limit)
    return line


def _put(line: IntakeLine, surroundings: Surroundings, delivery: Delivery) -> Future[Safe]:
    with _limited(surroundings, delivery.source):
        return line.put(delivery)


@contextmanager
def _limited(surroundings: Surroundings, source: str) -> Iterator[DeliveryLimit]:
    """The limit of a source, within which it hears that it is over it as its configuration says."""
    known = in_force(surroundings).sources.get(source)
    limit = known.limit if known else DeliveryLimit()
    try:
        yield limit
    except TooMany as many:
        raise (TooBusy(str(many), many.after) if limit.answer == BUSY else many) from None


def _reading(
    surroundings: Surroundings, source: str, body: bytes, read: Read, once: Once | None
) -> tuple[Delivery, PayloadError | None]:
    """The delivery as it will be kept, and why it is refused, if it is."""
    now = surroundings.now()
    try:
        understood = _understood(read)
    except PayloadError as refusal:
        return Delivery(source, body, now, problem=str(refusal)), refusal
    alerts = tuple(alert.model_copy(update={"source": source}) for alert in understood.alerts)
    return Delivery(source, body, now, alerts, once=once, remarks=understood.remarks), None


def _understood(read: Read) -> Understood:
    with noting() as notes:
        found = read()
    of_body = remarks(None, notes)
    if isinstance(found, Understood):
        return Understood(found.alerts, (*of_body, *found.remarks))
    return Understood(tuple(found), of_body)


def _written_alone(surroundings: Surroundings, delivery: Delivery) -> Safe:
    (numbers,) = surroundings.ledger.write(accept_deliveries, [delivery])
    triage_all(surroundings, numbers)
    looked: Future[None] = Future()
    looked.set_result(None)
    return Safe(numbers, looked)


def _triaged(surroundings: Surroundings, alert: int) -> bool:
    try:
        surroundings.ledger.write(triage_alert, alert, surroundings.now())
    except Exception:  # the alert is safe: a fault of ours may neither reach its sender nor stop the next one
        logger.exception("alert %s is safe but could not be triaged yet", alert)
        return False
    return True


def _delivered(surroundings: Surroundings, delivery: Delivery, safe: Safe) -> Delivered:
    # Of a delivery that came before, the alerts are those of the first time.
    pairs = list(zip(safe.numbers, delivery.alerts, strict=delivery.once is None))
    if safe.looked is None:
        return Delivered((_pending(*pair) for pair in pairs), delivery.remarks)
    try:
        safe.looked.result(TOLD_WITHIN.total_seconds())
    except TimeoutError:
        logger.info("a delivery is answered before its alerts are triaged")
    try:
        return Delivered(surroundings.ledger.read(_outcomes, safe.numbers), delivery.remarks)
    except LedgerUnavailable:
        return Delivered((_pending(*pair) for pair in pairs), delivery.remarks)


def _outcomes(session: Session, numbers: Sequence[int]) -> list[Taken]:
    found = ((number, *alert_outcome(session, number)) for number in numbers)
    return [
        Taken(row.fingerprint, row.end_state, incident, row.reason, number) for number, row, incident in found
    ]


def _pending(number: int, alert: Alert) -> Taken:
    return Taken(alert.fingerprint, None, None, "", number)
