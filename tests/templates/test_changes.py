"""Does the page about changes offer its reader what they may do, and nothing else?"""

import pytest

from incident.configuration import Language
from templates.pages import render_page
from tests.templates.sample_pages import samples
from tests.templates.test_pages import outline


def shown(title: str, language: Language = Language.ENGLISH) -> str:
    return render_page(samples(language)[title])


def deeds(title: str) -> dict[str, int]:
    """How often each button stands there."""
    values = [field["value"] for field in outline(title).all("input") if field.get("name") == "do"]
    return {value: values.count(value) for value in values}


def test_a_reader_takes_what_is_offered_to_them_or_anybody_and_keeps_their_own() -> None:
    assert deeds("changes") == {"take": 2, "decline": 1, "keep": 1, "offer": 2, "withdraw": 6, "override": 1}


def test_where_nothing_is_to_be_done_only_the_form_is_left() -> None:
    assert deeds("changes, nothing yet") == {"override": 1}
    assert deeds("changes without any schedule") == {}


def test_times_are_those_of_the_schedule() -> None:
    assert "Mon 29 Mar 01:00</time>" in shown("changes")
    assert "Sun 4 Apr 19:00</time>" in shown("changes")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ENGLISH, "Bob Bianchi stands in for Alice"),
        (Language.ITALIAN, "Bob Bianchi sostituisce Alice"),
    ],
)
def test_a_change_is_a_sentence_in_the_language_of_the_reader(language: Language, sentence: str) -> None:
    assert sentence in shown("changes", language)


def test_what_was_entered_is_not_lost_and_what_was_wrong_is_said() -> None:
    page = outline("changes, refused")
    chosen = [each for each in page.all("option") if "selected" in each]
    assert [each["value"] for each in chosen] == ["search", "alice"]
    assert "does not exist" in shown("changes, refused")
    assert [each["value"] for each in page.all("input") if each.get("name") == "start"][
        -1
    ] == "2027-03-28T02:30"
