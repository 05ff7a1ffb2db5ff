"""Which notifications of a page leave now, and what became of each?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from incident.alert import AlertSeverity
from incident.errors import NotFoundError
from incident.progress import Stage
from incident.severity import Severity
from ledger.audit import Breach, audit
from ledger.climbing import mark_answered
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.escalations import acknowledge, advance
from ledger.failing import notification_failed
from ledger.notification_tables import NotificationRow
from ledger.notifications import (
    fix_bundle,
    notification_sent,
    still_wanted,
    take_due,
)
from ledger.owed import find_notification
from ledger.pages import oldest_owed, pages_owed
from ledger.steps import change_severity
from ledger.tables import EscalationRow, PageRow
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import assess

CONTACTS = [{"via": "push"}, {"via": "text", "name": "sms", "to": "+39"}]
RULES = {"high": [{"by": "push"}, {"by": "sms", "after": "2m"}], "low": [{"by": "sms", "after": "1m"}]}
QUIET = {"start": "22:00", "end": "07:00"}
"""In Rome, where it is ten past four."""
LATE_PAGE = {Breach.PAGE_NOT_SENT}
SERVICES = ("checkout", "search", "wiki")


def employ(desk: Desk, *, at_night: bool = False, **alice: Any) -> None:
    """A firm in which alice, who is on call, has two contacts and rules for them."""
    ways = {way: {"type": "signed-webhook"} for way in ("push", "text")}
    firm = organisation(
        people=SMALL["people"] | {"alice": {"name": "Alice", "contacts": CONTACTS, "rules": RULES} | alice},
        connections=SMALL["connections"] | ways,
        services={name: {"policy": "checkout", "page_at_night": at_night} for name in SERVICES},
        organisation={"working_hours": {"timezone": "Europe/Rome"}},
    )
    desk.ledger.write(accept_configuration, firm, at(-1))


@pytest.fixture
def paged(desk: Desk) -> Desk:
    """Alice is to be paged."""
    employ(desk)
    desk.open()
    desk.climb(0)
    return desk


def take(desk: Desk, minutes: float, page: int = 1) -> tuple[int, ...]:
    return desk.ledger.write(take_due, page, at(minutes))


def send(desk: Desk, number: int, minutes: float) -> None:
    desk.ledger.write(notification_sent, number, f"no. {number}", at(minutes))


def known(desk: Desk) -> list[tuple[str, str]]:
    """Method and state of every notification."""
    return [(row.method, row.state.value) for row in desk.rows(NotificationRow)]


def due_at(desk: Desk) -> Sequence[Any]:
    return [row.due_at for row in desk.rows(NotificationRow)]


def _hold_back(session: Session) -> None:
    row = session.get_one(EscalationRow, 1)
    row.stage = Stage.HELD
    session.add(row)


class TestPlan:
    def test_a_page_is_planned_once_whoever_looks(self, paged: Desk) -> None:
        assert together(*[partial(take, paged, 0)] * 4) == [(1,)] * 4
        assert known(paged) == [("push", "owed"), ("sms", "owed")]
        assert due_at(paged) == [at(0), at(2)]

    def test_a_delay_counts_from_the_page_and_not_from_whoever_looks(self, paged: Desk) -> None:
        assert take(paged, 10) == (1, 2)
        assert due_at(paged) == [at(0), at(2)]

    def test_the_first_method_has_the_effect_that_it_always_had(self, paged: Desk) -> None:
        take(paged, 0)
        assert [row.effect for row in paged.rows(NotificationRow)] == ["page/1/push", "page/1/sms"]
        assert paged.ledger.read(find_notification, 1).first
        assert not paged.ledger.read(find_notification, 2).first

    def test_a_method_that_is_used_again_has_another_effect(self, desk: Desk) -> None:
        employ(desk, rules={"high": [{"by": "push"}, {"by": "push", "after": "5m"}]})
        desk.open()
        desk.climb(0)
        take(desk, 0)
        assert [row.effect for row in desk.rows(NotificationRow)] == ["page/1/push", "page/1/push/2"]

    def test_a_notification_that_is_not_there_is_said(self, ledger: Ledger) -> None:
        with pytest.raises(NotFoundError, match="no notification 9"):
            ledger.read(find_notification, 9)


class TestRecords:
    def test_each_method_is_sent_once_and_the_page_keeps_the_first(self, paged: Desk) -> None:
        take(paged, 0)
        together(*[partial(send, paged, 1, 0.1)] * 4)
        assert take(paged, 2) == (2,)
        send(paged, 2, 2)
        (page,) = paged.rows(PageRow)
        assert (page.state.value, page.method, page.sent_at, page.provider_id) == (
            "sent",
            "push",
            at(0.1),
            "no. 1",
        )
        assert known(paged) == [("push", "sent"), ("sms", "sent")]
        assert take(paged, 9) == ()

    def test_the_timeline_tells_of_each_method(self, paged: Desk) -> None:
        take(paged, 2)
        for number in (1, 2):
            send(paged, number, 2)
        first, second = paged.said("paged")
        assert first.startswith("alice was paged by push: on call for primary")
        assert second == "alice was paged by sms, too: high urgency, sms after 2m"

    def test_a_method_that_fails_brings_the_next_one_forward(self, paged: Desk) -> None:
        take(paged, 0)
        paged.ledger.write(notification_failed, 1, "no signal", at(0.2))
        assert take(paged, 0.2) == (2,)
        assert (
            paged.rows(NotificationRow)[1].because == "high urgency, sms after 2m; at once, push: no signal"
        )

    def test_when_every_method_has_failed_the_page_has(self, paged: Desk) -> None:
        take(paged, 0)
        for number in (1, 2):
            paged.ledger.write(notification_failed, number, "no signal", at(0.2))
        assert paged.pages() == [("alice", "failed")]
        assert paged.said("page failed") == ["alice could not be paged: push: no signal; sms: no signal"]

    def test_a_method_that_fails_later_does_not_make_a_failure_of_the_page(self, paged: Desk) -> None:
        take(paged, 2)
        send(paged, 1, 0)
        paged.ledger.write(notification_failed, 2, "no signal", at(2))
        assert paged.pages() == [("alice", "sent")]
        assert known(paged) == [("push", "sent"), ("sms", "failed")]

    def test_what_was_sent_does_not_fail_later(self, paged: Desk) -> None:
        take(paged, 0)
        send(paged, 1, 0)
        paged.ledger.write(notification_failed, 1, "no signal", at(1))
        assert known(paged) == [("push", "sent"), ("sms", "owed")]


class TestOwed:
    def test_a_page_is_found_again_when_its_next_method_is_due(self, paged: Desk) -> None:
        take(paged, 0)
        send(paged, 1, 0)
        assert paged.ledger.read(pages_owed, at(2)) == []
        assert [page.id for page in paged.ledger.read(pages_owed, at(2.1))] == [1]
        assert paged.ledger.read(oldest_owed, at(3)) == at(2)
        (violation,) = [
            each for each in paged.ledger.read(audit, at(3)).violations if each.breach in LATE_PAGE
        ]
        assert (violation.what, violation.since) == ("page to alice, level 1", at(2))

    def test_an_answer_drops_everything_that_is_owed(self, paged: Desk) -> None:
        take(paged, 0)
        send(paged, 1, 0)
        paged.ledger.write(acknowledge, 1, "alice", "web", at(1))
        assert known(paged) == [("push", "sent"), ("sms", "dropped")]
        assert paged.ledger.read(pages_owed, at(9)) == []
        assert take(paged, 9) == ()

    def test_a_dismissed_incident_drops_everything_that_is_owed(self, paged: Desk) -> None:
        take(paged, 0)
        assess(paged, is_incident=False, reason="a drill")
        assert known(paged) == [("push", "dropped"), ("sms", "dropped")]

    def test_right_before_sending_the_state_is_read_again(self, paged: Desk) -> None:
        take(paged, 0)
        assert paged.ledger.write(still_wanted, 1)
        paged.ledger.write(acknowledge, 1, "bob", "web", at(1))
        assert not paged.ledger.write(still_wanted, 1)

    def test_a_maintenance_drops_what_is_owed_since_all_begins_anew_at_its_end(self, paged: Desk) -> None:
        take(paged, 0)
        send(paged, 1, 0)
        paged.ledger.write(_hold_back)
        assert take(paged, 2) == ()
        assert paged.rows(NotificationRow)[1].outcome == "a maintenance or a silence holds it back"

    def test_somebody_who_answered_while_others_are_waited_for_is_left_alone(self, paged: Desk) -> None:
        take(paged, 0)
        send(paged, 1, 0)
        paged.ledger.write(mark_answered, 1, "alice", None, at(1))
        assert take(paged, 2) == ()
        assert paged.rows(NotificationRow)[1].outcome == "alice has answered"

    def test_one_in_the_air_when_it_was_dropped_was_sent(self, paged: Desk) -> None:
        take(paged, 0)
        paged.ledger.write(acknowledge, 1, "bob", "web", at(1))
        send(paged, 1, 1)
        assert known(paged)[0] == ("push", "sent")
        assert paged.pages() == [("alice", "sent")]


class TestQuietHours:
    @pytest.fixture
    def asleep(self, desk: Desk) -> Desk:
        """A severity 3 at night for alice, who has quiet hours."""
        employ(desk, at_night=True, rules={**RULES, "quiet": QUIET})
        desk.open(severity=AlertSeverity.WARNING)
        desk.climb(0)
        take(desk, 0)
        return desk

    def test_a_page_of_low_urgency_waits_and_is_not_late(self, asleep: Desk) -> None:
        assert (
            asleep.rows(NotificationRow)[0].because
            == "low urgency, sms after 1m, after quiet hours until 06:01 UTC"
        )
        assert asleep.ledger.read(pages_owed, at(100)) == []
        assert asleep.ledger.read(oldest_owed, at(100)) is None
        assert take(asleep, 170.9) == ()
        assert take(asleep, 171) == (1,)

    def test_the_pages_of_later_rounds_become_one(self, asleep: Desk) -> None:
        for minutes in (5, 10):
            asleep.climb(minutes)
        again = [page for page in asleep.rows(PageRow) if page.person == "alice"][-1]
        take(asleep, 10, again.id or 0)
        assert known(asleep) == [("sms", "dropped"), ("sms", "owed")]
        assert asleep.rows(NotificationRow)[0].outcome == f"merged into page {again.id}"
        assert asleep.pages()[0] == ("alice", "dropped")
        assert due_at(asleep)[1] == at(171)

    def test_a_worse_severity_ends_the_waiting(self, asleep: Desk) -> None:
        assess(asleep, 5, severity=2)
        assert [page.id for page in asleep.ledger.read(pages_owed, at(5.1))] == [1]
        assert len(take(asleep, 5)) == 1
        assert known(asleep) == [("sms", "dropped"), ("push", "owed"), ("sms", "owed")]
        assert asleep.rows(NotificationRow)[0].outcome == "the severity rose"
        assert due_at(asleep)[1:] == [at(5), at(7)]

    def test_a_severity_that_stays_low_does_not(self, asleep: Desk) -> None:
        assess(asleep, 5, severity=3)
        assert asleep.ledger.read(pages_owed, at(9)) == []
        write = partial(change_severity, severity=Severity.MAJOR, reason="worse", by="alice", now=at(9))
        asleep.ledger.write(write, "INC-1", "resolve-1")
        assert [page.id for page in asleep.ledger.read(pages_owed, at(9.1))] == [1]


class TestBundles:
    @pytest.fixture
    def busy(self, desk: Desk) -> Desk:
        """Three services fail at minutes 0, 1 and 2, and all page alice, who bundles five minutes."""
        employ(desk, contacts=[{"via": "push", "bundle": "5m"}], rules={})
        for number, service in enumerate(SERVICES):
            desk.open(at(number), fingerprint=service, service=service)
            desk.ledger.write(advance, number + 1, at(number))
        return desk

    def test_the_first_page_goes_at_once(self, busy: Desk) -> None:
        assert take(busy, 0) == (1,)
        assert busy.ledger.write(fix_bundle, 1, at(0)) == (1,)

    def test_what_comes_within_the_time_waits_and_is_not_late(self, busy: Desk) -> None:
        self.first_goes(busy)
        assert due_at(busy) == [at(0), at(5), at(5)]
        assert busy.rows(NotificationRow)[1].outcome == "bundled: a page went by push at 03:10:00 UTC"
        assert busy.ledger.read(pages_owed, at(5)) == []

    def test_then_the_oldest_that_waits_names_them_all_whoever_looks(self, busy: Desk) -> None:
        self.first_goes(busy)
        assert take(busy, 5, page=3) == take(busy, 5, page=2) == (2,)
        bundles = together(*[partial(busy.ledger.write, fix_bundle, 2, at(5))] * 4)
        assert bundles == [(2, 3)] * 4

    def test_what_a_message_names_stays_as_it_was_first_written(self, busy: Desk) -> None:
        self.first_goes(busy)
        take(busy, 5, page=2)
        fixed = busy.ledger.write(fix_bundle, 2, at(5))
        busy.ledger.write(acknowledge, 3, "bob", "web", at(5))
        assert busy.ledger.write(fix_bundle, 2, at(6)) == fixed

    def test_the_next_one_goes_when_the_oldest_was_answered(self, busy: Desk) -> None:
        self.first_goes(busy)
        busy.ledger.write(acknowledge, 2, "bob", "web", at(4))
        assert take(busy, 5, page=3) == (3,)

    def test_a_message_that_named_several_begins_the_next_time(self, busy: Desk) -> None:
        self.first_goes(busy)
        take(busy, 5, page=2)
        for number in (2, 3):
            send(busy, number, 8)
        for minutes in (5, 10):
            busy.ledger.write(advance, 1, at(minutes))
        again = [page for page in busy.rows(PageRow) if page.person == "alice"][-1]
        assert take(busy, 10, again.id or 0) == ()
        assert due_at(busy)[-1] == at(13)

    def first_goes(self, busy: Desk) -> None:
        take(busy, 0)
        send(busy, 1, 0)
        assert take(busy, 1, page=2) == take(busy, 2, page=3) == ()
