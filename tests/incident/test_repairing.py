"""What is missing around an incident, why, and when is it tried again?"""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from incident.repairing import LINGER, LONGEST_PAUSE, PAUSES, pause, repairs, resources, wanted
from incident.resources import Owed, ResourceState, described
from incident.story import Story
from tests import stories
from tests.stories import at

SET_UP = {"ticket": True, "call": True, "room": True}


def owed(due: float | None = 0.0, problem: str = "HTTP 503") -> Owed:
    """Missing since the first minute, due so many minutes after the first alert."""
    return Owed(problem=problem, since=at(1), tries=2, due_at=None if due is None else at(due))


@pytest.mark.parametrize(
    ("story", "effects", "names"),
    [
        pytest.param(stories.fresh(), {}, (), id="while a phase goes on its flow makes the set-up"),
        pytest.param(
            stories.paged(), {}, ("ticket", "call", "room"), id="after its phase each thing should be there"
        ),
        pytest.param(
            stories.paged(),
            {"room": True},
            ("ticket", "call", "room", "say/opened", "pin/opened", "topic/opened"),
            id="a room should have its text and its topic",
        ),
        pytest.param(
            stories.asked_again(),
            {"room": True, "topic/opened": True, "topic/manager-bob": False},
            (
                "ticket",
                "call",
                "room",
                "say/opened",
                "pin/opened",
                "topic/manager-bob",
                "invite/bob",
                "status/bob",
            ),
            id="and its people, and the newest topic",
        ),
        pytest.param(
            stories.asked_again(),
            {"ticket": True, "call": True},
            (
                "ticket",
                "call",
                "room",
                "status/bob",
                "ticket/link/page",
                "ticket/link/call",
                "ticket/in-progress",
            ),
            id="a ticket should have the links that there are",
        ),
        pytest.param(stories.resolved(), {}, (), id="what is over needs no set-up"),
    ],
)
def test_wanted(story: Story, effects: Mapping[str, bool], names: tuple[str, ...]) -> None:
    assert wanted(story, effects) == names


def test_without_a_flow_the_set_up_is_wanted_at_once() -> None:
    assert wanted(stories.fresh(), {}, alone=True) == ("ticket", "call", "room")


@pytest.mark.parametrize(
    ("effects", "known", "todo"),
    [
        pytest.param({"ticket": True}, {}, ["call", "room"], id="what was not tried is tried"),
        pytest.param(SET_UP, {"archive": owed()}, ["archive"], id="so is what is owed and due"),
        pytest.param(
            {"ticket": True, "call": True},
            {"room": owed(9)},
            [],
            id="what is due later waits, with its parts",
        ),
        pytest.param(
            {"ticket": True, "call": True}, {"room": owed(None)}, [], id="what was refused waits for somebody"
        ),
        pytest.param(SET_UP, {"room": owed()}, [], id="what is done is not tried"),
    ],
)
def test_todo(effects: Mapping[str, bool], known: Mapping[str, Owed], todo: list[str]) -> None:
    parts = (
        {} if not effects.get("room") else dict.fromkeys(("say/opened", "pin/opened", "topic/opened"), True)
    )
    links = dict.fromkeys(("ticket/link/page", "ticket/link/call", "ticket/link/room"), True)
    found = repairs(stories.paged(), {**effects, **parts, **links}, known, at(5))
    assert (list(found.todo), dict(found.dropped)) == (todo, {})


def test_each_try_has_its_reason() -> None:
    found = repairs(stories.paged(), {"ticket": True, "call": True}, {"room": owed()}, at(5))
    assert found.todo["room"] == "try 3, missing since 03:11:00: HTTP 503"


@pytest.mark.parametrize(
    ("story", "effects", "name", "reason"),
    [
        pytest.param(
            stories.closed(),
            {},
            "room",
            "the incident is closed",
            id="what is over needs no room",
        ),
        pytest.param(
            stories.asked_again(),
            {},
            "status/alice",
            "alice does not manage the incident any more",
            id="only the manager of now looks busy",
        ),
        pytest.param(
            stories.asked_again(),
            {"topic/opened": False, "topic/assess-1": True},
            "topic/opened",
            "a newer topic has taken its place",
            id="an old topic does not come back",
        ),
        pytest.param(
            stories.asked_again(),
            {"status-page/internal": True, "status-page/internal/a": False, "status-page/internal/b": True},
            "status-page/internal/a",
            "a newer update has taken its place",
            id="nor does an old update",
        ),
    ],
)
def test_what_is_of_no_use_any_more_is_dropped(
    story: Story, effects: Mapping[str, bool], name: str, reason: str
) -> None:
    assert dict(repairs(story, effects, {name: owed()}, at(50)).dropped) == {name: reason}


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        pytest.param(LINGER, True, id="an hour after the end the ticket is still closed"),
        pytest.param(LINGER + timedelta(seconds=1), False, id="then it is left as it is"),
    ],
)
def test_the_end_is_repaired_for_an_hour(later: timedelta, kept: bool) -> None:
    story = stories.closed()
    assert story.closed_at
    found = repairs(story, {"ticket": True}, {"ticket/close": owed()}, story.closed_at + later)
    assert (list(found.todo) == ["ticket/close"], bool(found.dropped)) == (kept, not kept)


def test_what_others_build_on_comes_first_and_the_room_is_closed_last() -> None:
    names = ("archive", "call/end", "invite/bob", "room", "ticket", "status-page/internal", "topic/a")
    found = repairs(stories.asked_again(), {}, dict.fromkeys(names, owed()), at(50))
    ordered = [name for name in found.todo if name in names]
    assert ordered == [
        "ticket",
        "room",
        "topic/a",
        "invite/bob",
        "call/end",
        "status-page/internal",
        "archive",
    ]


@pytest.mark.parametrize(
    ("tries", "after", "expected"),
    [
        pytest.param(1, None, PAUSES[0], id="soon after the first try"),
        pytest.param(99, None, LONGEST_PAUSE, id="never rarer than every five minutes"),
        pytest.param(1, timedelta(minutes=9), timedelta(minutes=9), id="not before the vendor wants"),
        pytest.param(99, timedelta(seconds=1), LONGEST_PAUSE, id="a vendor does not hurry us"),
    ],
)
def test_pause(tries: int, after: timedelta | None, expected: timedelta) -> None:
    assert pause(tries, after) == expected


def test_a_vendor_that_is_back_after_four_minutes_is_asked_within_two_more() -> None:
    tried = [sum(PAUSES[:count], timedelta()) for count in range(len(PAUSES) + 1)]
    assert any(timedelta(minutes=4) <= each <= timedelta(minutes=6) for each in tried)


def test_how_each_thing_stands() -> None:
    known = {"room": owed(9), "call": owed(None)}
    found = resources(stories.paged(), {"ticket": True, "room/built-in": True}, known)
    assert [(each.name, each.state, each.stand_in) for each in found] == [
        ("ticket", ResourceState.THERE, False),
        ("call", ResourceState.REFUSED, False),
        ("room", ResourceState.MISSING, True),
        ("ticket/link/page", ResourceState.COMING, False),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("room", "the room"),
        ("invite/bob", "inviting bob"),
        ("status-page/external/first", "the external status page"),
        ("ticket/link/call", "the link to the call on the ticket"),
        ("ticket/in-progress", "bringing the ticket to in-progress"),
    ],
)
def test_the_timeline_has_words_for_it(name: str, words: str) -> None:
    assert described(name) == words
