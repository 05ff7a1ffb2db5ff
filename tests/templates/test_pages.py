"""Every web page in every state: complete, accessible, and never more than the reader may do."""

from html.parser import HTMLParser

import pytest

from incident.configuration import Language
from incident.decisions import Assessment, ResolutionStep
from incident.story import Audience, PageState
from templates.pages import AcknowledgePage, Acknowledging, IncidentPage, StatusPage, render_page
from templates.status import DAYS, current, history
from tests.stories import PEOPLE, START, STORIES, at, closed, dismissed, fresh, resolved, resolving
from tests.templates.contexts import ACKNOWLEDGE, DECIDE
from tests.templates.sample_pages import samples

VOID = {"meta", "input", "br", "rect", "circle", "line", "hr", "img", "link"}
TITLES = sorted(samples(Language.ENGLISH))


class Outline(HTMLParser):
    """What a page is made of, and whether every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"/{tag}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def fields(self) -> set[str]:
        return {
            field["name"]
            for tag in ("input", "select", "textarea")
            for field in self.all(tag)
            if "name" in field
        }


def outline(title: str, language: Language = Language.ENGLISH) -> Outline:
    return Outline(render_page(samples(language)[title]))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("title", TITLES)
def test_every_page_is_well_formed_and_accessible(title: str, language: Language) -> None:
    page = outline(title, language)
    assert page.wrong == []
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == 1
    assert "width=device-width, initial-scale=1" in [meta.get("content") for meta in page.all("meta")]
    assert not page.all("script")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("title", TITLES)
def test_every_field_has_a_label(title: str) -> None:
    page = outline(title)
    labelled = {label.get("for") for label in page.all("label")}
    fields = [*page.all("textarea"), *page.all("select"), *page.all("input")]
    named = [field for field in fields if field.get("type") not in {"hidden", "radio", "checkbox"}]
    assert {field["id"] for field in named} <= labelled


@pytest.mark.parametrize("title", TITLES)
def test_pages_ask_nobody_else_for_anything(title: str) -> None:
    page = outline(title)
    assert not page.all("link") + page.all("img") + page.all("iframe")
    assert "no-referrer" in [
        meta.get("content") for meta in page.all("meta") if meta.get("name") == "referrer"
    ]


def test_the_incident_page_shows_everything_that_is_known() -> None:
    text = render_page(IncidentPage(story=resolving(), now=at(45), people=PEOPLE))
    for needed in (
        "INC-42 · Checkout: Error rate above 5 %",
        "Severity 1, critical",
        "being worked on",
        "Bob Bianchi",
        "47 min, ongoing",
        "Nobody can pay",
        "https://meet.example/INC-42",
        "round 1 of 3, level 1 of 2 pages schedule primary",
        "Rolled back deployment 811.",
        "Alice Rossi also answered",
        "earlier: Dave Neri",
        "You decide; you do not repair.",
        "Deployment 811 went out at 03:05.",
    ):
        assert needed in text
    assert text.index("03:10:00") < text.index("03:48:00")


def test_the_incident_page_shows_each_method_of_a_page() -> None:
    text = render_page(IncidentPage(story=STORIES["paged"], now=at(6), people=PEOPLE))
    assert "mail: sent 03:15:20" in text
    assert "sms: due 03:17:18" in text
    assert "high urgency, sms after 2m" in text


def test_the_incident_page_says_why_a_method_of_a_page_failed() -> None:
    story = STORIES["paged"]
    *others, newest = story.pages
    first, second = newest.notifications
    failed = first.model_copy(update={"state": PageState.FAILED, "sent_at": None, "outcome": "no <signal>"})
    page = newest.model_copy(update={"notifications": (failed, second)})
    story = story.model_copy(update={"pages": (*others, page)})
    text = render_page(IncidentPage(story=story, now=at(6), people=PEOPLE))
    assert "mail: failed 03:15:18 (no &lt;signal&gt;)" in text


def test_a_reader_without_a_personal_link_can_change_nothing() -> None:
    text = render_page(IncidentPage(story=resolving(), now=at(45), people=PEOPLE))
    assert "<form" not in text
    assert DECIDE not in text
    assert "open your personal link" in text
    assert 'http-equiv="refresh"' in text


def test_an_actor_can_acknowledge_decide_escalate_and_write_and_keeps_the_link() -> None:
    page = outline("incident for an actor")
    links = [link["href"] for link in page.all("a")]
    assert {ACKNOWLEDGE, DECIDE, "/incidents/INC-42?as=b0b"} <= set(links)
    assert page.all("form") == [
        {"method": "post", "action": f"/incidents/INC-42/{what}?as=b0b", "style": "margin-top:1rem"}
        for what in ("notes", "escalations")
    ]
    assert page.fields() == {"purpose", "text"}
    assert "refresh" not in [meta.get("http-equiv") for meta in page.all("meta")]


def test_a_note_that_was_refused_is_not_lost() -> None:
    text = render_page(samples(Language.ENGLISH)["incident with a refused note"])
    assert "&lt;i&gt;mine&lt;/i&gt;</textarea>" in text
    assert "It is too long." in text


def test_acknowledging_takes_one_button_that_posts_to_the_link_itself() -> None:
    page = outline("acknowledge ready")
    assert page.all("form") == [{"method": "post"}]
    assert len(page.all("button")) == 1


@pytest.mark.parametrize("state", [each for each in Acknowledging if each is not Acknowledging.READY])
def test_there_is_nothing_to_press_when_there_is_nothing_to_acknowledge(state: Acknowledging) -> None:
    assert not outline(f"acknowledge {state}").all("button")


def test_who_was_faster_is_named() -> None:
    page = AcknowledgePage(
        state=Acknowledging.ALREADY,
        story=fresh(),
        person="bob",
        by="alice",
        at=at(6),
        now=at(7),
        people=PEOPLE,
    )
    text = render_page(page)
    assert "Alice Rossi has already acknowledged" in text
    assert "23 Nov 03:16 UTC" in text


@pytest.mark.parametrize("language", Language)
def test_the_form_to_assess_has_every_field_of_an_assessment(language: Language) -> None:
    page = outline("assess", language)
    assert page.fields() == {*Assessment.model_fields, "decision"}
    chosen = {field["name"]: field["value"] for field in page.all("input") if "checked" in field}
    assert chosen == {"severity": "2", "affected": "some"}
    (start,) = [field for field in page.all("input") if field["name"] == "started_at"]
    assert start["value"] == "2026-11-23T03:10"


@pytest.mark.parametrize("language", Language)
def test_the_form_for_the_next_step_has_every_field_of_a_step(language: Language) -> None:
    page = outline("resolve", language)
    assert page.fields() == {*ResolutionStep.model_fields, "decision"}
    assert {option["value"] for option in page.all("option")} >= {"alice", "bob", "proved", "tech_lead", "1"}


def test_a_refused_answer_is_shown_again_with_what_is_wrong() -> None:
    page = outline("assess again")
    text = render_page(samples(Language.ENGLISH)["assess again"])
    assert "impact: say in a sentence" in text
    assert "&lt;b&gt;none&lt;/b&gt;" in text
    chosen = {field["name"]: field["value"] for field in page.all("input") if "checked" in field}
    assert chosen == {"severity": "1", "affected": "all"}
    assert "-3" in [field.get("value") for field in page.all("input")]


def test_a_chosen_step_stays_chosen() -> None:
    page = outline("resolve again")
    assert [field["value"] for field in page.all("input") if "checked" in field] == ["hand over"]
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["tech_lead", "dave"]


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("decided, accepted", "your answer counts"),
        ("decided, late", "Bob Bianchi has already decided"),
        ("decided, late", "It is kept in the timeline"),
        ("decided by the deadline", "The deadline has decided"),
        ("error 404", "look for it in the list of incidents"),
        ("external status, all clear", "Everything is working"),
        ("empty list", "Nothing is open. All quiet."),
        ("incident that lacks things", "the built-in one serves meanwhile"),
        ("incident that lacks things", "tried again at 03:56 UTC"),
        ("incident that lacks things", "refused; `incident repair INC-42` tries it again"),
        ("incident that lacks things", "HTTP 503 &lt;b&gt;busy&lt;/b&gt;"),
        ("incident that lacks things", "(Bob Bianchi)"),
    ],
)
def test_the_page_says_in_a_sentence_what_matters(title: str, sentence: str) -> None:
    assert sentence in render_page(samples(Language.ENGLISH)[title])


def test_customers_see_only_what_they_were_told() -> None:
    stories = (resolving(), fresh(key="INC-43"), dismissed(key="INC-44"))
    text = render_page(StatusPage(audience=Audience.EXTERNAL, stories=stories, now=at(45)))
    assert "1 service has a problem" in text
    assert "Web shop, Mobile app: we are looking into a problem" in text
    assert not [word for word in ("INC-4", "Error rate", "/incidents", "Bob", "Checkout") if word in text]


def test_colleagues_see_every_incident_that_is_one() -> None:
    stories = (resolving(), fresh(key="INC-43"), dismissed(key="INC-44"))
    text = render_page(StatusPage(audience=Audience.INTERNAL, stories=stories, now=at(45)))
    assert "INC-42: Error rate" in text
    assert "INC-43: Error rate" in text
    assert "INC-44" not in text


def test_services_with_the_worst_severity_come_first_and_updates_newest_first() -> None:
    other = resolving(key="INC-43", service_title="Search", products=(), severity=STORIES["fresh"].severity)
    services = current((other, resolving()), Audience.EXTERNAL)
    assert [service.name for service in services] == ["Web shop, Mobile app", "Search"]
    updates = current((resolving(),), Audience.INTERNAL)[0].incidents[0].updates
    assert [update.number for update in updates] == [2, 1]


def test_history_has_fourteen_days_with_what_has_ended() -> None:
    old = closed(opened_at=START.replace(day=20))
    older = closed(opened_at=START.replace(day=1))
    past = history((old, older, resolved(), resolving()), Audience.EXTERNAL, at(45))
    assert len(past) == DAYS
    assert [(day.day.day, len(day.incidents)) for day in past if day.incidents] == [(23, 1), (20, 1)]
    assert past[-1].day.day == 10


def test_the_retrospective_page_has_the_picture_and_boxes_to_tick() -> None:
    page = outline("retrospective closed")
    assert len(page.all("svg")) == 1
    assert len([field for field in page.all("input") if field["type"] == "checkbox"]) == 4
    assert len(page.all("circle")) + len([r for r in page.all("rect") if r.get("class") == "p-bad"]) == 13
