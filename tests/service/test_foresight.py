"""Does the outlook know what the ledger knows: overrides that people made, and calendars of others?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from incident.foreign_calendar import Imported
from incident.publication import CalendarOf
from ledger.calendar_tables import ForeignCalendarRow
from ledger.engine import Ledger
from ledger.migrating import migrate
from service.foresight import foresee, foresee_edit
from tests.incident.organisations import organisation

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = {
    "alice": {"name": "Alice", "contacts": [{"via": "mail", "to": "a@example.com"}]},
    "bob": {"name": "Bob", "contacts": [{"via": "hook", "to": "https://example.com"}]},
}
CONNECTIONS = {"mail": {"type": "smtp-mail"}, "hook": {"type": "signed-webhook"}}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(ledger)
    yield ledger
    ledger.close()


def imported(session: Session, start: datetime, end: datetime) -> None:
    shift = Imported(start=start, end=end, people=("alice",), summary="alice")
    session.add(ForeignCalendarRow(whose=CalendarOf.SCHEDULE, name="primary", settings="", entries=(shift,)))


def test_a_gap_in_a_calendar_that_was_read_is_told(ledger: Ledger) -> None:
    calendar = {"url": "https://calendar.example.com/rota.ics"}
    schedule = {"timezone": "UTC", "layers": [], "calendar": calendar}
    small = organisation(people=PEOPLE, connections=CONNECTIONS, schedules={"primary": schedule}, use={})
    assert list(foresee_edit(ledger, NOW, small)) == []

    ledger.write(imported, NOW, NOW + 10 * DAY)
    (gap,) = foresee_edit(ledger, NOW, small)
    assert gap.message == (
        "nobody is on call from Thu 11 Mar 00:00 to Wed 31 Mar 00:00 UTC: its calendar names nobody"
    )


def test_only_a_check_asks_who_has_tried_a_contact(ledger: Ledger) -> None:
    small = organisation(people=PEOPLE, connections=CONNECTIONS, use={})
    contacts = [each.place[:2] for each in foresee(ledger, NOW, small) if each.place[0] == "people"]
    assert contacts == [("people", "alice"), ("people", "bob")]
    assert not any(each.place[0] == "people" for each in foresee_edit(ledger, NOW, small))
