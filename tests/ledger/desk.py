"""Who works with the ledger in these tests? A desk that takes alerts, on a clock that a test puts forward."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from incident.actions import Action
from incident.alert import Alert, AlertSeverity, AlertStatus
from ledger.engine import Ledger
from ledger.escalations import advance
from ledger.intake import accept_delivery, triage_alert
from ledger.tables import EscalationRow, FactRow, IncidentRow, PageRow

START = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
"""A Monday, before working hours; alice is on call until 08:00 UTC, then bob."""

Row = TypeVar("Row", bound=SQLModel)
T = TypeVar("T")


def at(minutes: float) -> datetime:
    """So many minutes after the first alert."""
    return START + timedelta(minutes=minutes)


def alert(**changes: Any) -> Alert:
    """Half of all payments fail, says the monitor."""
    plain = {
        "source": "alertmanager",
        "fingerprint": "f1",
        "status": AlertStatus.FIRING,
        "title": "Error rate",
        "severity": AlertSeverity.CRITICAL,
        "service": "checkout",
        "starts_at": at(-1),
    }
    return Alert.model_validate(plain | changes)


def together(*works: Callable[[], T]) -> list[T]:
    """Do all of these at the same moment, each in a thread of its own; their results in order."""
    gate = Barrier(len(works))

    def begin(work: Callable[[], T]) -> T:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


class Desk:
    """Somebody who takes alerts and looks into the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def take(self, now: datetime = START, **changes: Any) -> IncidentRow | None:
        """Take one alert through the door; returns the incident it belongs to."""
        return self.triage(self.accept(now, **changes), now)

    def accept(self, now: datetime = START, **changes: Any) -> int:
        """Make one alert safe, and die before it is triaged."""
        (number,) = self.ledger.write(accept_delivery, "alertmanager", b"{}", [alert(**changes)], now)
        return number

    def triage(self, number: int, now: datetime = START) -> IncidentRow | None:
        """Give an alert its end state."""
        return self.ledger.write(triage_alert, number, now)

    def open(self, now: datetime = START, **changes: Any) -> IncidentRow:
        """An incident that an alert has opened."""
        incident = self.take(now, **changes)
        assert incident is not None
        return incident

    def climb(self, minutes: float) -> tuple[Action, ...]:
        """Take the step of the first escalation that is due so many minutes after the first alert."""
        return self.ledger.write(advance, self.escalation().id or 0, at(minutes))

    def escalation(self, number: int = 1) -> EscalationRow:
        """An escalation, from 1."""
        return self.rows(EscalationRow)[number - 1]

    def pages(self) -> list[tuple[str, str]]:
        """Who was to be paged, and what became of it."""
        return [(page.person, page.state.value) for page in self.rows(PageRow)]

    def timeline(self) -> list[tuple[str, str]]:
        """Kind and text of every line, in their order."""
        return [(fact.kind.value, fact.text) for fact in self.rows(FactRow)]

    def said(self, kind: str) -> list[str]:
        """The lines of one kind."""
        return [text for known, text in self.timeline() if known == kind]

    def incident(self) -> IncidentRow:
        """The only incident as it stands."""
        (row,) = self.rows(IncidentRow)
        return row

    def rows(self, table: type[Row]) -> Sequence[Row]:
        """Every row of a table, oldest first."""
        return self.ledger.read(_all, table)


def _all(session: Session, table: type[Row]) -> Sequence[Row]:
    (key,) = table.__table__.primary_key.columns  # type: ignore[attr-defined]  # SQLModel tables have it
    return session.exec(select(table).order_by(col(key))).all()
