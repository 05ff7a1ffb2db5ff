"""How does an answer from the command line get to the run that waits for it?"""

import time
from functools import partial
from typing import Any

import typer
from sqlmodel import Session

from incident.decisions import Question, Via
from incident.errors import AnswerError, NotFoundError
from incident.lifecycle import LIVE, Status
from ledger.decisions import Verdict, answer, find_decision, keep_invalid, open_decision
from ledger.engine import Ledger
from ledger.incidents import configuration_for
from ledger.tables import DecisionRow
from service.cli.app import utc_now
from service.cli.asking import ask_person
from service.cli.found import found_ledger, here, speaker
from service.cli.prefect_link import AWAY, run_linked, surroundings_of
from service.home import Place
from tasks.doors import give_answer

PATIENCE_SECONDS = 10.0
"""Between two questions of a live incident its run does what was decided; that long the next one is waited for."""
LOOK_EVERY_SECONDS = 0.25


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
        row = ledger.read(find_decision, key, question) if question else _wait_for_question(ledger, key)
        if values:
            return _tell(key, row.key, *_give(place, ledger, key, row.key, values, who))
        return _converse(place, ledger, key, row, who, sorted(configuration.people))


def _converse(place: Place, ledger: Ledger, key: str, row: DecisionRow, who: str, people: list[str]) -> str:
    """Ask until the answer can be acted on."""
    values: dict[str, Any] = dict(row.proposal)
    while True:
        values = ask_person(Question(row.question), values, people)
        try:
            return _tell(key, row.key, *_give(place, ledger, key, row.key, values, who))
        except AnswerError as error:
            for problem in error.problems:
                typer.echo(problem, err=True)


def _wait_for_question(ledger: Ledger, key: str) -> DecisionRow:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        row, status = ledger.read(_open, key)
        if row is not None:
            return row
        if status not in LIVE:
            raise NotFoundError(f"{key} is {status}: nothing is left to decide")
        if time.monotonic() > until:
            raise NotFoundError(f"{key} asks nothing at the moment; `incident show {key}` says where it is")
        time.sleep(LOOK_EVERY_SECONDS)


def _open(session: Session, key: str) -> tuple[DecisionRow | None, Status]:
    incident, _ = configuration_for(session, key)
    return open_decision(session, key), incident.status


def _give(
    place: Place, ledger: Ledger, key: str, decision: str, values: dict[str, Any], who: str
) -> tuple[Verdict, bool]:
    if not place.prefect_api_url:
        return _write_down(ledger, key, decision, values, who), False
    surroundings = surroundings_of(ledger, place)
    give = partial(give_answer, key, decision, values, by=who, via=Via.CLI)
    try:
        return run_linked(place, surroundings, give)
    except AWAY:
        # The ledger has the answer already: only the run could not be told.
        row = ledger.read(find_decision, key, decision)
        return Verdict((row.by, row.via) == (who, Via.CLI), row.by or who, row.via or Via.CLI, ""), False


def _write_down(ledger: Ledger, key: str, decision: str, values: dict[str, Any], who: str) -> Verdict:
    """The same without Prefect: the watchdog sees the answer in the ledger and resumes the run."""
    now = utc_now()
    try:
        return ledger.write(answer, key, decision, values, by=who, via=Via.CLI, now=now)
    except AnswerError as error:
        ledger.write(keep_invalid, key, decision, values, error.problems, by=who, via=Via.CLI, now=now)
        raise


def _tell(key: str, decision: str, verdict: Verdict, goes_on: bool) -> str:  # noqa: FBT001  as it was returned
    if not verdict.won:
        return f"{verdict.by} had answered {decision} of {key} before (via {verdict.via}); yours is kept"
    return f"{decision} of {key} is answered" + ("" if goes_on else "; the run goes on within seconds")
