"""How long from an accepted alert to the page at the phone, and from a decision to what follows from it?"""

import time
from datetime import datetime

from bench.bed import Bed, bed, until
from bench.table import Row, spread

INCIDENTS, ON_A_PROCESS_POOL, DECISIONS = 50, 5, 15
UNTIL_IDLE_SECONDS = 3
"""So long Prefect writes down what the last incident did; the next alert is to meet an idle system."""


def latency(count: int | None) -> list[Row]:
    """One incident after the other on an idle system; beside it the same on a process pool."""
    with bed() as ours:
        pages = [_to_page(ours) for _ in range(count or INCIDENTS)]
        decisions = [_to_effect(ours, f"INC-{number}") for number in range(1, min(len(pages), DECISIONS) + 1)]
    with bed("process") as plain:
        others = [_to_page(plain) for _ in range(min(count or INCIDENTS, ON_A_PROCESS_POOL))]
    ratio = sorted(others)[len(others) // 2] / sorted(pages)[len(pages) // 2]
    return [
        Row("alert accepted to page at the channel, incident pool", len(pages), spread(pages)),
        Row(
            "the same on a process pool (polled each second)",
            len(others),
            f"{spread(others)}; {ratio:.0f} times ours",
        ),
        Row("decision submitted to the next phase's first effect", len(decisions), spread(decisions)),
    ]


def _to_page(system: Bed) -> float:
    key, accepted = system.alert()
    arrived, page = system.page(key)
    until(lambda: system.asked(key), f"the question of {key}", 60)
    system.client.post(page["acknowledge_url"]).raise_for_status()
    time.sleep(UNTIL_IDLE_SECONDS)
    return arrived - accepted


def _to_effect(system: Bed, key: str) -> float:
    """From the commit of the answer to the first update to customers, by the ledger's clock."""
    page = system.arrived[key][1]
    token = page["incident_url"].partition("?as=")[2]
    incident = system.client.get(f"{system.system.base_url}/incidents/{key}?as={token}").text
    link = incident.split("/decide/")[1].split('"')[0]
    form = {
        "decision": "assess-1",
        "is_incident": "yes",
        "severity": "1",
        "impact": "down",
        "affected": "all",
    }
    system.client.post(f"{system.system.base_url}/decide/{link}", data=form).raise_for_status()
    until(lambda: system.story(key)["first_update_at"], f"the update of {key}", 60)
    time.sleep(UNTIL_IDLE_SECONDS)
    story = system.story(key)
    answered = datetime.fromisoformat(story["decisions"][0]["answered_at"])
    return (datetime.fromisoformat(story["first_update_at"]) - answered).total_seconds()
