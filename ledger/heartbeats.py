"""Who is alive?"""

from datetime import datetime

from sqlmodel import Session, select

from ledger.tables import HeartbeatRow


def beat(session: Session, component: str, now: datetime, detail: str = "") -> None:
    """A part of the system says that it is alive."""
    row = session.get(HeartbeatRow, component) or HeartbeatRow(component=component, at=now)
    row.at, row.detail = now, detail
    session.add(row)


def heartbeats(session: Session) -> dict[str, datetime]:
    """When each part said so last."""
    return {row.component: row.at for row in session.exec(select(HeartbeatRow))}
