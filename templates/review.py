"""What should be followed up after an incident? Seeds for the retrospective, found in what went wrong."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from incident.decisions import Outcome, Question, Via
from incident.lifecycle import Status
from incident.story import PageSent, PageState, Story
from incident.timeline import Kind


class FollowUpKind(StrEnum):
    """What sort of thing should be followed up."""

    UNREACHED = "unreached"
    UNANSWERED = "unanswered"
    NOBODY_ON_CALL = "nobody on call"
    PAGE_FAILED = "page failed"
    PAGE_UNCERTAIN = "page uncertain"
    OVERDUE = "overdue"
    LATE_ANSWER = "late answer"
    PROBLEM = "problem"
    REPAIRED = "repaired"
    OPEN_EXPERIMENT = "open experiment"
    SEVERITY_PROPOSAL = "severity proposal"
    FALSE_ALARM = "false alarm"
    NO_RUNBOOK = "no runbook"


class FollowUp(BaseModel):
    """One thing to follow up; the words for its kind say what to do."""

    model_config = ConfigDict(frozen=True)

    kind: FollowUpKind
    person: str = ""
    question: Question | None = None
    number: int = 0
    detail: str = ""


def follow_ups(story: Story) -> tuple[FollowUp, ...]:
    """What should be followed up, the gravest first."""
    return (*_paging(story), *_decisions(story), *_effects(story), *_knowledge(story))


def _paging(story: Story) -> Iterator[FollowUp]:
    if story.unreached:
        yield FollowUp(kind=FollowUpKind.UNREACHED)
    for person, number in Counter(page.person for page in story.pages if unanswered(story, page)).items():
        yield FollowUp(kind=FollowUpKind.UNANSWERED, person=person, number=number)
    for fact in story.timeline:
        if fact.kind is Kind.SKIPPED:
            yield FollowUp(kind=FollowUpKind.NOBODY_ON_CALL, detail=fact.text)
    for page in story.pages:
        detail = ", ".join(part for part in (page.method, page.outcome) if part)
        if page.state is PageState.FAILED:
            yield FollowUp(kind=FollowUpKind.PAGE_FAILED, person=page.person, detail=detail)
        elif page.uncertain:
            yield FollowUp(kind=FollowUpKind.PAGE_UNCERTAIN, person=page.person, detail=detail)
        if page.state is not PageState.FAILED:
            yield from _failed_methods(page)


def _failed_methods(page: PageSent) -> Iterator[FollowUp]:
    """The methods that failed although the page reached its person by another one."""
    for each in page.notifications:
        if each.state is PageState.FAILED:
            detail = f"{each.method}, {each.outcome}"
            yield FollowUp(kind=FollowUpKind.PAGE_FAILED, person=page.person, detail=detail)


def unanswered(story: Story, page: PageSent) -> bool:
    """Was this page left unanswered until somebody else had to be paged, or for ever?"""
    if page.state is not PageState.SENT or page.acknowledged_at:
        return False
    later = any(other.escalation == page.escalation and other.owed_at > page.owed_at for other in story.pages)
    return later or story.unreached


def _decisions(story: Story) -> Iterator[FollowUp]:
    for decision in story.decisions:
        if decision.via is Via.DEADLINE:
            yield FollowUp(kind=FollowUpKind.OVERDUE, question=decision.question)
        for answer in decision.late:
            yield FollowUp(kind=FollowUpKind.LATE_ANSWER, question=decision.question, person=answer.by)


def _effects(story: Story) -> Iterator[FollowUp]:
    kinds = {Kind.PROBLEM: FollowUpKind.PROBLEM, Kind.REPAIRED: FollowUpKind.REPAIRED}
    for fact in story.timeline:
        if kind := kinds.get(fact.kind):
            yield FollowUp(kind=kind, detail=fact.text)


def _knowledge(story: Story) -> Iterator[FollowUp]:
    for fact in story.timeline:
        if fact.kind is Kind.EXPERIMENT and fact.data.get("outcome") == Outcome.INCONCLUSIVE:
            yield FollowUp(kind=FollowUpKind.OPEN_EXPERIMENT, detail=fact.text)
    if story.status is Status.DISMISSED:
        yield FollowUp(kind=FollowUpKind.FALSE_ALARM, detail=story.summary)
    elif story.status is Status.MERGED:
        return
    elif story.severity is not story.severity_proposed:
        detail = f"{story.severity_proposed:d} → {story.severity:d}"
        yield FollowUp(kind=FollowUpKind.SEVERITY_PROPOSAL, detail=detail)
    if not story.runbook:
        yield FollowUp(kind=FollowUpKind.NO_RUNBOOK, detail=story.service_title)
