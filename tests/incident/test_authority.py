"""May those on an incident decide, and everybody help?"""

import pytest

from incident.authority import Standing, rule
from incident.commands import (
    Acknowledge,
    Command,
    GiveRole,
    Note,
    Observe,
    PageTeam,
    PassOn,
    Resolve,
    SetSeverity,
    Status,
    Update,
)
from incident.configuration import Role
from incident.severity import Severity
from incident.story import Story
from tests.stories import STORIES

RESOLVING = next(story for story in STORIES.values() if story.manager and story.open_decision)
MANAGER = RESOLVING.manager or ""

HELPING: tuple[Command, ...] = (
    Acknowledge(),
    PassOn(),
    PageTeam(whom="payments"),
    Observe(text="x"),
    Note(text="x"),
    Status(),
)
DECIDING: tuple[Command, ...] = (
    SetSeverity(severity=Severity.MAJOR),
    GiveRole(role=Role.TECH_LEAD, person="me"),
    Update(text="x"),
    Resolve(text="x"),
)


@pytest.mark.parametrize("command", HELPING, ids=lambda command: type(command).__name__)
def test_everybody_who_is_known_may_help(command: Command) -> None:
    assert rule(RESOLVING, "zoe", command).allowed


@pytest.mark.parametrize("command", DECIDING, ids=lambda command: type(command).__name__)
def test_whoever_is_not_on_the_incident_may_not_decide(command: Command) -> None:
    ruling = rule(RESOLVING, "zoe", command)
    assert (ruling.allowed, ruling.standing) == (False, Standing.KNOWN)
    assert "zoe is neither on call for INC-42" in ruling.reason


@pytest.mark.parametrize("command", DECIDING, ids=lambda command: type(command).__name__)
def test_the_manager_may_decide(command: Command) -> None:
    ruling = rule(RESOLVING, MANAGER, command)
    assert (ruling.allowed, ruling.standing) == (True, Standing.MANAGER)


def test_whoever_is_on_call_may_decide_before_they_are_paged() -> None:
    ruling = rule(RESOLVING, "zoe", DECIDING[0], on_call={"zoe"})
    assert (ruling.allowed, ruling.standing) == (True, Standing.ON_CALL)


def test_whoever_was_paged_may_decide() -> None:
    paged = next(page.person for page in RESOLVING.pages if page.person != MANAGER)
    without_roles: Story = RESOLVING.model_copy(update={"roles": (), "escalations": ()})
    assert rule(without_roles, paged, DECIDING[0]).standing is Standing.PAGED


def test_a_role_that_was_handed_over_counts_no_more() -> None:
    over = tuple(held.model_copy(update={"until": RESOLVING.opened_at}) for held in RESOLVING.roles)
    story = RESOLVING.model_copy(update={"roles": over, "pages": (), "escalations": ()})
    assert rule(story, MANAGER, DECIDING[0]).standing is Standing.KNOWN
