"""Does prefect.yaml name what is there?"""

from importlib import import_module
from typing import Any

import pytest
from prefect import Flow
from ruamel.yaml import YAML

from tests.repository.tree import ROOT

FILE = YAML(typ="safe").load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS: list[dict[str, Any]] = FILE["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: str(each["name"]))
def test_an_entry_point_is_a_flow_that_an_event_loop_can_share(deployment: dict[str, Any]) -> None:
    module, _, name = deployment["entrypoint"].rpartition(".")
    flow = getattr(import_module(module), name)

    assert isinstance(flow, Flow)
    assert flow.name == deployment["name"]
    assert flow.isasync


def test_the_deployments_share_the_pool_of_the_incident_worker() -> None:
    assert {"respond", "page", "deadline"} <= {each["name"] for each in DEPLOYMENTS}
    assert {each["work_pool"]["name"] for each in DEPLOYMENTS} == {"incidents"}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: str(each["name"]))
def test_a_deployment_says_what_it_is_for(deployment: dict[str, Any]) -> None:
    assert deployment["description"].endswith(".")
