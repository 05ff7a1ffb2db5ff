"""Do the same deployments tell the same story on a plain process pool, an interpreter per run?"""

from __future__ import annotations

import pytest

from incident.lifecycle import Status
from tests.e2e.people import RESOLVE, People
from tests.e2e.promises import assert_kept, prefect
from tests.e2e.system import running_system

pytestmark = pytest.mark.engine

POLL = {"PREFECT_WORKER_QUERY_SECONDS": "1"}


def test_an_incident_is_managed_to_its_end_on_a_process_pool(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_system(tmp_path_factory.mktemp("pool"), pool_type="process", **POLL) as system:
        key = system.alert("steady-0")
        People(system, (RESOLVE,)).play([key])
        system.until(key, lambda story: story.status is Status.CLOSED, within=120)
        assert_kept(system, [key])
        assert prefect(system, "GET", "/work_pools/incidents")["type"] == "process"
