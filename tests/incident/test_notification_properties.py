"""Whatever the rules are, and whatever fails: is nobody forgotten, and is nothing sent twice?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incident.configuration import Configuration
from incident.failover import GiveUp, Hurry, after_failure
from incident.notification import (
    Drop,
    Notification,
    Planned,
    Send,
    Situation,
    due,
    plan,
)
from incident.notification_rules import Urgency
from incident.story import PageState
from tests.incident.organisations import SMALL, organisation

START = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
WAYS = ("push", "sms", "phone")
THE_END = timedelta(days=1)

delays = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 30)), max_size=5).map(
    lambda rules: [
        {"by": way, "after": f"{after}m"} for way, after in sorted(rules, key=lambda rule: rule[1])
    ]
)
moments = st.lists(st.integers(0, 40), max_size=8).map(sorted)
broken = st.sets(st.sampled_from(WAYS))


def firm(rules: list[dict[str, str]]) -> Configuration:
    contacts = [{"via": way} for way in WAYS]
    return organisation(
        people={"alice": {"name": "Alice", "contacts": contacts, "rules": {"high": rules}}},
        connections=SMALL["connections"] | {way: {"type": "signed-webhook"} for way in WAYS},
    )


@dataclass
class Page:
    """A page as the ledger keeps it, with channels of which some are broken."""

    firm: Configuration
    broken: set[str]
    rows: list[Notification] = field(default_factory=list)
    sent: list[tuple[int, timedelta]] = field(default_factory=list)
    given_up: int = 0

    def __post_init__(self) -> None:
        for planned in plan(self.firm, "alice", Urgency.HIGH, START):
            self.add(planned)

    def add(self, planned: Planned) -> None:
        number = len(self.rows)
        self.rows.append(Notification(id=number, contact=planned.contact, due_at=planned.due_at))

    def change(self, number: int, **changes: object) -> None:
        self.rows[number] = self.rows[number].model_copy(update=changes)

    def look(self, after: timedelta, answered: str | None = None) -> int:
        """Somebody looks and does what is to be done; returns how much that was."""
        done = 0
        while actions := due(self.rows, Situation(answered=answered), START + after):
            for action in actions:
                done += 1
                match action:
                    case Send(id=number):
                        self.send(number, after)
                    case Drop(id=number):
                        self.change(number, state=PageState.DROPPED)
                    case _:
                        raise AssertionError(action)
        return done

    def send(self, number: int, after: timedelta) -> None:
        if self.rows[number].contact.method not in self.broken:
            self.sent.append((number, after))
            self.change(number, state=PageState.SENT)
            return
        self.change(number, state=PageState.FAILED, outcome="out of order")
        match after_failure(self.firm, "alice", self.rows, START + after):
            case Planned() as planned:
                self.add(planned)
            case Hurry(id=following):
                self.change(following, due_at=START + after)
            case GiveUp():
                self.given_up += 1
            case None:
                pass


@given(delays, broken, moments)
def test_every_method_is_settled_once_however_often_somebody_looks(
    rules: list[dict[str, str]], out_of_order: set[str], minutes: list[int]
) -> None:
    page = Page(firm(rules), out_of_order)
    for minute in minutes:
        page.look(timedelta(minutes=minute))
        assert page.look(timedelta(minutes=minute)) == 0
    page.look(THE_END)
    numbers = [number for number, _ in page.sent]
    assert len(numbers) == len(set(numbers))
    assert not [row for row in page.rows if row.state is PageState.OWED]


@given(delays, broken)
def test_the_person_is_reached_at_the_first_look_after_the_first_method_is_due_if_anything_works(
    rules: list[dict[str, str]], out_of_order: set[str]
) -> None:
    page = Page(firm(rules), out_of_order)
    first = min(row.due_at for row in page.rows) - START
    page.look(first)
    assert bool(page.sent) is (out_of_order != set(WAYS))
    assert page.given_up == (out_of_order == set(WAYS))


@given(delays, broken, moments, st.integers(0, 40))
def test_an_answer_silences_everything_that_is_owed(
    rules: list[dict[str, str]], out_of_order: set[str], minutes: list[int], answered: int
) -> None:
    page = Page(firm(rules), out_of_order)
    for minute in minutes:
        page.look(timedelta(minutes=minute), "bob was faster" if minute >= answered else None)
    page.look(THE_END, "bob was faster")
    assert all(after < timedelta(minutes=answered) for _, after in page.sent)
    assert not [row for row in page.rows if row.state is PageState.OWED]


@given(delays, moments)
def test_with_channels_that_work_each_method_leaves_at_the_first_look_after_its_time(
    rules: list[dict[str, str]], minutes: list[int]
) -> None:
    page = Page(firm(rules), set())
    looks = [*(timedelta(minutes=minute) for minute in minutes), THE_END]
    for look in looks:
        page.look(look)
    for number, after in page.sent:
        due_after = page.rows[number].due_at - START
        assert after == next(look for look in looks if look >= due_after)
