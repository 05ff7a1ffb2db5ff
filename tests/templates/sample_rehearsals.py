"""The page about a rehearsal in its states, and what comes next on an incident's page."""

from collections.abc import Iterator
from datetime import timedelta

from incident.configuration import Language
from incident.rehearsed import Ahead, Entry, Happening
from incident.severity import Severity
from incident.why import Rehearsal
from templates.pages import Actor, IncidentPage, Page
from templates.why import WhyPage
from tests.stories import PEOPLE, STORIES, at

PAGED = Entry(
    at=at(10),
    elapsed=timedelta(minutes=10),
    what=Happening.PAGED,
    policy="checkout",
    level=1,
    round=2,
    person="bob",
    method="sms",
    rule="round 2 of 3, level 1 of 1 pages schedule <primary>, 5m to answer",
    because="on call for <primary>",
    method_rule="high urgency, sms at once",
)
FALLBACK = PAGED.model_copy(update={"level": 0})
ENTRIES = (
    PAGED,
    FALLBACK,
    *(
        Entry(at=at(12), elapsed=timedelta(), what=what, policy="checkout", rule="because")
        for what in Happening
        if what is not Happening.PAGED
    ),
)


def rehearsals(language: Language) -> Iterator[tuple[str, Page]]:
    """Every state of the page, and of the section."""
    common = {"now": at(45), "language": language, "people": PEOPLE}
    whole = Rehearsal(
        service="checkout",
        severity=Severity.CRITICAL,
        at=at(0),
        timezone="Europe/Rome",
        policy="checkout",
        entries=ENTRIES,
        reminded_at=at(60),
        beside=("something <else>",),
    )
    endless = whole.model_copy(update={"reminded_at": None, "beside": ()})
    services = ("checkout", "search")
    yield "rehearsal", WhyPage(rehearsal=whole, services=services, asked_at="<now>", **common)
    actor = Actor(person="bob", token="b0b")
    yield "endless rehearsal", WhyPage(rehearsal=endless, services=services, actor=actor, **common)
    two = tuple(Ahead(purpose=purpose, entries=ENTRIES) for purpose in ("incident manager", "<tech lead>"))
    for number in (1, 2):
        ahead = two[:number]
        yield f"incident with {number} ahead", IncidentPage(story=STORIES["paged"], ahead=ahead, **common)
