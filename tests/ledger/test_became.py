"""What became of a page at its provider, and what does that change?"""

import pytest

from incident.decisions import Via
from incident.delivery import Delivery, DeliveryState
from incident.errors import NotFoundError
from incident.following import LOOKS
from incident.progress import Stage
from ledger.became import became
from ledger.configurations import accept_configuration
from ledger.escalations import acknowledge
from ledger.following import stop_following, take_to_follow, to_follow
from ledger.notification_tables import NotificationRow
from ledger.notifications import notification_sent, take_due
from ledger.pages import pages_owed
from ledger.story import tell
from ledger.tables import FactRow, PageRow
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import Desk, at

CONTACTS = [{"via": "push"}, {"via": "text", "name": "sms", "to": "+39"}]


@pytest.fixture
def paged(desk: Desk) -> Desk:
    """Alice has a push message; a text message would follow after two minutes, by one of two providers."""
    rules = {"high": [{"by": "push"}, {"by": "sms", "after": "2m"}]}
    ways = {"push": {"type": "x"}, "text": {"type": "x", "instead": "other"}, "other": {"type": "x"}}
    firm = organisation(
        people=SMALL["people"] | {"alice": {"name": "Alice", "contacts": CONTACTS, "rules": rules}},
        connections=SMALL["connections"] | ways,
    )
    desk.ledger.write(accept_configuration, firm, at(-1))
    desk.open()
    desk.climb(0)
    desk.ledger.write(take_due, 1, at(0))
    desk.ledger.write(notification_sent, 1, "no. 1", at(0))
    return desk


def say(desk: Desk, state: DeliveryState, minutes: float = 1, *, number: int = 1, by: str = "") -> None:
    delivery = Delivery(state=state, acknowledged_by=by, detail="in its words")
    desk.ledger.write(became, number, delivery, at(minutes))


def known(desk: Desk) -> list[tuple[str, str, DeliveryState | None]]:
    return [(row.via, row.state.value, row.delivery) for row in desk.rows(NotificationRow)]


def due(desk: Desk, minutes: float) -> tuple[int, ...]:
    return desk.ledger.write(take_due, 1, at(minutes))


def test_what_was_delivered_is_remembered_with_its_time_and_shown(paged: Desk) -> None:
    say(paged, DeliveryState.DELIVERED)
    (page,) = paged.ledger.read(tell, "INC-1").pages
    first, second = page.notifications
    assert (first.via, first.delivery, first.delivered_at) == ("push", DeliveryState.DELIVERED, at(1))
    assert (second.via, second.delivery) == ("text", None)
    assert paged.escalation().stage is Stage.CLIMBING


def test_saying_it_again_or_less_changes_nothing(paged: Desk) -> None:
    for minutes, state in (
        (1, DeliveryState.DELIVERED),
        (2, DeliveryState.DELIVERED),
        (3, DeliveryState.SENT),
    ):
        say(paged, state, minutes)
    row = paged.rows(NotificationRow)[0]
    assert (row.delivery, row.delivered_at) == (DeliveryState.DELIVERED, at(1))


def test_an_acknowledgement_there_is_one_here(paged: Desk) -> None:
    for minutes in (1, 2):
        say(paged, DeliveryState.ACKNOWLEDGED, minutes)
    assert paged.escalation().stage is Stage.ACKNOWLEDGED
    assert paged.rows(PageRow)[0].acknowledged_at == at(1)
    (fact,) = [fact for fact in paged.rows(FactRow) if fact.kind.value == "acknowledged"]
    assert (fact.by, fact.via, fact.at) == ("alice", Via.PROVIDER, at(1))
    assert due(paged, 3) == ()


@pytest.mark.parametrize(("said", "who"), [("bob@example.org", "bob"), ("nobody we know", "alice")])
def test_whoever_acknowledged_there_acknowledges_here(paged: Desk, said: str, who: str) -> None:
    say(paged, DeliveryState.ACKNOWLEDGED, by=said)
    assert paged.escalation().acknowledged_by == who


def test_a_page_that_did_not_arrive_takes_its_next_way_at_once(paged: Desk) -> None:
    for _ in range(2):
        say(paged, DeliveryState.FAILED)
    assert known(paged) == [("push", "failed", DeliveryState.FAILED), ("text", "owed", None)]
    assert paged.said("page failed") == ["the page to alice by push did not arrive: push says: in its words"]
    assert paged.pages() == [("alice", "owed")]
    assert [row.id for row in paged.ledger.read(pages_owed, at(1.1))] == [1]
    assert due(paged, 1) == (2,)
    paged.ledger.write(notification_sent, 2, "no. 2", at(1.1))
    assert paged.pages() == [("alice", "sent")]
    assert paged.rows(PageRow)[0].method == "sms"


def test_the_second_provider_is_the_next_way_where_there_is_one(paged: Desk) -> None:
    say(paged, DeliveryState.FAILED)
    due(paged, 1)
    paged.ledger.write(notification_sent, 2, "no. 2", at(1))
    say(paged, DeliveryState.FAILED, 2, number=2)
    assert known(paged)[2] == ("other", "owed", None)
    assert paged.said("failed over") == [
        "text failed for alice by sms, other is used instead: text says: in its words"
    ]
    assert due(paged, 2) == (3,)


def test_when_no_way_arrives_the_page_has_failed_with_every_reason(paged: Desk) -> None:
    for number in (1, 2, 3):
        say(paged, DeliveryState.FAILED, number, number=number)
        due(paged, number)
        if number < 3:
            paged.ledger.write(notification_sent, number + 1, f"no. {number + 1}", at(number))
    assert paged.pages() == [("alice", "failed")]
    assert paged.rows(PageRow)[0].outcome == (
        "push: push says: in its words; sms by text: text says: in its words; "
        "sms by other: other says: in its words"
    )


def test_another_method_that_arrived_is_enough(paged: Desk) -> None:
    due(paged, 2)
    paged.ledger.write(notification_sent, 2, "no. 2", at(2))
    say(paged, DeliveryState.FAILED, 3)
    assert paged.pages() == [("alice", "sent")]
    assert len(known(paged)) == 2


def test_after_an_answer_a_failure_is_remembered_and_wakes_nobody(paged: Desk) -> None:
    paged.ledger.write(acknowledge, 1, "bob", "web", at(0.5))
    say(paged, DeliveryState.FAILED)
    assert known(paged) == [("push", "failed", DeliveryState.FAILED), ("text", "dropped", None)]
    assert due(paged, 3) == ()


def test_an_acknowledgement_counts_even_of_what_did_not_arrive(paged: Desk) -> None:
    say(paged, DeliveryState.FAILED)
    say(paged, DeliveryState.ACKNOWLEDGED, 2)
    assert paged.escalation().stage is Stage.ACKNOWLEDGED


def test_a_page_that_is_not_known_is_an_error(paged: Desk) -> None:
    with pytest.raises(NotFoundError):
        say(paged, DeliveryState.SENT, number=99)


class TestFollowing:
    """It is asked about five seconds after it was sent, then after 15, 30, 60 and 120 more."""

    def asked(self, desk: Desk, seconds: float) -> bool:
        now = at(seconds / 60)
        return bool(desk.ledger.write(take_to_follow, 1, now))

    def test_what_was_sent_is_asked_about_again_and_again(self, paged: Desk) -> None:
        seen = [second for second in range(300) if self.asked(paged, second)]
        assert seen == [5, 20, 50, 110, 230]
        assert paged.rows(NotificationRow)[0].followed == 5

    def test_what_is_due_is_asked_about_once_by_two_who_come_together(self, paged: Desk) -> None:
        assert paged.ledger.read(to_follow, at(0.1)) == (1,)
        assert [self.asked(paged, 6), self.asked(paged, 6)] == [True, False]
        assert paged.ledger.read(to_follow, at(0.1)) == ()

    def test_nobody_is_asked_once_somebody_has_answered(self, paged: Desk) -> None:
        paged.ledger.write(acknowledge, 1, "bob", "web", at(0))
        assert not self.asked(paged, 5)
        assert paged.ledger.read(to_follow, at(999)) == ()

    def test_nobody_is_asked_once_it_failed(self, paged: Desk) -> None:
        say(paged, DeliveryState.FAILED, 0)
        assert paged.ledger.read(to_follow, at(999)) == ()

    def test_a_channel_that_cannot_tell_is_not_asked_again(self, paged: Desk) -> None:
        paged.ledger.write(stop_following, 1)
        assert paged.ledger.read(to_follow, at(999)) == ()

    def test_enough_is_enough(self, paged: Desk) -> None:
        asked = [minutes for minutes in range(0, 200, 2) if self.asked(paged, 60 * minutes)]
        assert len(asked) == LOOKS
        assert asked[-1] < 120
        assert paged.ledger.read(to_follow, at(999)) == ()
