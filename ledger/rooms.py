"""Which incident is a chat room about?"""

from sqlmodel import Session, col, desc, select

from ledger.tables import EffectRow, IncidentRow

ROOM = "room"
"""The effect that opens it; its result has the room's id."""


def incident_of_room(session: Session, room: str) -> str | None:
    """The key of the incident whose room this is, by the id that the chat has for it: the newest one."""
    known = (
        select(IncidentRow.key)
        .join(EffectRow, col(EffectRow.incident_id) == IncidentRow.id)
        .where(EffectRow.name == ROOM, col(EffectRow.result)["id"].as_string() == room)
    )
    return session.exec(known.order_by(desc(col(IncidentRow.id)))).first()
