"""Does a monitor show who has acknowledged, when the whole system runs and somebody presses the button?"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from incident.timeline import Kind
from tests.e2e.conftest import NewService
from tests.e2e.organisation import COMMAND_FILE
from tests.e2e.people import People, waiting_pages
from tests.e2e.promises import assert_kept
from tests.e2e.system import Running

pytestmark = pytest.mark.engine


@pytest.fixture
def command_file(system: Running) -> Iterator[int]:
    """Where Nagios reads its commands."""
    path = system.folder / COMMAND_FILE
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield reader
    os.close(reader)
    path.unlink()


def test_whoever_presses_the_button_in_the_page_has_acknowledged_in_nagios(
    system: Running, new_service: NewService, command_file: int
) -> None:
    service = new_service("steady")
    problem = {"type": "PROBLEM", "host": service, "service": "HTTP", "state": "CRITICAL"}
    headers = {"Authorization": f"Bearer {system.up.environment['INCIDENT_TOKEN_NAGIOS']}"}
    key = system.next_key()
    assert system.ask("POST", "/alerts/nagios", json=problem, headers=headers).status_code == 202

    story = system.until(key, lambda story: any(page.sent_at for page in story.pages))
    assert story.service == service
    People(system).acknowledge(story, waiting_pages(story)[0])
    system.until(key, lambda story: any(fact.kind is Kind.PASSED_ON for fact in story.timeline))

    line = os.read(command_file, 4096).decode()
    assert f"] ACKNOWLEDGE_SVC_PROBLEM;{service};HTTP;2;0;0;" in line
    assert f"{system.url}/incidents/{key}\n" in line
    People(system).play([key])
    assert_kept(system, [key])
