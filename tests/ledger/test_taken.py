"""Does a signed delivery count once, whoever brings it again and however often?"""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from incident.trust.request import Once
from ledger.engine import Ledger
from ledger.intake import accept_delivery
from ledger.subscriptions import (
    AT_ONCE,
    VALID,
    confirmation_failed,
    confirmations_due,
    confirmed,
    owe_confirmation,
    take_confirmation,
)
from ledger.tables import AlertRow, DeliveryRow
from ledger.taken import anything_expired, forget_taken
from ledger.trust_tables import SubscriptionRow, TakenRow
from tests.ledger.desk import START, Desk, alert, at, together

ONCE = Once("k1", at(5))


def taken(ledger: Ledger, once: Once = ONCE, minutes: float = 0, source: str = "pagerduty") -> list[int]:
    return ledger.write(accept_delivery, source, b"{}", [alert(), alert()], at(minutes), once)


def test_what_comes_again_gets_the_alerts_of_the_first_time_and_leaves_nothing(
    ledger: Ledger, desk: Desk
) -> None:
    first = taken(ledger)
    assert taken(ledger, minutes=3) == first
    assert (len(desk.rows(DeliveryRow)), len(desk.rows(AlertRow))) == (1, 2)


def test_of_several_at_the_same_moment_one_is_taken(ledger: Ledger, desk: Desk) -> None:
    answers = together(*(lambda: taken(ledger) for _ in range(4)))
    assert len({tuple(answer) for answer in answers}) == 1
    assert (len(desk.rows(DeliveryRow)), len(desk.rows(TakenRow))) == (1, 1)


def test_another_key_or_another_source_is_another_delivery(ledger: Ledger) -> None:
    assert len({*taken(ledger), *taken(ledger, Once("k2", at(5))), *taken(ledger, source="sentry")}) == 6


def test_a_key_holds_no_longer_than_it_says(ledger: Ledger, desk: Desk) -> None:
    assert taken(ledger) != taken(ledger, Once("k1", at(20)), minutes=6)
    assert len(desk.rows(TakenRow)) == 1


def test_a_delivery_that_cannot_be_kept_does_not_take_its_key(ledger: Ledger, desk: Desk) -> None:
    nameless = alert().model_copy(update={"fingerprint": None})
    with pytest.raises(IntegrityError):
        ledger.write(accept_delivery, "pagerduty", b"{}", [nameless], START, ONCE)
    assert desk.rows(TakenRow) == []
    assert len(taken(ledger)) == 2


def test_expired_keys_are_forgotten(ledger: Ledger, desk: Desk) -> None:
    taken(ledger)
    assert not ledger.read(anything_expired, at(5))
    assert ledger.read(anything_expired, at(6))
    ledger.write(forget_taken, at(6))
    assert desk.rows(TakenRow) == []


def owed(ledger: Ledger, message_id: str = "m1") -> None:
    ledger.write(owe_confirmation, "aws", "arn:aws:sns:x", message_id, "https://sns.example/?Token=t", START)


def test_a_subscription_is_owed_once_for_each_message_that_asks(ledger: Ledger, desk: Desk) -> None:
    for message_id in ("m1", "m1", "m2"):
        owed(ledger, message_id)
    assert [row.message_id for row in desk.rows(SubscriptionRow)] == ["m1", "m2"]
    assert list(ledger.read(confirmations_due, START)) == [1, 2]


def test_who_takes_a_confirmation_has_it_alone(ledger: Ledger) -> None:
    owed(ledger)
    assert ledger.write(take_confirmation, 1, START) is not None
    assert ledger.write(take_confirmation, 1, START) is None


def test_what_is_confirmed_is_settled(ledger: Ledger, desk: Desk) -> None:
    owed(ledger)
    ledger.write(confirmed, 1, at(1))
    assert list(ledger.read(confirmations_due, at(1000))) == []
    assert desk.rows(SubscriptionRow)[0].confirmed_at == at(1)


def test_what_fails_is_tried_again_after_growing_pauses_until_amazon_has_forgotten_it(
    ledger: Ledger, desk: Desk
) -> None:
    owed(ledger)
    now, pauses = START, list[timedelta]()
    while (row := ledger.write(take_confirmation, 1, now)) is not None:
        ledger.write(confirmation_failed, 1, "busy", now, for_good=False)
        due = desk.rows(SubscriptionRow)[0].due_at
        pauses.append((due or now) - now)
        now = due or now
        if due is None:
            break
    assert row is not None
    assert pauses[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert START + VALID - timedelta(hours=2) < now <= START + VALID


def test_what_is_refused_is_not_tried_again(ledger: Ledger, desk: Desk) -> None:
    owed(ledger)
    ledger.write(confirmation_failed, 1, "refused", START, for_good=True)
    assert (desk.rows(SubscriptionRow)[0].due_at, desk.rows(SubscriptionRow)[0].problem) == (None, "refused")


def test_so_many_are_confirmed_at_once_and_no_more(ledger: Ledger) -> None:
    for number in range(AT_ONCE + 3):
        owed(ledger, f"m{number}")
    assert len(ledger.read(confirmations_due, START)) == AT_ONCE
