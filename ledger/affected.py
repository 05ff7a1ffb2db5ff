"""Which other incidents weigh on the same products?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from incident.decisions import Assessment
from incident.severity import Severity
from ledger.configurations import configuration_of
from ledger.incidents import find_incident, live_incidents


@dataclass(frozen=True)
class Burden:
    """An incident that goes on, and the products it weighs on."""

    products: tuple[str, ...]
    severity: Severity
    assessment: Assessment | None


def other_burdens(session: Session, key: str) -> Sequence[Burden]:
    """The other incidents that customers were told of and that go on."""
    own = find_incident(session, key).id
    return [
        Burden(configuration_of(session, row).services[row.service].products, row.severity, row.assessment)
        for row in live_incidents(session)
        if row.id != own and row.first_update_at
    ]
