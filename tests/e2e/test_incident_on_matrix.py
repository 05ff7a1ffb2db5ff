"""Can a whole incident be lived in Matrix, on a real Synapse, without opening anything else?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from incident.configuration import Role
from incident.decisions import Question
from incident.lifecycle import Status
from incident.severity import Severity
from incident.story import Story
from incident.timeline import Kind
from tests.blocks.matrix_server import (
    AS_TOKEN,
    HS_TOKEN,
    MatrixServer,
    future_matrix_server,
    interpreter,
)
from tests.e2e.matrix_people import PATIENCE_SECONDS, Client, soon, write_configuration
from tests.e2e.system import Running, running_system

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, MatrixServer]]:
    """A whole system, and the homeserver that tells it what people say."""
    if interpreter() is None:
        pytest.skip("there is no Synapse: tests/blocks/matrix_server.py says how it gets here")
    with future_matrix_server() as matrix:
        given = {"E2E_HOMESERVER": matrix.url, "E2E_AS_TOKEN": AS_TOKEN, "E2E_HS_TOKEN": HS_TOKEN}
        folder = tmp_path_factory.mktemp("matrix")
        with running_system(folder, written=write_configuration, **given) as system:
            matrix.tells = system.url
            matrix.start()
            yield system, matrix


def test_a_whole_incident_is_lived_in_matrix(town: tuple[Running, MatrixServer]) -> None:
    system, matrix = town
    alice, bob = (Client(matrix.new_user(name)) for name in ("alice", "bob"))
    presence = f"v3/presence/{quote(alice.user.id)}/status"
    alice.user.ask("PUT", presence, {"presence": "online", "status_msg": "Lunch"})
    matrix.service.ask("POST", "v1/appservice/incidents/ping", {})

    key = system.alert("checkout", title="nobody can pay")
    acknowledge_the_page(system, alice, key)
    room = come_into_the_room(alice, key)
    soon(lambda: key in alice.status(), "the manager's status shows the incident")
    manage(system, alice, bob, room, key)
    remember(system, alice, bob, room, key)
    resolve(system, alice, room, key)
    soon(lambda: alice.status() == "Lunch", "the manager's status is back")
    soon(lambda: alice.try_to_say(room).status_code == 403, "the room is closed for writing")
    assert any(key in each["content"]["body"] for each in alice.messages(room)), "it stays readable"


def acknowledge_the_page(system: Running, alice: Client, key: str) -> None:
    """A sign beside the direct message is enough, and is answered."""
    pages = alice.comes_in()
    page = soon(lambda: [each for each in alice.messages(pages) if key in each["content"]["body"]], "a page")
    alice.marks(pages, page[0]["event_id"], "👍")
    story = until(system, key, lambda story: story.acknowledged_at)
    assert (story.acknowledged_by, story.manager) == ("alice", "alice")
    soon(lambda: len(alice.messages(pages)) > 1, "an answer to the sign")


def come_into_the_room(alice: Client, key: str) -> str:
    """It has a topic, and what it is about is pinned."""
    room = alice.comes_in(key)
    soon(lambda: "nobody can pay" in alice.state(room, "m.room.topic")["topic"], "the topic")
    soon(lambda: set(alice.pinned(room)) & said_about(alice, room, key), "what it is about is pinned")
    return room


def said_about(alice: Client, room: str, key: str) -> set[str]:
    """The messages that name the incident."""
    return {each["event_id"] for each in alice.messages(room) if key in each["content"]["body"]}


def manage(system: Running, alice: Client, bob: Client, room: str, key: str) -> None:
    """Severity, findings, roles and an unknown word."""
    until(system, key, lambda story: is_asked(story, Question.ASSESS))
    assert "severity 2" in alice.commands(room, "!sev 2 some cannot pay")
    story = until(system, key, lambda story: is_asked(story, Question.RESOLVE))
    assert (story.severity, story.assessment and story.assessment.impact) == (
        Severity.MAJOR,
        "some cannot pay",
    )
    alice.commands(room, "!observe the queue grows")
    assert "Bob" in alice.commands(room, f"!role tech-lead {bob.user.id}")
    assert key in alice.commands(room, "!status")
    assert "frobnicate is no command" in alice.commands(room, "!frobnicate")
    assert system.story(key).holder(Role.TECH_LEAD) == "bob"
    until(system, key, lambda story: said(story, Kind.OBSERVATION) == [("alice", "the queue grows")])
    assert bob.comes_in(key) == room


def remember(system: Running, alice: Client, bob: Client, room: str, key: str) -> None:
    """What alice pins or marks stands on the timeline as said by bob."""
    deploy, rollback = (bob.says(room, text) for text in ("it was the deploy", "I roll it back"))
    alice.pins(room, deploy)
    alice.marks(room, rollback, "📌")
    alice.marks(room, deploy, "📌")
    wanted = [("bob", "I roll it back"), ("bob", "it was the deploy")]
    until(system, key, lambda story: said(story, Kind.NOTE) == wanted)


def resolve(system: Running, alice: Client, room: str, key: str) -> None:
    """The last command ends it."""
    until(system, key, lambda story: is_asked(story, Question.RESOLVE))
    assert "resolved" in alice.commands(room, "!resolve payments work again")
    story = until(system, key, lambda story: story.status is Status.CLOSED)
    assert story.summary == "payments work again"


def until(system: Running, key: str, holds: Callable[[Story], Any]) -> Story:
    """The story as soon as something holds of it."""
    return system.until(key, holds, within=PATIENCE_SECONDS)


def is_asked(story: Story, question: Question) -> bool:
    return story.open_decision is not None and story.open_decision.question is question


def said(story: Story, kind: Kind) -> list[tuple[str, str]]:
    """Who said what, sorted."""
    return sorted((fact.by, fact.text) for fact in story.timeline if fact.kind is kind)
