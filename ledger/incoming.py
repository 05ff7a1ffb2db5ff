"""What came in lately? Read by bounded look-ups along the keys, so that a storm of alerts does not slow it.

A page looks at no more than the newest `WINDOW` deliveries before its place; whatever is filtered for, it
reads no more than those. What lies before is on the next page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, func, or_, type_coerce
from sqlmodel import Session, col, desc, exists, select

from incident.alert import EndState
from incident.errors import NotFoundError
from incident.incoming import REJECTED, WAITING, Asked, Came, Incoming, Place, fold, newest_first
from incident.masked_alert import masked_alert
from ledger.tables import AlertRow, DeliveryRow, IncidentRow

PAGE, WINDOW = 50, 20_000
RAW = 1000
"""So many alerts are folded into the lines of one page, at most."""


@dataclass(frozen=True)
class Delivered:
    """A delivery as it came, with its alerts and what became of them."""

    row: DeliveryRow
    alerts: tuple[Came, ...]
    more: bool


def incoming(
    session: Session, asked: Asked, before: Place | None, *, limit: int = PAGE, repeats: bool = False
) -> Incoming:
    """A page of what came in before a place (None: the newest)."""
    top = before or Place(delivery=(session.exec(select(func.max(DeliveryRow.id))).one() or 0) + 1)
    bottom = max(top.delivery - WINDOW, 0)
    read = max(limit + 1, RAW)
    found = newest_first(_alerts(session, asked, top, bottom, read), _lone(session, asked, top, bottom, read))
    lines, told = fold(found[:read], limit, repeats=repeats)
    if told < len(found):
        return Incoming(lines=lines, older=found[told - 1].place)
    return Incoming(lines=lines, older=Place(delivery=bottom) if bottom > 1 else None)


def delivered(session: Session, number: int, limit: int = 200) -> Delivered:
    """A delivery by its number.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(DeliveryRow, number)
    if row is None:
        raise NotFoundError(f"no delivery {number}")
    query = _with_incident().where(AlertRow.delivery_id == number).order_by(col(AlertRow.id)).limit(limit + 1)
    found = [_came(*each) for each in session.exec(query)]
    return Delivered(row, tuple(found[:limit]), more=len(found) > limit)


def _alerts(session: Session, asked: Asked, top: Place, bottom: int, limit: int) -> list[Came]:
    """Alerts; those of the delivery at which the page begins only as far as they come before it."""
    if asked.state == REJECTED:
        return []
    inside = col(AlertRow.delivery_id) < top.delivery
    if top.alert:
        rest = and_(col(AlertRow.delivery_id) == top.delivery, col(AlertRow.id) < top.alert)
        inside = or_(inside, rest)
    query = _with_incident().where(inside, col(AlertRow.delivery_id) >= bottom, *_wanted(asked))
    newest = query.order_by(col(AlertRow.delivery_id).desc(), col(AlertRow.id).desc()).limit(limit)
    return [_came(*each) for each in session.exec(newest)]


def _wanted(asked: Asked) -> list[Any]:
    wanted: list[Any] = []
    if asked.source:
        wanted.append(AlertRow.source == asked.source)
    if asked.service:
        wanted.append(AlertRow.service == asked.service)
    if asked.since:
        wanted.append(AlertRow.received_at >= asked.since)
    if asked.state == WAITING:
        wanted.append(col(AlertRow.end_state).is_(None))
    elif asked.state:
        wanted.append(AlertRow.end_state == EndState(asked.state))
    if asked.text:
        wanted.append(_says(asked.text))
    return wanted


def _says(text: str) -> ColumnElement[bool]:
    """Does an alert have this text in what people know it by? Upper and lower case are one."""
    alert = type_coerce(col(AlertRow.alert), JSON)
    places = [alert["title"].as_string(), alert["labels"].as_string(), col(AlertRow.fingerprint)]
    return or_(*(place.icontains(text, autoescape=True) for place in (*places, col(AlertRow.service))))


def _lone(session: Session, asked: Asked, top: Place, bottom: int, limit: int) -> list[Came]:
    """Deliveries without an alert: they were rejected, or there was nothing in them."""
    if asked.service or asked.state not in ("", REJECTED):
        return []
    has_alerts = exists().where(col(AlertRow.delivery_id) == DeliveryRow.id)
    inside = col(DeliveryRow.id) < top.delivery, col(DeliveryRow.id) >= bottom, ~has_alerts
    columns = select(DeliveryRow.id, DeliveryRow.source, DeliveryRow.received_at, DeliveryRow.problem)
    query = columns.where(*inside).order_by(desc(col(DeliveryRow.id))).limit(limit)
    if asked.state == REJECTED:
        query = query.where(DeliveryRow.problem != "")
    if asked.source:
        query = query.where(DeliveryRow.source == asked.source)
    if asked.since:
        query = query.where(DeliveryRow.received_at >= asked.since)
    if asked.text:
        query = query.where(col(DeliveryRow.problem).icontains(asked.text, autoescape=True))
    return [
        Came(place=Place(delivery=number or 0), source=source, received_at=at, reason=problem)
        for number, source, at, problem in session.exec(query)
    ]


def _with_incident() -> Any:
    of_it = col(AlertRow.incident_id) == IncidentRow.id
    return select(AlertRow, IncidentRow.key).join(IncidentRow, of_it, isouter=True)


def _came(row: AlertRow, incident: str | None) -> Came:
    """For people: the secrets in it are masked."""
    place = Place(delivery=row.delivery_id, alert=row.id or 0)
    known = row.model_dump(
        include={"source", "received_at", "fingerprint", "status", "service", "end_state", "reason"}
    )
    return Came(place=place, incident=incident, alert=masked_alert(row.alert), **known)


def sources_and_services(session: Session, recent: int = 2000) -> tuple[Sequence[str], Sequence[str]]:
    """What one can filter by: the sources and services of the newest alerts."""
    newest = (session.exec(select(func.max(AlertRow.id))).one() or 0) - recent
    lately = select(AlertRow.source, AlertRow.service).where(col(AlertRow.id) > newest).distinct()
    found = session.exec(lately).all()
    return sorted({source for source, _ in found}), sorted({service for _, service in found if service})
