"""Which moments of an incident does its picture show? Paged, answered, decided, found and told."""

from collections.abc import Iterator, Mapping
from typing import Any

from incident.decisions import FINDINGS, Outcome, Via
from incident.story import DecisionTaken, PageState, Story
from templates.formats import shorten
from templates.picture import LONGEST, Lane, Moment, Picture, Tone, draw
from templates.reading import findings
from templates.review import unanswered

Names = Mapping[str, str]
Words = Mapping[str, Any]

_SIGNS = {Outcome.PROVED: "✓ ", Outcome.REFUTED: "✗ ", Outcome.INCONCLUSIVE: "? ", None: ""}
_TONES = {Outcome.PROVED: Tone.GOOD, Outcome.REFUTED: Tone.BAD}


def picture(story: Story, names: Names, words: Words) -> Picture:
    """The picture of a story, its labels in the language of the words."""
    moments = (
        *_paged(story, names),
        *_answered(story, names),
        *_decided(story, names, words),
        *_found(story, words),
        *_told(story, words),
    )
    return draw(moments, story.impact_since(), story.resolved_at)


def _moment(lane: Lane, full: str, tone: Tone = Tone.PLAIN, **more: Any) -> Moment:
    return Moment(lane=lane, label=shorten(full, LONGEST), full=full, tone=tone, **more)


def _paged(story: Story, names: Names) -> Iterator[Moment]:
    for page in story.pages:
        if page.state in {PageState.SENT, PageState.FAILED}:
            bad = page.state is PageState.FAILED or unanswered(story, page)
            name = names.get(page.person, page.person)
            full = f"{name} ({page.method})" if page.method else name
            yield _moment(Lane.PAGED, full, Tone.BAD if bad else Tone.PLAIN, at=page.sent_at or page.owed_at)


def _answered(story: Story, names: Names) -> Iterator[Moment]:
    answers = {(page.person, page.acknowledged_at): page.acknowledged_at for page in story.pages}
    for (person, _), at in answers.items():
        if at:
            yield _moment(Lane.ANSWERED, names.get(person, person), Tone.GOOD, at=at)


def _decided(story: Story, names: Names, words: Words) -> Iterator[Moment]:
    for decision in story.decisions:
        answer = decision.answer or {}
        if decision.answered_at is None or answer.get("step") in FINDINGS:
            continue
        overdue = decision.via is Via.DEADLINE
        alone = decision.via in (Via.DEADLINE, Via.RULE)
        person = names.get(decision.by or "", decision.by or "")
        by = words["doors"][decision.via or Via.DEADLINE] if alone else person
        full = f"{_answer(decision, words)} ({by})" if by else _answer(decision, words)
        yield _moment(Lane.DECIDED, full, Tone.BAD if overdue else Tone.PLAIN, at=decision.answered_at)


def _answer(decision: DecisionTaken, words: Words) -> str:
    answer = decision.answer or {}
    if answer.get("is_incident") is False:
        return str(words["statuses"]["dismissed"])
    if answer.get("merged_into"):
        return f"{words['statuses']['merged']}: {answer['merged_into']}"
    if step := answer.get("step"):
        number = f" {answer['severity']}" if answer.get("severity") else ""
        return f"{words['steps'].get(step, step)}{number}"
    return f"{words['label']['severity']} {answer.get('severity', '')}".strip()


def _found(story: Story, words: Words) -> Iterator[Moment]:
    for finding in findings(story):
        full = f"{_SIGNS[finding.outcome]}{finding.text}" or words["kinds"][finding.kind]
        tone = _TONES.get(finding.outcome, Tone.PLAIN) if finding.outcome else Tone.PLAIN
        yield _moment(Lane.FOUND, full, tone, at=finding.at)


def _told(story: Story, words: Words) -> Iterator[Moment]:
    for update in story.updates:
        full = f"{words['audiences'][update.audience]}: {words['update_states'][update.state]}"
        yield _moment(Lane.TOLD, full, at=update.at)
