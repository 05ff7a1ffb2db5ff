"""Which methods of its pages would an escalation use when, if every send succeeds and nobody answers?

What the rows of pages and notifications are to the pager, this is to a rehearsal: a memory. Every decision is
one of `incident.notification`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import assert_never

from incident.actions import PageLevel
from incident.configuration import Configuration, Contact
from incident.notification import (
    Action,
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
from incident.situation import Responder
from incident.story import PageState


@dataclass(frozen=True, slots=True)
class Owed:
    """One method of one page: for whom, and because of what."""

    id: int
    page: int
    paged: PageLevel
    responder: Responder
    contact: Contact
    due_at: datetime
    because: str
    sent_at: datetime | None = None

    def standing(self) -> Notification:
        """As the decisions see it."""
        state = PageState.SENT if self.sent_at else PageState.OWED
        return Notification(id=self.id, contact=self.contact, due_at=self.due_at, state=state)

    def goes_where(self, other: "Owed") -> bool:
        """Whether both go to the same contact of the same person."""
        same_person = self.responder.person == other.responder.person
        return same_person and self.contact.method == other.contact.method


class Outbox:
    """The pages of one escalation on a clock that is played forward."""

    def __init__(self, configuration: Configuration, urgency: Urgency, known: Collection[Owed] = ()) -> None:
        self._configuration = configuration
        self._urgency = urgency
        self._kept = {each.id: each for each in known}
        self._numbers = count(1 + max((max(each.id, each.page) for each in known), default=0))

    def owe(self, paged: PageLevel, now: datetime) -> None:
        """A level was decided: plan a page for each of its people."""
        for responder in paged.responders:
            page = next(self._numbers)
            for planned in plan(self._configuration, responder.person, self._urgency, now):
                self._keep(paged, responder, page, planned)

    def next_due(self) -> datetime | None:
        """When the next method is due; None when nothing waits."""
        return min((each.due_at for each in self._kept.values() if not each.sent_at), default=None)

    def send(self, now: datetime) -> tuple[Owed, ...]:
        """What leaves now, in the order in which it was planned; what is bundled leaves with another one."""
        leaving: set[int] = set()
        for action in self._decided(now):
            match action:
                case Send():
                    leaving.update((action.id, *action.others))
                case Hold():
                    self._hold(action)
                case Drop():
                    pass  # nobody answers
                case _:
                    assert_never(action)
        sent = [replace(self._kept[number], sent_at=now) for number in sorted(leaving)]
        self._kept.update((each.id, each) for each in sent)
        return tuple(sent)

    def _keep(self, paged: PageLevel, responder: Responder, page: int, planned: Planned) -> None:
        """Whatever still waits for the same contact becomes one with it (E13)."""
        number = next(self._numbers)
        new = Owed(number, page, paged, responder, planned.contact, planned.due_at, planned.because)
        older = [each for each in self._kept.values() if not each.sent_at and each.page != page]
        for each in filter(new.goes_where, older):
            planned = merged(planned, each.standing())
            del self._kept[each.id]
        self._kept[number] = replace(new, due_at=planned.due_at)

    def _decided(self, now: datetime) -> list[Action]:
        pages: dict[int, list[Owed]] = {}
        for each in self._kept.values():
            pages.setdefault(each.page, []).append(each)
        return [
            action
            for page in pages.values()
            for action in due([each.standing() for each in page], self._situation(page, now), now)
        ]

    def _situation(self, page: list[Owed], now: datetime) -> Situation:
        return Situation(traffic={each.contact.method: self._traffic(each, now) for each in page})

    def _traffic(self, like: Owed, now: datetime) -> Traffic:
        same = [each for each in self._kept.values() if each.goes_where(like)]
        return Traffic(
            last_sent_at=max((each.sent_at for each in same if each.sent_at), default=None),
            waiting=tuple(each.id for each in same if not each.sent_at and each.due_at <= now),
        )

    def _hold(self, hold: Hold) -> None:
        kept = self._kept[hold.id]
        because = f"{kept.because}; {hold.reason}"
        self._kept[hold.id] = replace(kept, due_at=hold.until, because=because)
