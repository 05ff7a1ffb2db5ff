"""Does what a sender repeats stay one row, on either database?"""

import json

from incident.alert import AlertStatus
from incident.lasting import Lasting
from ledger.engine import Ledger
from ledger.lasting import ENDED_AT_ONCE, FORGOTTEN_AFTER, end_unrepeated, lasting, remember, still_lasting
from ledger.tables import AlertRow, DeliveryRow, LastingAlertRow
from tests.ledger.desk import Desk, alert, at, together

SOURCE = "alertmanager"


def holds(until: float = 4, fingerprint: str = "f1") -> dict[str, Lasting]:
    return {fingerprint: Lasting(alert(fingerprint=fingerprint, labels={"a": "b"}), at(until), over=False)}


def test_what_is_remembered_is_read_back_by_source_and_name(ledger: Ledger) -> None:
    ledger.write(remember, SOURCE, holds(), {}, at(0))

    assert ledger.read(lasting, SOURCE, ["f1", "f2"]) == holds()
    assert ledger.read(lasting, "another", ["f1"]) == {}


def test_a_repetition_is_counted_in_its_row(ledger: Ledger) -> None:
    for minute in range(3):
        ledger.write(remember, SOURCE, holds(minute + 4), {}, at(minute))

    (row,) = Desk(ledger).rows(LastingAlertRow)
    assert (row.repeats, row.until, row.updated_at) == (2, at(6), at(2))


def test_many_posts_of_the_same_news_at_once_make_one_row(ledger: Ledger) -> None:
    together(*(lambda: ledger.write(remember, SOURCE, holds(), {}, at(0)) for _ in range(8)))

    assert len(Desk(ledger).rows(LastingAlertRow)) == 1


def test_what_was_ended_while_it_was_sent_again_is_news_the_next_time(ledger: Ledger) -> None:
    ledger.write(remember, SOURCE, holds(4), {}, at(0))
    known = ledger.read(lasting, SOURCE, ["f1"])
    assert len(ledger.write(end_unrepeated, at(4))) == 1
    ledger.write(remember, SOURCE, holds(8), known, at(4))

    assert ledger.read(lasting, SOURCE, ["f1"])["f1"].over
    ledger.write(remember, SOURCE, holds(9), ledger.read(lasting, SOURCE, ["f1"]), at(5))
    assert not ledger.read(lasting, SOURCE, ["f1"])["f1"].over


def test_more_conditions_than_fit_into_a_statement_are_found(ledger: Ledger) -> None:
    many = {name: condition for n in range(1_200) for name, condition in holds(fingerprint=f"f{n}").items()}
    ledger.write(remember, SOURCE, many, {}, at(0))

    assert len(ledger.read(lasting, SOURCE, many)) == 1_200
    assert len(ledger.read(still_lasting, SOURCE, at(1))) == 1_200
    assert len(ledger.write(end_unrepeated, at(5))) == ENDED_AT_ONCE


def test_the_recovery_of_what_fell_silent_is_accepted_with_what_its_sender_would_have_said(
    ledger: Ledger,
) -> None:
    ledger.write(remember, SOURCE, holds(), {}, at(0))
    assert ledger.write(end_unrepeated, at(3.9)) == []
    assert len(ledger.write(end_unrepeated, at(4))) == 1
    assert ledger.write(end_unrepeated, at(5)) == []

    (row,) = Desk(ledger).rows(AlertRow)
    (delivery,) = Desk(ledger).rows(DeliveryRow)
    assert (row.status, row.alert.ends_at, row.fingerprint) == (AlertStatus.RESOLVED, at(4), "f1")
    (said,) = json.loads(delivery.body)
    assert said == {"labels": {"a": "b"}, "startsAt": at(-1).isoformat(), "endsAt": at(4).isoformat()}


def test_what_is_long_over_is_forgotten(ledger: Ledger) -> None:
    ledger.write(remember, SOURCE, holds() | holds(until=10**6, fingerprint="f2"), {}, at(0))
    ledger.write(end_unrepeated, at(4))
    ledger.write(end_unrepeated, at(4) + FORGOTTEN_AFTER)
    assert len(Desk(ledger).rows(LastingAlertRow)) == 2
    ledger.write(end_unrepeated, at(5) + FORGOTTEN_AFTER)

    assert [row.fingerprint for row in Desk(ledger).rows(LastingAlertRow)] == ["f2"]


def test_what_holds_is_told_with_the_newest_alert_that_it_was_accepted_as(ledger: Ledger) -> None:
    desk = Desk(ledger)
    _, again = desk.accept(), desk.accept()
    ledger.write(remember, SOURCE, holds() | holds(fingerprint="f2"), {}, at(0))

    told = {row.fingerprint: accepted for row, accepted in ledger.read(still_lasting, SOURCE, at(1))}
    assert told["f2"] is None
    assert told["f1"] is not None
    assert told["f1"].id == again
