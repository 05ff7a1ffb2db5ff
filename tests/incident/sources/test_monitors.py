"""Does any change to a message of a monitor lose its alert?

Every field of every sample, however deep, is dropped, made null or given a value of another type.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident import sources
from incident.errors import PayloadError

SAMPLES = Path(__file__).parents[2] / "data" / "payloads"
MONITORS = (
    "azure_monitor",
    "cloudwatch_eventbridge",
    "cloudwatch_sns",
    "datadog",
    "gcp_monitoring",
    "grafana",
    "grafana_legacy",
    "icinga2",
    "nagios",
    "newrelic",
    "sentry",
    "sentry_legacy_plugin",
    "splunk",
    "zabbix",
)
DROPPED = object()
TEXTS = ("", " ", "resolved", "2026-11-23T03:00:00Z", "a\0b", "half \ud83d", "9" * 5000, "http://[", "{", "²")
NUMBERS = (0, -1, 1.5, 1795405170, 10**400, float("nan"), float("inf"))
STRUCTURES: tuple[Any, ...] = ([], {}, [[]], [{}], [None, 7, "a:b"], {"a": {"b": []}}, {"\ud83d": 1})
ODD = st.sampled_from((DROPPED, None, True, False, *TEXTS, *NUMBERS, *STRUCTURES))

Step = str | int


@cache
def samples() -> list[tuple[str, Any]]:
    files = [file for monitor in MONITORS for file in sorted((SAMPLES / monitor).glob("*.json"))]
    return [(file.parent.name, json.loads(file.read_text())) for file in files]


def fields(value: Any) -> dict[Step, Any]:
    """What an object or a list holds, by name or place."""
    return dict(enumerate(value)) if isinstance(value, list) else value if isinstance(value, dict) else {}


def places(value: Any, here: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    """The way to every field and every member of a list."""
    return [
        way for name, inner in fields(value).items() for way in ((*here, name), *places(inner, (*here, name)))
    ]


def changed(value: Any, way: tuple[Step, ...], odd: Any) -> Any:
    """A copy with one place changed; nothing happens where an earlier change took the place away."""
    step, *rest = way
    members = dict(fields(value))
    if step not in members:
        return value
    members[step] = changed(members[step], tuple(rest), odd) if rest else odd
    kept = {name: inner for name, inner in members.items() if inner is not DROPPED}
    return list(kept.values()) if isinstance(value, list) else kept


def holds_nothing(message: Any) -> bool:
    """A body that says itself that there is no alert in it, or that SNS carries for another publisher."""
    empty = any(message.get(name) == [] for name in ("alerts", "Records"))
    return empty or message.get("Message") in TEXTS


@pytest.mark.parametrize("monitor", MONITORS)
def test_every_monitor_has_samples(monitor: str) -> None:
    assert any(name == monitor for name, _ in samples())


@settings(max_examples=400)
@given(data=st.data())
def test_no_change_to_a_message_loses_its_alert(data: st.DataObject) -> None:
    monitor, message = data.draw(st.sampled_from(samples()))
    if isinstance(message, list):  # which objects a list holds is its structure
        message = data.draw(st.sampled_from(message))
    for way, odd in data.draw(st.lists(st.tuples(st.sampled_from(places(message)), ODD), max_size=3)):
        message = changed(message, way, odd)

    alerts = sources.parse(monitor, message)

    assert alerts or holds_nothing(message)
    for alert in alerts:
        assert alert.title
        assert alert.fingerprint
        alert.model_dump_json().encode()


@pytest.mark.parametrize("monitor", MONITORS)
@pytest.mark.parametrize("payload", ["down", 7, None, True, [7], [[]]], ids=repr)
def test_only_another_structure_is_refused(monitor: str, payload: Any) -> None:
    with pytest.raises(PayloadError):
        sources.parse(monitor, payload)


@pytest.mark.parametrize("monitor", MONITORS)
def test_messages_that_were_collected_in_a_list_are_read_each(monitor: str) -> None:
    message = next(sample for name, sample in samples() if name == monitor)
    several = message if isinstance(message, list) else [message, message]

    assert sources.parse(monitor, several) == tuple(
        alert for one in several for alert in sources.parse(monitor, one)
    )
