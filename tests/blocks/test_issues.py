"""Does the text of an alert do no harm as an issue, and is what we wrote found again?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.issues import LABEL_LENGTH, body_of, comment_of, found_by, harmless, labels_of, link_of, mark
from tests.blocks.rig_jira import FIELDS


def test_an_issue_is_labelled_with_its_incident_its_severity_and_its_service() -> None:
    assert labels_of(FIELDS) == ("incident-INC-42", "severity-1", "service-check-out")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        pytest.param("ask @ops now", "ask @\u200bops now", id="nobody is called by name"),
        pytest.param("@all", "@\u200ball", id="nor everybody"),
        pytest.param("ann@example.com", "ann@example.com", id="a mail address stays as it is"),
        pytest.param("so\n/close\n  /assign me", "so\n\\/close\n  \\/assign me", id="no line is a command"),
        pytest.param("in /var/log", "in /var/log", id="a path within a line stays as it is"),
    ],
)
def test_the_text_of_an_alert_does_nothing(said: str, written: str) -> None:
    assert harmless(said) == written


@given(text=st.text(max_size=300), length=st.integers(min_value=150, max_value=250))
def test_a_comment_is_found_by_its_mark_however_long_it_is(text: str, length: int) -> None:
    written = comment_of(text, "INC-42/comment/1", length)
    assert len(written) <= length
    assert mark("INC-42/comment/1") in written
    assert mark("INC-42/comment/2") not in written


def test_no_mark_ends_early_whatever_the_key_holds() -> None:
    assert mark("--> boo").count("-->") == 1


def test_a_long_description_says_that_it_was_cut() -> None:
    long = FIELDS.model_copy(update={"description": "x" * 300})
    assert body_of(long, 200) == "x" * 197 + "\n\n…"


@given(st.text(min_size=1))
def test_a_label_is_one_word_that_is_not_too_long(key: str) -> None:
    label = found_by(key)
    assert len(label) <= LABEL_LENGTH
    assert "," not in label
    assert len(label.split()) == 1


def test_brackets_do_not_end_a_link_early() -> None:
    assert link_of("Room [1]", "https://chat.example.com/1") == "[Room  1 ](<https://chat.example.com/1>)"
