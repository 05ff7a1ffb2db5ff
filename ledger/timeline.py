"""What happened, line by line?"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from incident.timeline import Kind
from ledger.tables import FactRow


def note(
    session: Session,
    incident_id: int,
    now: datetime,
    kind: Kind,
    text: str,
    /,
    *,
    by: str = "",
    via: str = "",
    **data: Any,
) -> FactRow:
    """Add a line to an incident's timeline."""
    fact = FactRow(incident_id=incident_id, at=now, kind=kind, text=text, by=by, via=via, data=data)
    session.add(fact)
    return fact
