"""Does one alert become a managed incident, from webhook to retrospective, through real programs?"""

from __future__ import annotations

import pytest

from tests.e2e.conftest import NewService
from tests.e2e.people import EVERYTHING, People
from tests.e2e.promises import assert_kept
from tests.e2e.system import Running

pytestmark = pytest.mark.engine


def test_an_alert_becomes_an_incident_that_is_managed_to_its_end(
    system: Running, new_service: NewService
) -> None:
    key = system.alert(new_service("climbing"))
    system.until(key, lambda story: len(story.pages) > 1)  # alice did not answer
    People(system, EVERYTHING).play([key])
    assert_kept(system, [key])
