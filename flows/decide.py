"""How does a run wait for a person?

It is suspended, costs nothing, and goes on with the first valid answer.
"""

from dataclasses import dataclass
from itertools import count

from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import asuspend_flow_run
from prefect.input.run_input import keyset_from_base_key
from prefect.runtime import flow_run

from flows.forms import Form, form_for
from incident.decisions import Answer, Assessment, Question, ResolutionStep
from ledger.decisions import Standing, answer_of, standing_of
from ledger.questions import next_number
from tasks.artifacts import show
from tasks.assess import Pending, ask_manager, take_form
from tasks.surroundings import here


@dataclass(frozen=True)
class Decided:
    """A question that was answered: its key, the answer, and whose it is."""

    key: str
    answer: Answer
    by: str

    @property
    def assessment(self) -> Assessment:
        """The answer to the question how bad it is."""
        assert isinstance(self.answer, Assessment), "an assess question is answered by an assessment"
        return self.answer

    @property
    def step(self) -> ResolutionStep:
        """The answer to the question what next."""
        assert isinstance(self.answer, ResolutionStep), "a resolve question is answered by a step"
        return self.answer


async def decide(incident: str, question: Question) -> Decided:
    """Ask until there is a valid answer, through whatever door.

    The run ends here (suspended) and starts again from the top when somebody answers. An invalid form is
    asked again under the next number, with its problems above it; it never fails the run.
    """
    while True:
        number = await here().ledger.aread(next_number, incident, question)
        asked = await ask_manager(incident, question, number, str(flow_run.get_id()))
        stand = await here().ledger.aread(standing_of, incident, asked.key)
        if stand is Standing.OPEN:
            await show(incident)
            form = await wait_for_form(incident, asked)
            await take_form(incident, asked.key, form.values(), form.answered_by)
        elif stand is Standing.JUST_ANSWERED:
            await take_late_form(incident, asked)
        if won := await here().ledger.awrite(answer_of, incident, asked.key, here().now()):
            return Decided(key=asked.key, answer=won[0], by=won[1])


async def wait_for_form(incident: str, asked: Pending) -> Form:
    """Suspend the run until its form comes back.

    A process that died between the suspension and the saving of its form leaves a key without a form: the
    next attempt has a key of its own.
    """
    form_type = form_for(asked.question, asked.context, asked.proposal)
    for attempt in count():
        try:
            return await asuspend_flow_run(form_type, key=pause_key(incident, asked.key, attempt))
        except ObjectNotFound:
            continue
    raise AssertionError("count() never ends")


async def take_late_form(incident: str, asked: Pending) -> None:
    """The form may have been sent too while another door was faster: it is kept as a late answer."""
    form_type = form_for(asked.question, asked.context, asked.proposal)
    try:
        form = await form_type.aload(keyset_from_base_key(f"suspended-{pause_key(incident, asked.key, 0)}"))
    except ObjectNotFound:
        return
    await take_form(incident, asked.key, form.values(), form.answered_by)


def pause_key(incident: str, decision: str, attempt: int) -> str:
    """The explicit key of a suspension: the same question is never suspended twice."""
    return f"{incident}-{decision}".lower() + (f"-{attempt}" if attempt else "")
