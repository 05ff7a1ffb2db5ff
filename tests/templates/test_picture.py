"""The picture of an incident: nothing overlaps, nothing falls out, and the axis can be read."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.configuration import Language
from incident.story import Story
from templates.moments import picture
from templates.picture import (
    COLUMNS,
    LONGEST,
    ROW,
    TICKS,
    Lane,
    Moment,
    Picture,
    Placed,
    Tone,
    axis_in_letters,
    draw,
    in_letters,
    label_width,
)
from templates.render import render
from templates.words import words
from tests.stories import PEOPLE, START, STORIES, at, hostile, resolved, unreached

SVG = "{http://www.w3.org/2000/svg}"

moments = st.builds(
    Moment,
    at=st.integers(0, 200_000).map(lambda seconds: START + timedelta(seconds=seconds)),
    lane=st.sampled_from(Lane),
    label=st.text(min_size=1, max_size=LONGEST),
    full=st.just(""),
)


def touch(one: Placed, other: Placed) -> bool:
    """Do two labels with their marks touch?"""
    return one.left < other.right and other.left < one.right and abs(one.y - other.y) < ROW


@settings(max_examples=60, deadline=None)
@given(st.lists(moments, max_size=60))
def test_no_two_labels_overlap_and_none_leaves_the_picture(shown: list[Moment]) -> None:
    drawn = draw(shown, START, None)
    assert len(drawn.placed) == len(shown)
    assert not [pair for pair in combinations(drawn.placed, 2) if touch(*pair)]
    for mark in drawn.placed:
        assert mark.left >= 0
        assert mark.right <= drawn.width


@settings(max_examples=60, deadline=None)
@given(st.lists(moments, max_size=60))
def test_every_mark_stands_in_its_own_lane(shown: list[Moment]) -> None:
    drawn = draw(shown, START, None)
    bands = {band.lane: band for band in drawn.bands}
    for mark in drawn.placed:
        band = bands[mark.moment.lane]
        assert band.top < mark.y < band.top + band.height


@settings(max_examples=60, deadline=None)
@given(st.lists(moments, min_size=2, max_size=20))
def test_later_is_further_right(shown: list[Moment]) -> None:
    placed = sorted(draw(shown, START, None).placed, key=lambda mark: mark.moment.at)
    assert [mark.x for mark in placed] == sorted(mark.x for mark in placed)


@pytest.mark.parametrize(
    ("minutes", "step"),
    [
        pytest.param(0, timedelta(seconds=2), id="a moment"),
        pytest.param(1, timedelta(seconds=10), id="a minute"),
        pytest.param(44, timedelta(minutes=10), id="three quarters of an hour"),
        pytest.param(300, timedelta(hours=1), id="five hours"),
        pytest.param(3 * 24 * 60, timedelta(hours=12), id="three days"),
        pytest.param(400 * 24 * 60, timedelta(days=91), id="more than a year"),
    ],
)
def test_the_axis_has_a_few_round_times(minutes: int, step: timedelta) -> None:
    ticks = draw((), START, at(minutes)).ticks
    assert {tick.step for tick in ticks} == {step}
    assert 2 <= len(ticks) <= TICKS + 1
    assert all(tick.at.timestamp() % step.total_seconds() == 0 for tick in ticks)
    assert ticks[0].new_day


def test_the_impact_spans_from_what_the_manager_said_to_the_resolution() -> None:
    story = resolved()
    drawn = picture(story, PEOPLE, words(Language.ENGLISH))
    resolving = next(mark for mark in drawn.placed if mark.moment.full.startswith("Resolved"))
    assert drawn.impact_left < min(mark.x for mark in drawn.placed)
    assert drawn.impact_right == resolving.x


def labels(drawn: Picture, lane: Lane) -> list[tuple[str, Tone]]:
    return [(mark.moment.full, mark.moment.tone) for mark in drawn.placed if mark.moment.lane is lane]


def test_the_lanes_say_who_was_paged_who_answered_what_was_decided_found_and_told() -> None:
    drawn = picture(resolved(), PEOPLE, words(Language.ENGLISH))
    assert sorted(labels(drawn, Lane.PAGED)) == [
        ("Alice Rossi (mail)", Tone.BAD),
        ("Bob Bianchi (mail)", Tone.PLAIN),
        ("Carol Verdi (webhook)", Tone.PLAIN),
    ]
    assert sorted(labels(drawn, Lane.ANSWERED)) == [("Bob Bianchi", Tone.GOOD), ("Carol Verdi", Tone.GOOD)]
    assert sorted(labels(drawn, Lane.DECIDED)) == [
        ("Resolved (Bob Bianchi)", Tone.PLAIN),
        ("Severity 1 (Bob Bianchi)", Tone.PLAIN),
    ]
    assert ("✓ Rolled back deployment 811.", Tone.GOOD) in labels(drawn, Lane.FOUND)
    assert len(labels(drawn, Lane.TOLD)) == 3


def test_what_the_deadline_decided_and_what_failed_is_marked() -> None:
    drawn = picture(unreached(), PEOPLE, words(Language.ENGLISH))
    assert labels(drawn, Lane.DECIDED) == [("Severity 2 (deadline)", Tone.BAD)]
    assert {tone for _, tone in labels(drawn, Lane.PAGED)} == {Tone.BAD}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", [*STORIES.values(), hostile()], ids=[*STORIES, "hostile"])
def test_the_picture_is_well_formed_and_has_every_moment(story: Story, language: Language) -> None:
    drawn = picture(story, PEOPLE, words(language))
    root = ET.fromstring(render("retrospective/picture.svg", language=language, story=story, people=PEOPLE))
    assert root.tag == f"{SVG}svg"
    assert len(root.findall(f"{SVG}g")) == len(drawn.placed)
    shown = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert all(mark.moment.label in shown for mark in drawn.placed)
    assert words(language)["lanes"]["paged"] in shown


def test_a_picture_in_letters_has_a_mark_per_column_and_its_times() -> None:
    drawn = picture(resolved(), PEOPLE, words(Language.ENGLISH))
    lane = in_letters(drawn, Lane.PAGED)
    assert len(lane) == COLUMNS
    assert lane.replace(" ", "") == "×●●"
    axis = axis_in_letters(drawn)
    assert axis.split() == ["03:10", "03:20", "03:30", "03:40", "03:50"]


def test_wide_letters_count_twice() -> None:
    assert label_width("障害") == label_width("abcd")
