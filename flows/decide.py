"""How does a run wait for a person?

It is suspended, costs nothing, and goes on with the first valid answer.
"""

from dataclasses import dataclass
from itertools import count

from prefect.flow_runs import asuspend_flow_run
from prefect.input import aread_flow_run_input, keyset_from_base_key
from prefect.runtime import flow_run

from flows.forms import Form, form_for
from flows.progress import goes_on
from incident.decisions import Answer, Assessment, Question, ResolutionStep
from ledger.decisions import Standing, answer_of, standing_of
from ledger.questions import next_number
from tasks.artifacts import show
from tasks.assess import Pending, ask_manager, take_form
from tasks.doors import ANOTHER_DOOR
from tasks.leaving import leave
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


async def decide(incident: str, question: Question) -> Decided | None:
    """Ask until there is a valid answer, through whatever door; None: the incident is over without it.

    The run ends here (suspended) and starts again from the top when somebody answers. An invalid form is
    asked again under the next number, with its problems above it; it never fails the run.
    """
    while await goes_on(incident):
        number = await here().ledger.aread(next_number, incident, question)
        asked = await ask_manager(incident, question, number, str(flow_run.get_id()))
        stand = await here().ledger.aread(standing_of, incident, asked.key)
        if stand is Standing.OPEN:
            await show(incident)
            form = await wait_for_form(incident, asked)
        else:
            form = await late_form(incident, asked, stand)
        if form:
            await take_form(incident, asked.key, form.values(), form.answered_by)
        if won := await here().ledger.awrite(answer_of, incident, asked.key, here().now()):
            return Decided(key=asked.key, answer=won[0], by=won[1])
    await leave(incident)
    return None


async def wait_for_form(incident: str, asked: Pending) -> Form | None:
    """Suspend the run until its form comes back; None when another door was faster.

    A run may come back with neither: its process died between the suspension and the saving of its form, or
    it was resumed for an earlier question. The next attempt has a key of its own, so that it suspends again.
    """
    form_type = form_for(asked.question, asked.context, asked.proposal)
    for attempt in count():
        key = pause_key(incident, asked.key, attempt)
        await asuspend_flow_run(form_type, key=key)
        if form := await sent_form(form_type, key):
            return form
        if await here().ledger.aread(standing_of, incident, asked.key) is not Standing.OPEN:
            return None
    raise AssertionError("count() never ends")


async def late_form(incident: str, asked: Pending, stand: Standing) -> Form | None:
    """The form may have been sent too while another door was faster: it is kept as a late answer."""
    if stand is not Standing.JUST_ANSWERED:
        return None
    form_type = form_for(asked.question, asked.context, asked.proposal)
    return await sent_form(form_type, pause_key(incident, asked.key, 0))


async def sent_form(form_type: type[Form], key: str) -> Form | None:
    """The form that a person sent. Prefect itself makes an empty one where there is none."""
    values = await aread_flow_run_input(keyset_from_base_key(f"suspended-{key}")["response"])
    form = form_type(**values) if values else None
    return form if form and form.answered_by != ANOTHER_DOOR else None


def pause_key(incident: str, decision: str, attempt: int) -> str:
    """The explicit key of a suspension: the same question is never suspended twice."""
    return f"{incident}-{decision}".lower() + (f"-{attempt}" if attempt else "")
