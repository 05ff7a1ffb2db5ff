"""Who answers in the end-to-end tests? Played people who use the public doors, patiently."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from incident.decisions import Question
from incident.progress import Stage
from incident.story import DecisionTaken, PageSent, PageState, Story
from tests.e2e.system import DOORS, Running, told

ASSESSMENT = {"is_incident": "yes", "severity": "1", "impact": "Nobody can pay", "affected": "all"}
RESOLVE = {"step": "resolve", "text": "payments work again"}
SHORT = (RESOLVE,)
EVERYTHING = (
    {"step": "observation", "text": "all servers left the load balancer"},
    {"step": "update customers", "text": "we know the cause"},
    {"step": "change severity", "severity": "1", "text": "now nobody can pay"},
    {"step": "hand over", "role": "communications_manager", "person": "bob"},
    RESOLVE,
)
Answers = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class People:
    """Everybody who is on call; whoever is paged acknowledges, whoever manages answers."""

    system: Running
    answers: Answers = SHORT
    assessment: Mapping[str, str] = field(default_factory=lambda: ASSESSMENT)

    def play(
        self, keys: Sequence[str], *, within: float = 180.0, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Until every incident is closed."""
        until = time.monotonic() + within
        while open_ones := [story for key in keys if (story := self.system.story(key)).closed_at is None]:
            for story in open_ones:
                self.act(story)
            meanwhile()
            if time.monotonic() > until:
                raise TimeoutError("\n\n".join(told(story) for story in open_ones))
            time.sleep(0.15)

    def act(self, story: Story) -> None:
        """Do what one incident wants of people now; what a door refuses is tried again at the next look."""
        try:
            for page in waiting_pages(story):
                self.acknowledge(story, page)
            asked = story.open_decision
            if asked and story.acknowledged_at:
                self.answer(story, asked)
        except httpx.TransportError:
            return

    def acknowledge(self, story: Story, page: PageSent) -> None:
        """Press the button behind the link in the page."""
        links, now = self.system.links, datetime.now(UTC)
        link = links.acknowledge(page.id, page.person, story.key, now)
        DOORS.post(link)

    def answer(self, story: Story, asked: DecisionTaken) -> None:
        """Send the form behind the link in the question."""
        values = self.assessment if asked.question is Question.ASSESS else self.next_step(story)
        self.decide(story.key, "bob", {**values, "decision": asked.key})

    def next_step(self, story: Story) -> Mapping[str, Any]:
        """The step after those that were answered."""
        taken = sum(bool(each.answer) for each in story.decisions if each.question is Question.RESOLVE)
        return self.answers[min(taken, len(self.answers) - 1)]

    def decide(self, key: str, person: str, values: Mapping[str, Any]) -> httpx.Response:
        """Answer by the personal link."""
        link = self.system.links.decide(person, key, datetime.now(UTC))
        return DOORS.post(link, data=dict(values))


def thorough_people(system: Running) -> People:
    """They assess it as major, and do everything that can be done, also finding that it is critical."""
    return People(system, EVERYTHING, {**ASSESSMENT, "severity": "2", "affected": "some"})


def waiting_pages(story: Story) -> list[PageSent]:
    """The newest page of each escalation that still climbs."""
    climbing = {each.purpose for each in story.escalations if each.stage in (Stage.CLIMBING, Stage.UNREACHED)}
    sent = [page for page in story.pages if page.state is PageState.SENT and page.escalation in climbing]
    return list({page.escalation: page for page in sent if page.acknowledged_at is None}.values())
