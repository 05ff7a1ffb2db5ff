"""Who is paged while Prefect is away, and what happens when it returns?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from incident.story import PageSent
from service.up import PREFECT_SERVER
from tests.e2e.conftest import NewService
from tests.e2e.people import People, waiting_pages
from tests.e2e.promises import assert_kept
from tests.e2e.system import Running

pytestmark = [pytest.mark.engine, pytest.mark.kill]

PAGED_WITHIN = timedelta(seconds=12)
"""The grace for a flow that may be at it, a look of the watchdog, and Prefect's time-outs in between."""


def test_a_page_leaves_without_prefect_and_the_run_goes_on_when_prefect_returns(
    system: Running, new_service: NewService
) -> None:
    system.hold_down(PREFECT_SERVER)
    key = system.alert(new_service("steady"))
    unanswered = system.alert(new_service("climbing"))

    paged = system.until(key, waiting_pages)
    page = waiting_pages(paged)[0]
    assert page.sent_at is not None
    assert page.sent_at - paged.opened_at < PAGED_WITHIN
    People(system).acknowledge(paged, page)
    acknowledged = system.until(key, lambda story: story.acknowledged_by)
    assert acknowledged.acknowledged_by == "alice"
    climbed = system.until(unanswered, lambda story: {"alice", "bob", "carol"} <= set(_sent(story.pages)))
    assert _sent(climbed.pages) == ["alice", "bob", "carol"]

    system.let_up(PREFECT_SERVER)
    system.wait_until_well()
    People(system).play([key, unanswered], within=60)
    assert_kept(system, [key, unanswered])
    for story in (system.story(key), system.story(unanswered)):
        manager = [each for each in story.pages if each.escalation == page.escalation]
        assert len(manager) == len({each.person for each in manager}), f"paged again: {manager}"


def _sent(pages: tuple[PageSent, ...]) -> list[str]:
    return [page.person for page in pages if page.sent_at]
