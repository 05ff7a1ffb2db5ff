"""Does every event in every state do what the table and its picture say?"""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.errors import TransitionError
from incident.lifecycle import LIVE, TRANSITIONS, Event, Phase, Status, after
from incident.lifecycle_diagram import lifecycle_diagram

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"
IMPOSSIBLE = [step for step in product(Status, Event) if step not in TRANSITIONS]


@pytest.mark.parametrize(("status", "event"), TRANSITIONS, ids=str)
def test_an_event_of_the_table_leads_to_its_state(status: Status, event: Event) -> None:
    assert after(status, event) is TRANSITIONS[status, event]


@pytest.mark.parametrize(("status", "event"), IMPOSSIBLE, ids=str)
def test_any_other_event_is_refused_with_those_that_are_possible(status: Status, event: Event) -> None:
    possible = [e for (s, e) in TRANSITIONS if s is status]

    with pytest.raises(TransitionError) as caught:
        after(status, event)

    expected = (
        f"{event} is not possible while {status}; possible: {', '.join(possible) or 'nothing any more'}"
    )
    assert str(caught.value) == expected


@given(st.lists(st.sampled_from(Event)))
def test_whatever_is_tried_an_incident_that_is_over_never_comes_to_life_again(events: list[Event]) -> None:
    status, was_over = Status.OPEN, False
    for event in events:
        try:
            status = after(status, event)
        except TransitionError:
            continue
        was_over = was_over or status not in LIVE
        assert not (was_over and status in LIVE)


def test_every_state_can_be_reached_from_the_first() -> None:
    reached, fresh = {Status.OPEN}, {Status.OPEN}
    while fresh:
        fresh = {to for (before, _), to in TRANSITIONS.items() if before in fresh} - reached
        reached |= fresh

    assert reached == set(Status)


def test_there_are_seven_phases_in_the_order_of_the_handbook() -> None:
    assert [*Phase] == [
        "detect",
        "set up team channels",
        "assess",
        "tell customers",
        "escalate",
        "delegate",
        "resolve",
    ]


def test_the_picture_in_the_documentation_is_the_one_of_the_table() -> None:
    (picture,) = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text(), re.DOTALL)

    assert picture == lifecycle_diagram()


def test_the_documentation_explains_every_state() -> None:
    assert re.findall(r"^\| (\w+) \|", PAGE.read_text(), re.MULTILINE)[1:] == [*Status]
