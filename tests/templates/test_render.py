"""Rendering finds the right file, refuses what is incomplete, and speaks every language alike."""

from collections.abc import Iterator
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from incident.configuration import Language, Role
from incident.decisions import Affected, Outcome, Question, Step, Via
from incident.delivery import DeliveryState
from incident.lifecycle import Phase, Status
from incident.severity import Severity
from incident.story import Audience, PageState, UpdateState
from incident.timeline import Kind
from ledger.story import LINKED
from templates.picture import Lane
from templates.reading import Stand
from templates.render import render
from templates.review import FollowUpKind
from templates.words import count, fill, words
from tests.stories import fresh
from tests.templates.contexts import texts


def keys(section: Any, path: str = "") -> Iterator[tuple[str, int]]:
    """Every key, with how many words a list has."""
    match section:
        case dict():
            for name, inner in section.items():
                yield from keys(inner, f"{path}/{name}")
        case list():
            yield path, len(section)
        case _:
            yield path, 1


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_same_files(language: Language) -> None:
    assert texts(language) == texts("en")


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_same_words(language: Language) -> None:
    assert dict(keys(words(language))) == dict(keys(words(Language.ENGLISH)))


def test_no_language_copies_the_other() -> None:
    english, italian = (
        [render(name, language=language) for name in texts("en") if name.startswith("role-card/in")]
        for language in Language
    )
    assert english != italian


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("section", "members"),
    [
        ("severities", Severity),
        ("statuses", Status),
        ("phases", Phase),
        ("stands", Stand),
        ("roles", Role),
        ("questions", Question),
        ("doors", Via),
        ("affected", Affected),
        ("outcomes", Outcome),
        ("page_states", PageState),
        ("deliveries", DeliveryState),
        ("update_states", UpdateState),
        ("audiences", Audience),
        ("steps", Step),
        ("step_hints", Step),
        ("kinds", Kind),
        ("follow_ups", FollowUpKind),
        ("lanes", Lane),
        ("places", LINKED),
        ("months", range(12)),
    ],
)
def test_everything_in_a_closed_set_has_a_word(section: str, members: Any, language: Language) -> None:
    known = words(language)[section]
    assert set(members) == set(range(len(known)) if isinstance(known, list) else known)


@pytest.mark.parametrize("language", Language)
def test_every_error_has_a_sentence_and_what_to_do(language: Language) -> None:
    assert {
        len(sentences) for sentences in words(language)["errors"].values() if isinstance(sentences, list)
    } == {2}


def test_no_word_hides_behind_a_method_of_dict() -> None:
    reached_by_attribute = {
        name for path, _ in keys(words(Language.ENGLISH)) for name in path.split("/")[2:3]
    }
    closed_sets = {"update"}  # reached by subscript, which looks for keys first
    assert not {name for name in reached_by_attribute if hasattr(dict, name)} - closed_sets


def test_a_value_that_is_missing_is_an_error_and_not_an_incomplete_text() -> None:
    with pytest.raises(UndefinedError, match="acknowledge_url"):
        render("page/body.txt", story=fresh(), person="bob", because="x", incident_url="https://x.example")


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render("page/none.txt")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("language", Language)
def test_every_role_has_a_card_that_says_what_to_do_first(role: Role, language: Language) -> None:
    card = render(f"role-card/{role}.md", language=language)
    assert "1. " in card
    assert "5. " in card


def test_places_in_words_are_filled() -> None:
    assert fill("{person} at {time}", person="{x}", time="03:10", more=1) == "{x} at 03:10"


@pytest.mark.parametrize(("number", "expected"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages")])
def test_nouns_follow_their_number(number: int, expected: str) -> None:
    assert count(number, ["page", "pages"]) == expected
