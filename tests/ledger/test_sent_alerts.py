"""Does a sender learn what it sent, on either database?"""

import pytest

from incident.alert import AlertStatus
from incident.errors import NotFoundError
from incident.timeline import Kind
from ledger.engine import Ledger
from ledger.intake import accept_delivery
from ledger.sent_alerts import count_sent, note_of_sender, of_sender, sent_alert, sent_alerts
from ledger.tables import AlertRow, FactRow
from tests.ledger.desk import Desk, alert, at

SOURCE = "alertmanager"


def take(ledger: Ledger, *alerts: object) -> list[int]:
    return ledger.write(accept_delivery, SOURCE, b"{}", alerts, at(0))


def test_a_condition_is_told_with_its_first_number_and_its_latest_state(ledger: Ledger) -> None:
    recovery = alert(status=AlertStatus.RESOLVED)
    numbers = take(ledger, alert(), alert(title="again"), recovery, alert(status=AlertStatus.INFO))
    told = ledger.read(sent_alert, SOURCE, "f1")

    assert (told.number, told.fired, told.alert.title) == (numbers[0], 2, "again")
    assert (told.status, told.is_open) == (AlertStatus.RESOLVED, False)


def test_an_acknowledgement_leaves_it_open(ledger: Ledger) -> None:
    take(ledger, alert(), alert(status=AlertStatus.ACKNOWLEDGED))
    told = ledger.read(sent_alert, SOURCE, "f1")

    assert (told.status, told.is_open) == (AlertStatus.ACKNOWLEDGED, True)


def test_what_never_fired_is_not_known(ledger: Ledger) -> None:
    take(ledger, alert(status=AlertStatus.RESOLVED))
    with pytest.raises(NotFoundError):
        ledger.read(sent_alert, SOURCE, "f1")


def test_conditions_are_told_newest_first_page_by_page(ledger: Ledger) -> None:
    take(ledger, *(alert(fingerprint=f"f{n}") for n in (1, 2, 3)), alert(fingerprint="f1"))

    pages = [ledger.read(sent_alerts, SOURCE, offset, 2) for offset in (0, 2)]
    assert [[each.alert.fingerprint for each in page] for page in pages] == [["f3", "f2"], ["f1"]]
    assert ledger.read(count_sent, SOURCE) == 3


def test_an_alert_of_another_source_is_not_known(ledger: Ledger) -> None:
    (number,) = take(ledger, alert())
    with pytest.raises(NotFoundError):
        ledger.read(of_sender, "another", number)
    with pytest.raises(NotFoundError):
        ledger.read(of_sender, SOURCE, number + 1)


def test_a_note_triages_what_came_before_it_and_lands_on_the_incident(ledger: Ledger) -> None:
    _, noted = take(ledger, alert(), alert(status=AlertStatus.INFO))
    key = ledger.write(note_of_sender, noted, "n" * 5_000, "kim", at(1))

    desk = Desk(ledger)
    assert key == "INC-1"
    assert all(row.end_state for row in desk.rows(AlertRow))
    (fact,) = [fact for fact in desk.rows(FactRow) if fact.kind is Kind.NOTE]
    assert (len(fact.text), fact.by, fact.via) == (4_001, "kim", SOURCE)


def test_a_note_about_what_nobody_knows_lands_nowhere(ledger: Ledger) -> None:
    (noted,) = take(ledger, alert(status=AlertStatus.INFO))

    assert ledger.write(note_of_sender, noted, "n", "kim", at(1)) is None
