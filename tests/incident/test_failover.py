"""Which way does a page take when its provider does not take it?"""

from datetime import timedelta
from typing import Any

import pytest

from incident.configuration import Configuration, Contact
from incident.errors import InHand, Rejected, RetryLater, UnknownOutcome
from incident.failover import (
    GiveUp,
    Hurry,
    after_failure,
    another_way,
    check_failover,
    instead_of,
    worth_waiting_for,
)
from incident.notification import Notification, Planned
from incident.references import check_references
from incident.story import PageState
from tests.incident.organisations import SMALL, organisation
from tests.incident.test_notification import NIGHT, THREE_WAYS, firm, later, notification


def two_providers(**instead: str) -> Configuration:
    """Text messages may go by two providers; alice has three contacts."""
    names = ("push", "text", "other", "third", "phone")
    ways = {name: {"type": "signed-webhook", "instead": instead.get(name)} for name in names}
    return organisation(
        people=SMALL["people"] | {"alice": {"name": "Alice", "contacts": THREE_WAYS}},
        connections=SMALL["connections"] | ways,
    )


def by(number: int, via: str, state: str = "failed", **more: Any) -> Notification:
    """A text message to alice through a provider."""
    contact = Contact(via=via, to="t", name="sms")
    outcome = "busy" if state == "failed" else ""
    return Notification(
        id=number, contact=contact, due_at=NIGHT, state=PageState(state), outcome=outcome, **more
    )


class TestInsteadOf:
    def test_the_same_contact_goes_by_the_second_provider_at_once(self) -> None:
        failed = by(1, "text")
        planned = instead_of(two_providers(text="other"), failed, [failed], later(1))
        assert planned == Planned(
            contact=Contact(via="other", to="t", name="sms"),
            due_at=later(1),
            because="by other instead of text: busy",
        )

    @pytest.mark.parametrize(
        ("configuration", "page"),
        [
            pytest.param(two_providers(), [by(1, "text")], id="nothing, without a second provider"),
            pytest.param(firm(), [by(1, "console")], id="nothing for what is no connection"),
            pytest.param(
                two_providers(text="gone"), [by(1, "text")], id="nothing, if that is no connection any more"
            ),
            pytest.param(
                two_providers(text="other"),
                [by(1, "text"), by(2, "other")],
                id="nothing, if the second one has failed as well",
            ),
        ],
    )
    def test_there_is(self, configuration: Configuration, page: list[Notification]) -> None:
        assert instead_of(configuration, page[0], page, NIGHT) is None

    def test_a_third_provider_follows_the_second(self) -> None:
        page = [by(1, "text"), by(2, "other")]
        planned = instead_of(two_providers(text="other", other="third"), page[1], page, NIGHT)
        assert planned is not None
        assert (planned.contact.via, planned.contact.method) == ("third", "sms")

    def test_a_contact_that_is_used_again_may_fail_over_again(self) -> None:
        page = [by(1, "text"), by(2, "other", "sent"), by(3, "text")]
        planned = instead_of(two_providers(text="other"), page[2], page, NIGHT)
        assert planned is not None
        assert planned.contact.via == "other"


class TestAfterFailure:
    @pytest.mark.parametrize(
        ("page", "follows"),
        [
            pytest.param(
                [notification(1, "push", 0, "failed", outcome="busy"), notification(2, "sms", 2)],
                Hurry(id=2, reason="at once, push: busy"),
                id="the next method of the plan at once",
            ),
            pytest.param(
                [notification(1, "push", 0, "failed", outcome="busy"), notification(2, "sms", 0)],
                None,
                id="nothing, if the next one is due anyway",
            ),
            pytest.param(
                [notification(1, "push", 0, "sent"), notification(2, "sms", 2, "failed", outcome="busy")],
                None,
                id="nothing, if the person was notified and the plan is over",
            ),
        ],
    )
    def test_then_follows(self, page: list[Notification], follows: Any) -> None:
        assert after_failure(firm(), "alice", page, later(1)) == follows

    def test_a_contact_that_no_rule_names_is_used_before_giving_up(self) -> None:
        page = [notification(1, "sms", 0, "failed", outcome="busy")]
        follows = after_failure(firm(), "alice", page, later(1))
        assert isinstance(follows, Planned)
        assert (follows.contact.method, follows.due_at) == ("push", later(1))
        assert follows.because == "the next contact, sms: busy"

    def test_when_every_contact_has_failed_all_reasons_are_told(self) -> None:
        page = [
            notification(n, way, 0, "failed", outcome="busy")
            for n, way in enumerate(("push", "sms", "phone"))
        ]
        assert after_failure(firm(), "alice", page, NIGHT) == GiveUp(
            reason="push: busy; sms: busy; phone: busy"
        )

    def test_providers_are_told_apart_when_a_contact_went_by_two(self) -> None:
        page = [by(1, "text"), by(2, "other"), notification(3, "push", 0), notification(4, "phone", 0)]
        page = [each.model_copy(update={"state": PageState.FAILED, "outcome": "busy"}) for each in page]
        follows = after_failure(firm(), "alice", page, NIGHT)
        assert follows == GiveUp(reason="sms by text: busy; sms by other: busy; push: busy; phone: busy")

    def test_who_was_not_waited_for_is_tried_after_all_when_nothing_else_works(self) -> None:
        page = [
            by(1, "text", skipped=True),
            *[notification(n, way, 0, "failed", outcome="busy") for n, way in ((2, "push"), (3, "phone"))],
        ]
        follows = after_failure(two_providers(), "alice", page, NIGHT)
        assert isinstance(follows, Planned)
        assert (follows.contact.via, follows.because[:9]) == ("text", "after all")
        after_that = after_failure(two_providers(), "alice", [*page, by(4, "text")], NIGHT)
        assert isinstance(after_that, GiveUp)

    def test_a_contact_that_is_the_same_address_by_the_same_provider_is_not_used_twice(self) -> None:
        twice = [{"via": "text", "to": "t", "name": "sms"}, {"via": "text", "to": "t", "name": "again"}]
        assert isinstance(after_failure(firm(contacts=twice), "alice", [by(1, "text")], NIGHT), GiveUp)

    def test_somebody_without_a_contact_is_given_up_at_once(self) -> None:
        reason = "no way to reach them is configured"
        assert after_failure(firm(contacts=[]), "alice", [], NIGHT) == GiveUp(reason=reason)


class TestAnotherWay:
    @pytest.mark.parametrize(
        ("configuration", "page", "way"),
        [
            pytest.param(
                two_providers(text="other"), [by(1, "text", "owed")], "other", id="the second provider"
            ),
            pytest.param(
                two_providers(text="other"),
                [by(1, "text", "owed"), by(2, "other"), notification(3, "push", 5)],
                "push",
                id="what the plan has anyway, once the second one failed",
            ),
            pytest.param(
                two_providers(), [by(1, "text", "owed")], "push", id="another contact of the person"
            ),
            pytest.param(
                two_providers(),
                [by(1, "text", "owed"), notification(2, "push", 0, "sent")],
                None,
                id="none, if the person was notified already and the plan ends here",
            ),
            pytest.param(
                two_providers(),
                [by(1, "text", "owed"), by(2, "text", "owed")],
                "push",
                id="not the same provider again",
            ),
            pytest.param(
                firm(contacts=THREE_WAYS[1:2]), [by(1, "text", "owed")], None, id="none, if there is no other"
            ),
        ],
    )
    def test_it_is(self, configuration: Configuration, page: list[Notification], way: str | None) -> None:
        assert another_way(configuration, "alice", page, page[0]) == way


@pytest.mark.parametrize(
    ("failure", "seconds", "again"),
    [
        pytest.param(RetryLater("busy"), 0.2, True, id="busy, and said so quickly"),
        pytest.param(RetryLater("busy", after=timedelta(seconds=1)), 0.2, True, id="busy for a second"),
        pytest.param(RetryLater("busy", after=timedelta(seconds=30)), 0.2, False, id="busy for long"),
        pytest.param(RetryLater("timed out"), 8, False, id="slow to say that it is busy"),
        pytest.param(InHand("another", after=timedelta(seconds=9)), 0, False, id="another process is at it"),
        pytest.param(UnknownOutcome("lost"), 0.2, False, id="it may have been sent: never by the same one"),
        pytest.param(Rejected("no"), 0.2, False, id="it refused"),
        pytest.param(None, 0.2, False, id="nothing went wrong"),
    ],
)
def test_a_provider_is_tried_again_although_there_is_another_way(
    failure: Exception | None, seconds: float, again: bool
) -> None:
    assert worth_waiting_for(failure, timedelta(seconds=seconds)) is again


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        pytest.param({"text": "other"}, [], id="a second provider is fine"),
        pytest.param({"text": "other", "other": "third"}, [], id="and a third one"),
        pytest.param(
            {"text": "othr"},
            ["'othr' is not under connections:; did you mean other? "],
            id="a name that leads nowhere",
        ),
        pytest.param(
            {"text": "text"}, ["leads back to text (text → text); "], id="a connection that follows itself"
        ),
        pytest.param(
            {"text": "other", "other": "text"},
            ["leads back to text (text → other → text); ", "leads back to other (other → text → other); "],
            id="two that follow each other",
        ),
        pytest.param(
            {"push": "text", "text": "other", "other": "text"},
            ["leads back to text (text → other → text); ", "leads back to other (other → text → other); "],
            id="of those that lead into a circle only its members are named",
        ),
    ],
)
def test_the_check_finds(instead: dict[str, str], said: list[str]) -> None:
    configuration = two_providers(**instead)
    found = [*check_failover(configuration)]
    assert [finding.message[: len(start)] for finding, start in zip(found, said, strict=True)] == said
    assert all(finding.fatal and finding in check_references(configuration) for finding in found)
