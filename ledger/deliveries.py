"""How are many deliveries made safe at once? A commit costs a write to the disk, whether of one or of fifty.

All of a group stand in one transaction. What is wrong with one of them is only its own: the others are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from incident.alert import Alert
from incident.triage_order import precedence
from incident.trust.request import Once
from ledger.intake import accept_delivery
from ledger.tables import AlertRow, DeliveryRow
from ledger.unavailable import OURS


@dataclass(frozen=True)
class Delivery:
    """What a monitor sent and what was understood of it; with a problem, nothing was."""

    source: str
    body: bytes
    received_at: datetime
    alerts: tuple[Alert, ...] = ()
    problem: str = ""
    once: Once | None = None
    remarks: tuple[str, ...] = ()


Numbers = list[int]
"""The numbers of a delivery's alerts in the ledger, in their order."""


def accept_deliveries(session: Session, deliveries: Sequence[Delivery]) -> list[Numbers]:
    """Keep all of these deliveries with their alerts, or none of them."""
    plain = [delivery for delivery in deliveries if delivery.once is None]
    numbers = iter(_inserted(session, plain))
    return [next(numbers) if each.once is None else _accept_once(session, each) for each in deliveries]


def accept_each(session: Session, deliveries: Sequence[Delivery]) -> list[Numbers | Exception]:
    """Keep those of these deliveries that can be kept; of the others, what is wrong with them.

    Raises:
        DBAPIError: what is wrong is the database.
    """
    return [_accepted(session, delivery) for delivery in deliveries]


def _accepted(session: Session, delivery: Delivery) -> Numbers | Exception:
    try:
        with session.begin_nested():
            return accept_deliveries(session, [delivery])[0]
    except Exception as fault:
        if isinstance(fault, DBAPIError) and not isinstance(fault, OURS):
            raise
        return fault


def _accept_once(session: Session, delivery: Delivery) -> Numbers:
    what = (delivery.source, delivery.body, delivery.alerts, delivery.received_at)
    return accept_delivery(session, *what, delivery.once, delivery.remarks)


def _inserted(session: Session, deliveries: Sequence[Delivery]) -> list[Numbers]:
    ids = _insert(session, DeliveryRow, [_delivery_row(delivery) for delivery in deliveries])
    rows = [
        _alert_row(number, delivery, alert)
        for number, delivery in zip(ids, deliveries, strict=True)
        for alert in delivery.alerts
    ]
    numbers = iter(_insert(session, AlertRow, rows))
    return [[next(numbers) for _ in delivery.alerts] for delivery in deliveries]


def _insert(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    if not rows:
        return []
    columns = table.__table__.c  # type: ignore[attr-defined]  # what SQLModel adds to the class
    statement = insert(table).returning(columns.id, sort_by_parameter_order=True)
    return list(session.connection().execute(statement, list(rows)).scalars())


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return dict(_blank(DeliveryRow)) | {
        "source": delivery.source,
        "received_at": delivery.received_at,
        "body": delivery.body,
        "problem": delivery.problem,
        "remarks": list(delivery.remarks),
    }


def _alert_row(delivery_id: int, delivery: Delivery, alert: Alert) -> dict[str, Any]:
    return dict(_blank(AlertRow)) | {
        "delivery_id": delivery_id,
        "source": alert.source,
        "fingerprint": alert.fingerprint,
        "status": alert.status,
        "received_at": delivery.received_at,
        "precedence": precedence(alert),
        "alert": alert,
    }


@cache
def _blank(table: type[SQLModel]) -> Mapping[str, Any]:
    """A new row's columns that have a default."""
    fields = {name: field for name, field in table.model_fields.items() if name != "id"}
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if not field.is_required()
    }
