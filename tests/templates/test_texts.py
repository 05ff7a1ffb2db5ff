"""Every text renders about every incident in every language, and says what it must."""

import pytest

from incident.configuration import Language
from incident.story import Story
from templates.render import render
from tests.stories import STORIES, at, dismissed, fresh, paged, resolved, resolving, unreached
from tests.templates.contexts import ACKNOWLEDGE, DECIDE, INCIDENT, NEXT_UP, context, texts

SHARED = [
    *(f"artifact/{name}" for name in texts("artifact")),
    "retrospective/retrospective.md",
    "retrospective/picture.svg",
]
NAMES = [*texts("en"), *SHARED]
MOMENTS = ["first", "update", "severity", "final"]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
@pytest.mark.parametrize("name", NAMES)
def test_every_text_renders_about_every_incident(name: str, story: Story, language: Language) -> None:
    text = render(name, language=language, **context(story))
    may_be_empty = name == "decision/problems.md" and not (
        story.open_decision and story.open_decision.problems
    )
    assert text.strip() or may_be_empty
    assert "{{" not in text
    assert "None" not in text


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".line")])
def test_a_line_is_one_short_line(name: str) -> None:
    text = render(name, language=Language.ITALIAN, **context(resolving(title="x " * 400)))
    assert "\n" not in text
    assert len(text) < 400


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", ["page/body.txt", "page/body.html"])
def test_a_page_says_everything_that_somebody_needs_at_three_in_the_morning(
    name: str, language: Language
) -> None:
    story = paged()
    text = render(name, language=language, **context(story))
    for needed in (
        "INC-42",
        "Checkout",
        "Error rate above 5 %",
        "03:10 UTC",
        ACKNOWLEDGE,
        INCIDENT,
        story.runbook,
    ):
        assert needed in text
    assert "level 2 of 2 pages bob" in text
    assert "Bob Bianchi" in text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ENGLISH, "If nobody acknowledges, next: Carol Verdi, 23 Nov 03:20 UTC (level 3)."),
        (Language.ITALIAN, "Se nessuno prende in carico, poi: Carol Verdi, 23 nov 03:20 UTC (livello 3)."),
    ],
)
@pytest.mark.parametrize("name", ["page/body.txt", "page/body.html"])
def test_a_page_says_who_is_next_and_when(name: str, language: Language, sentence: str) -> None:
    assert sentence in render(name, language=language, **context(paged()))


def test_two_methods_of_one_person_are_one_name_and_the_last_level_is_called_fallback() -> None:
    fallback = NEXT_UP.model_copy(update={"level": 0, "method": "mail"})
    text = render("page/body.txt", **context(paged()) | {"next_up": (fallback, fallback)})
    assert "next: Carol Verdi, 23 Nov 03:20 UTC (fallback)." in text


def test_a_page_that_nothing_is_known_to_follow_says_so_much() -> None:
    text = render("page/body.txt", **context(paged()) | {"next_up": ()})
    assert "Until somebody acknowledges, the next person is woken." in text


def test_a_severity_is_called_proposed_until_somebody_has_assessed_it() -> None:
    before, after = (render("page/body.txt", **context(story)) for story in (paged(), resolving()))
    assert "severity 2, major (proposed)" in before
    assert "severity 1, critical\n" in after


def test_the_subject_of_a_page_names_key_severity_service_and_title() -> None:
    assert (
        render("page/subject.line", **context(paged())) == "INC-42 · SEV 2 · Checkout: Error rate above 5 %"
    )


def test_without_a_language_a_text_is_in_the_language_of_the_incident() -> None:
    italian = fresh(language=Language.ITALIAN)
    assert "gravità" in render("page/body.txt", **context(italian))
    assert "severity" in render("page/body.txt", **context(fresh()))
    assert "severity" in render("page/body.txt", language=Language.ENGLISH, **context(italian))


@pytest.mark.parametrize("moment", MOMENTS[:3])
@pytest.mark.parametrize("audience", ["internal", "external"])
def test_every_update_but_the_last_promises_the_next_one(audience: str, moment: str) -> None:
    values = {**context(resolving()), "next_update_at": at(40)}
    assert "23 Nov 03:50 UTC" in render(f"update/{audience}/{moment}/body.txt", **values)


def test_the_final_internal_update_has_the_whole_summary_and_ends_the_messages() -> None:
    text = render("update/internal/final/body.txt", **context(resolved()))
    for needed in (
        "Rolling back deployment 811",
        "Nobody can pay",
        "Duration: 44 min",
        "Support cases: 7",
        "Two posts on social media",
        "No further messages will follow",
    ):
        assert needed in text


def test_the_final_external_update_is_short_and_announces_a_retrospective() -> None:
    text = render("update/external/final/body.txt", **context(resolved()))
    assert "working again since 23 Nov 03:52 UTC" in text
    assert "retrospective will follow" in text
    assert len(text) < 250


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("part", ["title.line", "body.txt"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_customers_never_read_what_is_internal(moment: str, part: str, language: Language) -> None:
    values = {**context(resolved()), "text": "We are on it." if moment == "update" else "SECRET REASON"}
    text = render(f"update/external/{moment}/{part}", language=language, **values)
    internal = ("INC-42", "Error rate", "Nobody can pay", "SECRET", "811", "Bob", "https://", "Checkout")
    assert not [word for word in internal if word in text]


def test_the_question_to_assess_shows_the_proposal_its_reason_and_the_deadline() -> None:
    text = render("decision/assess.md", **context(paged()))
    assert "severity 2, major" in text
    assert "an error on a service that customers use" in text
    assert "Until 23 Nov 03:30 UTC" in text
    assert "severity 2 applies as proposed" in text


def test_a_question_that_is_asked_again_starts_with_what_was_wrong() -> None:
    text = render("decision/assess.md", **context(STORIES["asked again"]))
    problem = "impact: say in a sentence what customers or colleagues cannot do"
    assert text.index(problem) < text.index("INC-42")
    assert "could not be used" not in render("decision/assess.md", **context(paged()))


def test_the_question_for_the_next_step_shows_findings_recovery_and_every_step() -> None:
    text = render("decision/resolve.md", **context(resolving()))
    assert "experiment (proved): Rolled back deployment 811." in text
    assert "All alerts have recovered" in text
    for step in (
        "Observation",
        "Theory",
        "Experiment",
        "Change the severity",
        "Hand over a role",
        "Resolved",
    ):
        assert f"**{step}**" in text


def test_recovery_is_not_claimed_while_a_monitor_still_fires() -> None:
    story = resolving()
    again = story.alerts[-1].model_copy(update={"status": "firing", "received_at": at(39)})
    still = story.model_copy(update={"alerts": (*story.alerts, again)})
    text = render("decision/resolve.md", **context(still))
    assert "All alerts have recovered" not in text
    assert "Error rate above 5 %: firing" in text


def test_the_notice_of_a_decision_has_its_link_and_its_deadline() -> None:
    for name in ("decision/notice.txt", "decision/notice.html"):
        text = render(name, **context(paged()))
        assert DECIDE in text
        assert "03:30 UTC" in text


def test_the_topic_has_severity_status_and_links_in_one_line() -> None:
    text = render("room/topic.line", **context(resolving()))
    assert text.startswith("SEV 1 critical · being worked on · Checkout")
    assert "manager: Bob Bianchi" in text
    assert f"{INCIDENT} · Room: " in text
    assert "Video call: https://meet.example/INC-42" in text


def test_progress_marks_what_is_done_what_is_now_and_what_is_to_come() -> None:
    rows = [line for line in render("artifact/progress.md", **context(paged())).splitlines() if "|" in line][
        2:
    ]
    assert [row.split("|")[3].strip() for row in rows] == [
        "✓ done",
        "✓ done",
        "● now",
        *["○ to come"] * 4,
    ]


def test_at_a_glance_nobody_reached_is_loud() -> None:
    assert "**NOBODY REACHED**" in render("artifact/glance.md", **context(unreached()))


def test_the_retrospective_has_figures_timeline_decisions_and_actions() -> None:
    text = render("retrospective/retrospective.md", **context(resolved()))
    assert "| Time to acknowledge | 6 min 30 s |" in text
    assert "| Duration of the impact | 44 min |" in text
    assert "- 03:15:18 **no answer**: alice did not answer within 5 minutes" in text
    assert "Bob Bianchi, via web page" in text
    assert "- [ ] Alice Rossi was paged 1× without an answer." in text
    assert "Paged       |" in text


def test_the_retrospective_of_no_incident_says_so() -> None:
    text = render("retrospective/retrospective.md", **context(dismissed()))
    assert "It was no incident" in text
    assert "A load test that nobody had announced." in text
    assert "Tune the alert" in text
