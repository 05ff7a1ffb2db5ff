"""By which method is somebody notified next, when, and why?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.configuration import Configuration, Contact
from incident.limits import Limit
from incident.notification import (
    Drop,
    Hold,
    Notification,
    Planned,
    Send,
    Situation,
    Traffic,
    due,
    merged,
    plan,
)
from incident.notification_rules import Urgency
from incident.story import PageState
from tests.incident.organisations import SMALL, organisation

NIGHT = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
"""04:10 in Rome."""
THREE_WAYS = [
    {"via": "push", "to": "p"},
    {"via": "text", "to": "t", "name": "sms"},
    {"via": "phone", "to": "+39"},
]
SOONER_OR_LATER = [{"by": "push"}, {"by": "sms", "after": "2m"}, {"by": "phone", "after": "5m"}]
QUIET = {"start": "22:00", "end": "07:00"}


def firm(**alice: Any) -> Configuration:
    """Alice with three contacts, in a firm whose working hours are in Rome."""
    ways = ("push", "text", "phone")
    return organisation(
        organisation={"working_hours": {"timezone": "Europe/Rome"}},
        people={"alice": {"name": "Alice", "contacts": THREE_WAYS} | alice},
        connections=SMALL["connections"] | {way: {"type": "signed-webhook"} for way in ways},
    )


def later(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


def timetable(planned: Sequence[Planned]) -> list[tuple[str, float]]:
    """Which method after how many minutes."""
    return [(each.contact.method, (each.due_at - NIGHT) / timedelta(minutes=1)) for each in planned]


def notification(number: int, method: str, minutes: float, state: str = "owed", **more: Any) -> Notification:
    contact = Contact(via=method, bundle=more.pop("bundle", None))
    return Notification(id=number, contact=contact, due_at=later(minutes), state=PageState(state), **more)


class TestPlan:
    @pytest.mark.parametrize(
        ("rules", "urgency", "planned"),
        [
            pytest.param({}, "high", [("push", 0)], id="without rules the first contact at once"),
            pytest.param(
                {"high": SOONER_OR_LATER},
                "high",
                [("push", 0), ("sms", 2), ("phone", 5)],
                id="the methods in their order with their delays",
            ),
            pytest.param(
                {"high": SOONER_OR_LATER},
                "low",
                [("push", 0)],
                id="an urgency without rules is as without rules",
            ),
            pytest.param(
                {"high": [{"by": "pigeon"}, {"by": "sms", "after": "2m"}]},
                "high",
                [("sms", 2)],
                id="a method that does not exist is passed over",
            ),
            pytest.param(
                {"high": [{"by": "pigeon"}]}, "high", [("push", 0)], id="rules that lead nowhere are no rules"
            ),
            pytest.param(
                {"high": [{"by": "push"}, {"by": "push", "after": "5m"}]},
                "high",
                [("push", 0), ("push", 5)],
                id="the same method may be used again",
            ),
            pytest.param(
                {"low": SOONER_OR_LATER, "quiet": QUIET},
                "low",
                [("push", 170), ("sms", 172), ("phone", 175)],
                id="low urgency begins when quiet hours are over",
            ),
            pytest.param({"quiet": QUIET}, "low", [("push", 170)], id="quiet hours hold without rules, too"),
            pytest.param(
                {"high": SOONER_OR_LATER, "quiet": QUIET},
                "high",
                [("push", 0), ("sms", 2), ("phone", 5)],
                id="high urgency knows no quiet hours",
            ),
            pytest.param(
                {"low": SOONER_OR_LATER, "quiet": {"start": "04:11", "end": "05:00"}},
                "low",
                [("push", 0), ("sms", 50), ("phone", 50)],
                id="quiet hours that begin meanwhile hold what follows",
            ),
        ],
    )
    def test_what_is_planned(
        self, rules: dict[str, Any], urgency: str, planned: list[tuple[str, float]]
    ) -> None:
        assert timetable(plan(firm(rules=rules), "alice", Urgency(urgency), NIGHT)) == planned

    def test_quiet_hours_are_in_the_zone_of_the_person(self) -> None:
        in_tokyo = firm(rules={"quiet": QUIET}, timezone="Asia/Tokyo")
        assert timetable(plan(in_tokyo, "alice", Urgency.LOW, NIGHT)) == [("push", 0)]

    def test_each_method_says_because_of_which_rule(self) -> None:
        planned = plan(firm(rules={"low": SOONER_OR_LATER, "quiet": QUIET}), "alice", Urgency.LOW, NIGHT)
        assert [each.because for each in planned][:2] == [
            "low urgency, push at once, after quiet hours until 06:00 UTC",
            "low urgency, sms after 2m, after quiet hours until 06:02 UTC",
        ]

    @pytest.mark.parametrize("who", ["alice", "nobody we know"])
    def test_nothing_is_planned_for_who_cannot_be_reached(self, who: str) -> None:
        assert plan(firm(contacts=[]), who, Urgency.HIGH, NIGHT) == ()


class TestDue:
    PAGE = (notification(1, "push", 0), notification(2, "sms", 2), notification(3, "phone", 5))

    @pytest.mark.parametrize(
        ("minutes", "ids"), [(-0.01, []), (0, [1]), (1.99, [1]), (2, [1, 2]), (60, [1, 2, 3])]
    )
    def test_a_method_is_due_from_its_time_on(self, minutes: float, ids: list[int]) -> None:
        actions = due(self.PAGE, Situation(), later(minutes))
        assert [action.id for action in actions if isinstance(action, Send)] == ids

    @pytest.mark.parametrize("state", ["sent", "failed", "dropped"])
    def test_what_is_over_is_not_done_again(self, state: str) -> None:
        assert due([notification(1, "push", 0, state)], Situation(), later(9)) == ()

    def test_an_answer_drops_everything_that_is_owed_and_says_why(self) -> None:
        page = (notification(1, "push", 0, "sent"), *self.PAGE[1:])
        dropped = due(page, Situation(answered="bob was faster"), later(1))
        assert dropped == (Drop(id=2, reason="bob was faster"), Drop(id=3, reason="bob was faster"))

    @given(st.lists(st.floats(0, 60), max_size=5), st.floats(-1, 61))
    def test_asking_again_before_anything_is_due_does_nothing(self, delays: list[float], at: float) -> None:
        page = [notification(number, "push", delay) for number, delay in enumerate(delays)]
        ripe = [each for each in page if each.due_at <= later(at)]
        assert len(due(page, Situation(), later(at))) == len(ripe)


class TestBundling:
    WINDOW = timedelta(minutes=5)

    def decide(self, minutes: float, *, last: float | None = None, waiting: tuple[int, ...] = (7,)) -> Any:
        """What becomes of notification 7 to a contact that bundles five minutes."""
        traffic = Traffic(last_sent_at=later(last) if last is not None else None, waiting=waiting)
        mine = notification(7, "sms", 0, bundle=self.WINDOW)
        (action,) = due([mine], Situation(traffic={"sms": traffic}), later(minutes))
        return action

    def test_the_first_page_goes_through_at_once(self) -> None:
        assert self.decide(0) == Send(id=7, reason="the first that waits for this contact")

    def test_a_later_one_within_the_time_waits_for_its_end(self) -> None:
        held = self.decide(1, last=0)
        assert (held.id, held.until) == (7, later(5))
        assert held.reason == "bundled: a page went by sms at 03:10:00 UTC"
        assert isinstance(held, Hold)

    def test_then_the_oldest_goes_and_names_the_others(self) -> None:
        sent = self.decide(5, last=0, waiting=(3, 7, 9))
        assert (sent.id, sent.others) == (3, (7, 9))

    def test_a_contact_that_does_not_bundle_gets_each_page_at_once(self) -> None:
        traffic = Traffic(last_sent_at=NIGHT, waiting=(3, 7))
        mine = notification(7, "sms", 0)
        assert due([mine], Situation(traffic={"sms": traffic}), NIGHT) == (Send(id=7, reason="due"),)


@pytest.mark.parametrize(("older", "newer", "kept"), [(0, 5, 0), (10, 5, 5)])
def test_a_merged_page_keeps_the_earlier_time(older: float, newer: float, kept: float) -> None:
    planned = Planned(contact=Contact(via="sms"), due_at=later(newer), because="low urgency, sms at once")
    assert merged(planned, notification(1, "sms", older)).due_at == later(kept)


class TestLimits:
    """One message a minute goes by the provider of push; alice has got one."""

    LIMIT = Limit(messages=1, within=timedelta(minutes=1))

    def busy(self, **more: Any) -> Traffic:
        return Traffic(limit=self.LIMIT, lately=True, taken=(later(0),)).model_copy(update=more)

    @pytest.mark.parametrize(
        ("traffic", "decided"),
        [
            pytest.param(
                {"lately": False}, Send(id=1, reason="due"), id="the first page to somebody never waits"
            ),
            pytest.param({"taken": ()}, Send(id=1, reason="due"), id="within the limit nothing waits"),
            pytest.param(
                {},
                Hold(id=1, until=later(1), reason="1 in 1m by push: its turn is at 03:11:00 UTC", slot=True),
                id="over the limit a further one waits for its turn",
            ),
            pytest.param(
                {"taken": (later(0), later(1))},
                Hold(id=1, until=later(2), reason="1 in 1m by push: its turn is at 03:12:00 UTC", slot=True),
                id="behind those whose turn comes before",
            ),
            pytest.param(
                {"next_turn": later(1), "taken": (later(0), later(1), later(2))},
                Hold(id=1, until=later(1), reason="1 in 1m by push: its turn is at 03:11:00 UTC", slot=True),
                id="with what waits for the same contact already",
            ),
        ],
    )
    def test_a_page_by_a_provider_with_a_limit(self, traffic: dict[str, Any], decided: Any) -> None:
        situation = Situation(traffic={"push": self.busy(**traffic)})
        assert due([notification(1, "push", 0)], situation, later(0)) == (decided,)

    def test_who_has_waited_for_a_turn_goes_whatever_was_sent_since_and_brings_the_others(self) -> None:
        situation = Situation(traffic={"push": self.busy(waiting=(1, 2), taken=(later(0), later(0.9)))})
        (sent,) = due([notification(2, "push", 1, slot=True)], situation, later(1))
        assert isinstance(sent, Send)
        assert (sent.id, sent.others) == (1, (2,))
