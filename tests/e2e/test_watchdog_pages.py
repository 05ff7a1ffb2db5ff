"""Who is paged while Prefect is away, or nobody works, and what happens when they return?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from incident.story import PageSent
from service.up import PREFECT_SERVER
from tests.e2e.conftest import NewService
from tests.e2e.people import People, waiting_pages
from tests.e2e.promises import assert_kept
from tests.e2e.system import WORKER, Running

pytestmark = [pytest.mark.engine, pytest.mark.kill]

WITHOUT_PREFECT = timedelta(seconds=12)
"""The grace for a flow that may be at it, a look of the watchdog, and Prefect's time-outs in between."""
WITHOUT_WORKER = timedelta(seconds=18)
"""The same; while Prefect answers, a worker has ten seconds to come back."""


@pytest.mark.parametrize(
    ("missing", "within"), [(PREFECT_SERVER, WITHOUT_PREFECT), (WORKER, WITHOUT_WORKER)], ids=str
)
def test_a_page_leaves_without_it_and_the_run_goes_on_when_it_returns(
    system: Running, new_service: NewService, missing: str, within: timedelta
) -> None:
    surprised = system.alert(new_service("steady"))
    system.hold_down(missing)
    keys = [surprised, *(system.alert(new_service(kind)) for kind in ("steady", "climbing"))]
    for key in keys:
        story = system.until(key, lambda story: _sent(story.pages))
        assert story.pages[0].sent_at is not None
        assert story.pages[0].sent_at - story.opened_at < system.here(within)
    for key in keys[:-1]:
        story = system.story(key)
        People(system).acknowledge(story, waiting_pages(story)[0])
        assert system.until(key, lambda story: story.acknowledged_by).acknowledged_by == "alice"
    climbed = system.until(keys[-1], lambda story: "bob" in _sent(story.pages))
    assert _sent(climbed.pages)[:2] == ["alice", "bob"]

    system.let_up(missing)
    system.wait_until_well()
    People(system).play(keys)
    assert_kept(system, keys)


def _sent(pages: tuple[PageSent, ...]) -> list[str]:
    return [page.person for page in pages if page.sent_at]
