"""Which pages did a message of a chat bring? By the id that its provider gave it, `<room>/<message>`."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from ledger.notification_tables import NotificationRow


def pages_of_message(session: Session, connections: Collection[str], provider_id: str) -> tuple[int, ...]:
    """The pages that a message told about, oldest first: several, if they waited for their turn together."""
    told = col(NotificationRow.via).in_(connections), col(NotificationRow.provider_id) == provider_id
    found = session.exec(select(NotificationRow.page_id).where(*told)).all()
    return tuple(sorted(set(found)))


def is_room_of_pages(session: Session, connections: Collection[str], room: str) -> bool:
    """Did a page come into this room?"""
    inside = col(NotificationRow.provider_id).startswith(f"{room}/", autoescape=True)
    found = select(NotificationRow.id).where(col(NotificationRow.via).in_(connections), inside)
    return session.exec(found.limit(1)).first() is not None
