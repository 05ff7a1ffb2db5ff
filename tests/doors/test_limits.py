"""Does a sender that sends too much hear so in the words it knows, and lose nothing?"""

from typing import Any

import httpx
import pytest

from service.intake_line import IntakeLine
from service.lines import serving
from tests.doors.conftest import KEY, SOURCES, Doors
from tests.doors.test_pagerduty import TRIGGER

DOORS: list[Any] = [
    pytest.param("/v2/enqueue", TRIGGER, {}, id="PagerDuty"),
    pytest.param("/v2/alerts", {"message": "m"}, {"Authorization": f"GenieKey {KEY}"}, id="Opsgenie"),
    pytest.param(
        "/api/v2/alerts", [{"labels": {"a": "b"}}], {"Authorization": f"Bearer {KEY}"}, id="Alertmanager"
    ),
    pytest.param(
        f"/integrations/generic/20131114/alert/{KEY}/r", {"entity_id": "e"}, {}, id="Splunk On-Call"
    ),
]
LIMITED = {name: own | {"limit": {"deliveries": 1, "within": "1m"}} for name, own in SOURCES.items()}


@pytest.mark.parametrize(("path", "body", "headers"), DOORS)
def test_over_its_limit_a_sender_is_told_when_to_come_again(
    doors: Doors, path: str, body: Any, headers: dict[str, str]
) -> None:
    doors.employ(sources=LIMITED)
    client = doors.client()
    with serving(doors.ledger, IntakeLine(doors.ledger, doors.clock)):
        assert client.post(path, json=body, headers=headers).is_success
        refused = client.post(path, json=_another(body), headers=headers)

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert _in_their_form(path, refused)
    assert len(doors.alerts) == 1


def _another(body: Any) -> Any:
    """Not the same once more: of Alertmanager's alerts a repetition is always welcome."""
    return [{"labels": {"a": "c"}}] if isinstance(body, list) else body


def _in_their_form(path: str, refused: httpx.Response) -> bool:
    said = refused.json()
    match path.split("/"):
        case [_, "v2", "enqueue"]:
            return bool(said["status"] == "throttle exceeded" and said["errors"])
        case [_, "v2", "alerts"]:
            return {"message", "took", "requestId"} <= set(said)
        case [_, "api", *_]:
            return isinstance(said, str)
        case _:
            return bool(said["result"] == "failure")
