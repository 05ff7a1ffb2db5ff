"""Is every delivery answered after its commit, alone in its faults, and is what waits triaged meanwhile?"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sqlalchemy.exc import IntegrityError

from incident.alert import EndState
from incident.errors import LedgerUnavailable
from ledger.deliveries import Delivery, accept_deliveries, accept_each
from ledger.engine import Ledger
from ledger.slices import Triaged, triage_next
from service.gathering import Bounds, Entry, Gathering, TooMany
from service.intake_line import (
    CALM,
    COMMITS_PER_SLICE,
    SHORT_SLICE_SECONDS,
    SLICE_SECONDS,
    IntakeLine,
    Safe,
)
from service.lines import line_of, serving
from tests.ledger.desk import START, alert

WITHIN = 10
SPOILT = "spoilt"


def delivery(source: str = "generic", size: int = 2, alerts: int = 1) -> Delivery:
    return Delivery(source, b"x" * size, START, tuple(alert() for _ in range(alerts)))


@dataclass
class Writer:
    """A ledger that keeps what it was asked to write; each piece of work waits until the test lets it go."""

    groups: list[list[str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    trouble: Exception | None = None
    triaged: list[Triaged] = field(default_factory=list)
    more: bool = False
    enough: Callable[[], bool] = bool
    begun: "queue.Queue[str]" = field(default_factory=queue.Queue)
    _permits: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def let_go(self, pieces: int = 1_000) -> None:
        self._permits.release(pieces)

    def write(self, work: Callable[..., Any], *args: Any, **_options: Any) -> Any:
        if work is triage_next:
            self.enough = args[2]
        self.begun.put(work.__name__)
        assert self._permits.acquire(timeout=WITHIN)
        self.order.append(work.__name__)
        if work is triage_next:
            return self.triaged, self.more
        return self._kept(work, args[0])

    def _kept(self, work: Callable[..., Any], deliveries: Sequence[Delivery]) -> list[Any]:
        if self.trouble:
            raise self.trouble
        names = [each.source for each in deliveries]
        if work is accept_deliveries:
            if SPOILT in names:
                raise _fault()
            self.groups.append(names)
            return [[number] for number, _ in enumerate(names)]
        assert work is accept_each
        self.groups.append([name for name in names if name != SPOILT])
        return [_fault() if name == SPOILT else [number] for number, name in enumerate(names)]


def _fault() -> IntegrityError:
    return IntegrityError("insert", {}, Exception("not null"))


@dataclass
class Clock:
    """A stopwatch that a test puts forward."""

    time: float = 0.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Desk:
    writer: Writer
    line: IntakeLine
    opened: list[None]
    clock: Clock

    def held_at(self, work: str) -> None:
        """Wait until the line holds in this piece of work."""
        assert self.writer.begun.get(timeout=WITHIN) == work

    def busy_with_a_commit(self) -> "Future[Safe]":
        """The line waits in the commit of a first delivery, after it has looked for what was left behind."""
        self.held_at("triage_next")
        self.writer.let_go(1)
        first = self.line.put(delivery("first"))
        self.held_at("accept_deliveries")
        return first


@pytest.fixture
def desk() -> Iterator[Desk]:
    writer, opened, clock = Writer(), list[None](), Clock()
    line = IntakeLine(cast(Ledger, writer), lambda: START, opened=lambda: opened.append(None), clock=clock)
    line.start()
    yield Desk(writer, line, opened, clock)
    writer.let_go()
    line.close()


def test_a_delivery_that_comes_alone_is_committed_at_once_and_alone(desk: Desk) -> None:
    first = desk.busy_with_a_commit()
    assert not first.done()
    desk.writer.let_go()
    assert first.result(WITHIN).numbers == [0]
    assert desk.writer.groups == [["first"]]


def test_what_comes_during_a_commit_is_one_commit_in_its_order(desk: Desk) -> None:
    desk.busy_with_a_commit()
    rest = [desk.line.put(delivery(name)) for name in "abcde"]
    desk.writer.let_go()
    assert [each.result(WITHIN).numbers for each in rest] == [[0], [1], [2], [3], [4]]
    assert desk.writer.groups == [["first"], list("abcde")]


def test_a_delivery_that_cannot_be_written_spoils_no_other_of_its_group(desk: Desk) -> None:
    desk.busy_with_a_commit()
    before, spoilt, after = (desk.line.put(delivery(name)) for name in ("before", SPOILT, "after"))
    desk.writer.let_go()
    assert before.result(WITHIN).numbers == [0]
    assert after.result(WITHIN).numbers == [2]
    assert isinstance(spoilt.exception(WITHIN), IntegrityError)


def test_a_commit_that_fails_fails_all_of_its_group(desk: Desk) -> None:
    desk.busy_with_a_commit()
    desk.writer.trouble = LedgerUnavailable("the disk is full")
    rest = [desk.line.put(delivery(name)) for name in "abc"]
    desk.writer.let_go()
    assert [str(each.exception(WITHIN)) for each in rest] == ["the disk is full"] * 3
    assert desk.writer.groups == []


def test_after_a_commit_that_failed_the_next_delivery_is_taken(desk: Desk) -> None:
    first = desk.busy_with_a_commit()
    desk.writer.trouble = LedgerUnavailable("locked")
    desk.writer.let_go()
    assert isinstance(first.exception(WITHIN), LedgerUnavailable)
    desk.writer.trouble = None
    assert desk.line.put(delivery()).result(WITHIN).numbers == [0]


def test_going_down_commits_what_has_gathered_and_takes_nothing_more(desk: Desk) -> None:
    first = desk.busy_with_a_commit()
    second = desk.line.put(delivery("second"))
    closing = threading.Thread(target=desk.line.close)
    closing.start()
    while _takes_more(desk.line):
        pass
    desk.writer.let_go()
    closing.join(WITHIN)
    assert first.result(WITHIN)
    assert second.result(WITHIN)
    assert desk.writer.order[-1] == "accept_deliveries"  # triage is left to the next process


def _takes_more(line: IntakeLine) -> bool:
    try:
        line.put(delivery("after the end"))
    except LedgerUnavailable:
        return False
    return True


def test_in_calm_times_a_delivery_may_wait_for_what_becomes_of_its_alerts(desk: Desk) -> None:
    first = desk.busy_with_a_commit()
    desk.writer.let_go(1)
    looked = first.result(WITHIN).looked
    assert looked is not None
    desk.held_at("triage_next")
    assert not looked.done()
    desk.writer.let_go(1)
    assert looked.result(WITHIN) is None


def test_in_a_storm_nobody_waits_for_triage(desk: Desk) -> None:
    desk.busy_with_a_commit()
    rest = [desk.line.put(delivery()) for _ in range(CALM + 1)]
    desk.writer.let_go()
    assert [each.result(WITHIN).looked for each in rest] == [None] * len(rest)


def test_deliveries_go_before_triage_which_has_its_turn_all_the_same(desk: Desk) -> None:
    desk.writer.more = True
    desk.busy_with_a_commit()
    for _ in range(COMMITS_PER_SLICE * 2):
        desk.line.put(delivery())
        desk.writer.let_go(1)  # the commit under way; the one just put comes next
        work = desk.writer.begun.get(timeout=WITHIN)
        if work == "triage_next":
            desk.writer.let_go(1)
            desk.held_at("accept_deliveries")
    desk.writer.let_go()
    assert desk.writer.order.count("triage_next") <= 1 + 2
    assert "triage_next" in desk.writer.order[1:]


def test_a_slice_ends_early_when_a_delivery_waits(desk: Desk) -> None:
    first = desk.busy_with_a_commit()
    desk.writer.let_go(1)
    first.result(WITHIN)
    desk.held_at("triage_next")
    desk.clock.time += SHORT_SLICE_SECONDS * 2
    assert not desk.writer.enough()
    desk.line.put(delivery())
    assert desk.writer.enough()


def test_a_slice_ends_for_others_that_write(desk: Desk) -> None:
    desk.held_at("triage_next")
    desk.clock.time += SLICE_SECONDS * 2
    assert desk.writer.enough()


def test_whoever_starts_runs_hears_of_new_incidents_only(desk: Desk) -> None:
    desk.writer.triaged = [Triaged(1, EndState.DUPLICATE), Triaged(2)]
    first = desk.busy_with_a_commit()
    desk.writer.let_go(1)
    first.result(WITHIN)
    desk.held_at("triage_next")
    desk.writer.triaged = [Triaged(3, EndState.OPENED, "INC-1")]
    desk.writer.let_go(1)
    desk.line.look()
    desk.held_at("triage_next")
    assert desk.opened == [None]


def test_a_fault_of_ours_in_triage_does_not_stop_the_next_delivery(desk: Desk) -> None:
    desk.writer.triaged = cast(list[Triaged], None)  # nothing can be made of that
    first = desk.busy_with_a_commit()
    desk.writer.let_go()
    assert first.result(WITHIN)
    assert desk.line.put(delivery()).result(WITHIN)


class TestGathering:
    def test_what_does_not_fit_is_refused_with_a_time_to_come_again(self) -> None:
        gathering: Gathering[Safe] = Gathering(Bounds(deliveries=2))
        gathering.add(delivery())
        gathering.add(delivery())
        with pytest.raises(TooMany) as refused:
            gathering.add(delivery())
        assert int(refused.value.headers["Retry-After"]) >= 1
        assert len(gathering) == 2

    def test_bytes_are_bounded_too_and_free_again_when_taken(self) -> None:
        gathering: Gathering[Safe] = Gathering(Bounds(bytes=100))
        gathering.add(delivery(size=60))
        with pytest.raises(TooMany):
            gathering.add(delivery(size=60))
        gathering.take()
        gathering.add(delivery(size=60))

    def test_a_delivery_that_is_larger_than_all_room_is_taken_when_nothing_else_waits(self) -> None:
        gathering: Gathering[Safe] = Gathering(Bounds(bytes=10))
        assert gathering.add(delivery(size=60))

    def test_a_group_is_bounded_in_deliveries_and_in_alerts(self) -> None:
        gathering: Gathering[Safe] = Gathering(Bounds(group=3, alerts_of_group=10))
        for alerts in (1, 1, 1, 6, 6, 40, 1):
            gathering.add(delivery(alerts=alerts))
        assert [_alerts(gathering.take()) for _ in range(5)] == [[1, 1, 1], [6], [6], [40], [1]]
        assert gathering.take() == []

    def test_a_sender_that_hangs_up_does_not_stop_the_commit_of_others(self) -> None:
        entry = Gathering[Safe](Bounds()).add(delivery())
        assert not entry.answer.cancel()
        entry.answer.set_result(Safe([1]))


def _alerts(group: Sequence[Entry[Safe]]) -> list[int]:
    return [len(entry.delivery.alerts) for entry in group]


def test_the_line_serves_its_ledger_within_its_block_only() -> None:
    writer = Writer()
    writer.let_go()
    ledger = cast(Ledger, writer)
    line = IntakeLine(ledger, lambda: START)
    with serving(ledger, line):
        assert line_of(ledger) is line
    assert line_of(ledger) is None
    with pytest.raises(LedgerUnavailable):
        line.put(delivery())
