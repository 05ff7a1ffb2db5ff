"""How does an answer from the command line get to the run that waits for it?"""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import typer

from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError
from incident.lifecycle import LIVE
from incident.story import DecisionTaken
from ledger.engine import Ledger
from ledger.incidents import configuration_for
from ledger.story import tell
from service.cli.asking import ask_person
from service.cli.found import found_ledger, here, speaker
from service.cli.prefect_link import AWAY, run_linked, surroundings_of
from service.home import Place
from tasks.doors import give_answer

PATIENCE_SECONDS = 10.0
"""Between two questions of a live incident its run does what was decided; so long the next one is awaited."""
LOOK_EVERY_SECONDS = 0.25


@dataclass(frozen=True)
class Door:
    """Who answers which question of which incident, and through which system."""

    place: Place
    ledger: Ledger
    incident: str
    decision: str
    person: str

    def give(self, values: dict[str, Any]) -> str:
        """Give an answer; returns what to tell.

        Raises:
            AnswerError: it cannot be acted on; the question stays open.
        """
        surroundings = surroundings_of(self.ledger, self.place)
        giving = partial(give_answer, self.incident, self.decision, values, by=self.person, via=Via.CLI)
        try:
            verdict, goes_on = run_linked(self.place, surroundings, giving)
        except AWAY:
            # The answer is written before Prefect is asked: if it is there, only the run could not be told.
            taken = _find(self.ledger, self.incident, self.decision)
            if taken.answered_at is None:
                raise
            return self._tell(taken.by or "", taken.via, goes_on=False)
        return self._tell(verdict.by, verdict.via, goes_on=goes_on)

    def _tell(self, by: str, via: Via | None, *, goes_on: bool) -> str:
        what = f"{self.decision} of {self.incident}"
        if (by, via) != (self.person, Via.CLI):
            return f"{by} had answered {what} before (via {via}); yours is kept"
        return f"{what} is answered" + ("" if goes_on else "; the run goes on within seconds")


def answer_question(key: str, question: str | None, values: dict[str, Any], person: str | None) -> str:
    """Give an answer; without values the person at the terminal is asked. Returns what to tell.

    Raises:
        AnswerError: it cannot be acted on; the question stays open.
        NotFoundError: the incident, the person or the question is not known.
    """
    place = here()
    with found_ledger(place) as ledger:
        _, configuration = ledger.read(configuration_for, key)
        who = speaker(person, configuration.people)
        decision = _find(ledger, key, question) if question else _wait_for_question(ledger, key)
        door = Door(place, ledger, key, decision.key, who)
        return door.give(values) if values else _converse(door, decision, sorted(configuration.people))


def _converse(door: Door, decision: DecisionTaken, people: list[str]) -> str:
    """Ask until the answer can be acted on."""
    values = decision.proposal
    while True:
        values = ask_person(decision.question, values, people)
        try:
            return door.give(values)
        except AnswerError as error:
            for problem in error.problems:
                typer.echo(problem, err=True)


def _find(ledger: Ledger, key: str, question: str) -> DecisionTaken:
    asked = {decision.key: decision for decision in ledger.read(tell, key).decisions}
    if question not in asked:
        known = ", ".join(asked) or "none yet"
        raise NotFoundError(f"{key} has no question {question!r}; it has asked: {known}")
    return asked[question]


def _wait_for_question(ledger: Ledger, key: str) -> DecisionTaken:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        story = ledger.read(tell, key)
        if story.open_decision is not None:
            return story.open_decision
        if story.status not in LIVE:
            raise NotFoundError(f"{key} is {story.status}: nothing is left to decide")
        if time.monotonic() > until:
            raise NotFoundError(f"{key} asks nothing at the moment; `incident show {key}` says where it is")
        time.sleep(LOOK_EVERY_SECONDS)
