"""Does our own JSON keep its promise: a title is enough?"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from incident.alert import AlertSeverity, AlertStatus
from incident.errors import PayloadError
from incident.sources.generic import parse

SAMPLES = Path(__file__).parents[2] / "data" / "payloads" / "generic"


def test_a_title_is_enough() -> None:
    (alert,) = parse(json.loads((SAMPLES / "smallest.json").read_text()))

    assert (alert.title, alert.status) == ("The disk of build3 is full", AlertStatus.FIRING)
    assert (alert.severity, alert.service, alert.starts_at, alert.url) == (
        AlertSeverity.UNKNOWN,
        None,
        None,
        None,
    )
    assert len(alert.fingerprint) == 32


def test_every_documented_field_is_read() -> None:
    down, up = parse(json.loads((SAMPLES / "full.json").read_text()))

    assert down.model_dump() == {
        "source": "generic",
        "fingerprint": "backup-db1",
        "status": "firing",
        "title": "The nightly backup of db1 did not finish",
        "description": "It usually takes 20 minutes.",
        "severity": "error",
        "severity_native": "error",
        "service": "database",
        "labels": {"host": "db1", "attempt": "3", "dry_run": "false"},
        "starts_at": datetime(2026, 11, 23, 3, tzinfo=UTC),
        "ends_at": None,
        "url": "https://backups.example/db1",
    }
    assert (up.status, up.ends_at) == ("resolved", datetime.fromtimestamp(1795402800, UTC))


@pytest.mark.parametrize(
    ("payload", "titles"),
    [
        pytest.param({"title": "a"}, ["a"], id="one alert"),
        pytest.param([{"title": "a"}, {"title": "b"}], ["a", "b"], id="a list"),
        pytest.param({"alerts": [{"title": "a"}, {"title": "b"}]}, ["a", "b"], id="an object with alerts"),
        pytest.param({"title": "a", "alerts": None}, ["a"], id="null under alerts is nothing"),
        pytest.param([], [], id="an empty list is accepted"),
        pytest.param({"title": 404}, ["404"], id="a number is a title too"),
    ],
)
def test_the_shapes_of_a_message(payload: Any, titles: list[str]) -> None:
    assert [alert.title for alert in parse(payload)] == titles


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ("down", "body: must be an alert, a list of alerts or an object with alerts, this is a text"),
        (7, "body: must be an alert, a list of alerts or an object with alerts, this is a number"),
        ({"alerts": "down"}, "alerts: must be a list, this is a text"),
        ({"alerts": [{"title": "a"}, None]}, "alerts[1]: an alert is a JSON object, this is null"),
        ([["a"]], "[0]: an alert is a JSON object, this is a list"),
        ({}, "title: is required: say in a few words what is wrong"),
        ({"title": " "}, "title: is required: say in a few words what is wrong"),
        ([{"title": "a"}, {}], "[1].title: is required: say in a few words what is wrong"),
        ({"alerts": [{"name": "a"}]}, "alerts[0].title: is required: say in a few words what is wrong"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_another_shape_is_refused_and_the_first_wrong_field_is_named(payload: Any, problem: str) -> None:
    with pytest.raises(PayloadError) as caught:
        parse(payload)

    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param({"description": "other"}, True, id="the description may change"),
        pytest.param({"status": "resolved"}, True, id="a recovery is of the same condition"),
        pytest.param({"severity": "critical", "starts_at": 1795402800}, True, id="so may severity and start"),
        pytest.param({"labels": {"b": "2", "a": "1"}}, True, id="the order of labels does not matter"),
        pytest.param({"title": "other"}, False, id="another title is another condition"),
        pytest.param({"service": "other"}, False, id="so is another service"),
        pytest.param({"labels": {"a": "1"}}, False, id="so are other labels"),
    ],
)
def test_without_a_fingerprint_title_service_and_labels_name_the_condition(
    change: dict[str, Any], same: bool
) -> None:
    alert = {"title": "t", "service": "s", "labels": {"a": "1", "b": "2"}}

    before, after = parse([alert, alert | change])

    assert (before.fingerprint == after.fingerprint) is same


def test_the_hash_of_a_condition_never_changes_between_versions_of_the_product() -> None:
    (alert,) = parse({"title": "t", "service": "s", "labels": {"a": "1"}})

    assert alert.fingerprint == "b44e76ebf5a2dad7ca4f61b90b62f94a"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("firing", "firing"),
        ("resolved", "resolved"),
        ("acknowledged", "acknowledged"),
        ("info", "info"),
        ("OK", "resolved"),
        ("alerting", "firing"),
        ("problem", "firing"),
        (None, "firing"),
        (["resolved"], "firing"),
    ],
    ids=str,
)
def test_a_status_that_is_not_known_is_firing(word: Any, status: str) -> None:
    (alert,) = parse({"title": "t", "status": word})

    assert alert.status == status
