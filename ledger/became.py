"""What became of a page at its provider? The one place where it is written, whether asked for or told.

An acknowledgement there is one here, and a page that did not arrive takes its next way. Saying it again
changes nothing.
"""

from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from incident.decisions import Via
from incident.delivery import Delivery, DeliveryState, acknowledged_by, is_news
from ledger.configurations import configuration_of
from ledger.escalations import acknowledge
from ledger.failing import did_not_arrive
from ledger.owed import OwedNotification, find_notification


def became(session: Session, notification_id: int, delivery: Delivery, now: datetime) -> None:
    """Write what a provider says of a page that it took; what is no news changes nothing.

    Raises:
        NotFoundError: there is no such notification.
    """
    found = find_notification(session, notification_id)
    row = found.notification
    if not is_news(row.delivery, delivery.state):
        return
    row.delivery = delivery.state
    session.add(row)
    match delivery.state:
        case DeliveryState.SENT:
            pass
        case DeliveryState.DELIVERED:
            row.delivered_at = now
        case DeliveryState.FAILED:
            row.follow_at = None
            did_not_arrive(session, found, f"{row.via} says: {delivery.detail or delivery.state}", now)
        case DeliveryState.ACKNOWLEDGED:
            row.follow_at, row.delivered_at = None, row.delivered_at or now
            _acknowledged(session, found, delivery.acknowledged_by, now)
        case _:
            assert_never(delivery.state)


def _acknowledged(session: Session, found: OwedNotification, said: str, now: datetime) -> None:
    row, page = found.notification, found.page
    configuration = configuration_of(session, found.incident)
    person = acknowledged_by(configuration, row.via, said, page.person)
    acknowledge(session, page.escalation_id, person, Via.PROVIDER, now, page_id=page.id)
