"""Is every message of the collected corpus read as its careful reader reads it?

The corpus lies beside the repository where it is worked on; without it, the captures kept here are read.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from incident import sources
from incident.alert import Alert

ROOT = Path(__file__).parents[3]
OWN = ROOT / "tests" / "data" / "payloads"
CORPUS = ROOT.parent / "shared" / "payloads"


def corpus() -> list[dict[str, Any]]:
    index = CORPUS / "index.json"
    samples = json.loads(index.read_text()) if index.exists() else []
    return [sample for sample in samples if sample["source_system"] in sources.DIALECTS]


def as_the_corpus_says_it(alert: Alert) -> dict[str, Any]:
    return {
        "status": alert.status,
        "title": alert.title,
        "severity_native": alert.severity_native,
        "dedup_key": alert.fingerprint,
        "labels": alert.labels,
        "started_at": alert.starts_at,
        "ended_at": alert.ends_at,
        "url": alert.url,
    }


def expected(said: dict[str, Any]) -> dict[str, Any]:
    times = {name: said[name] and datetime.fromisoformat(said[name]) for name in ("started_at", "ended_at")}
    return said | times


def test_every_sample_of_the_corpus_is_read_as_expected() -> None:
    # One test for all of them: without the corpus a table would be empty, and its test skipped.
    read, wanted = {}, {}
    for sample in corpus():
        alerts = sources.parse(sample["source_system"], json.loads((CORPUS / sample["file"]).read_text()))
        read[sample["file"]] = [as_the_corpus_says_it(alert) for alert in alerts]
        wanted[sample["file"]] = [expected(said) for said in sample["expected"]]

    assert read == wanted


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("am025_bare_firing", [("adc400b8c371a698", "firing", "Bare", "unknown")]),
        (
            "am025_instancedown_firing",
            [
                ("a034dfc0ed59409f", "firing", "InstanceDown on web1:9100", "critical"),
                ("0f8174c9b3c67280", "firing", "InstanceDown on web2:9100", "critical"),
                ("b3eb5e21f8c84384", "firing", "InstanceDown on web3:9100", "warning"),
            ],
        ),
        (
            "am025_instancedown_resolved",
            [
                ("a034dfc0ed59409f", "resolved", "InstanceDown on web1:9100", "critical"),
                ("b3eb5e21f8c84384", "resolved", "InstanceDown on web3:9100", "warning"),
            ],
        ),
        (
            "am025_many_firing",
            [
                ("6f19ac7950b69d56", "firing", "Many on h0", "warning"),
                ("3c63fc6e16aa71e1", "firing", "Many on h1", "warning"),
            ],
        ),
        ("am025_solo_firing", [("451f010c0bc7a8af", "firing", "Solo on db1", "info")]),
        ("am025_solo_resolved", [("451f010c0bc7a8af", "resolved", "Solo on db1", "info")]),
    ],
)
def test_a_capture_of_a_real_alertmanager_is_understood(
    file: str, told: list[tuple[str, str, str, str]]
) -> None:
    alerts = sources.parse("alertmanager", json.loads((OWN / "alertmanager" / f"{file}.json").read_text()))

    assert [(alert.fingerprint, alert.status, alert.title, alert.severity) for alert in alerts] == told
    assert all(alert.starts_at and alert.starts_at.tzinfo is UTC for alert in alerts)
    assert all((alert.ends_at is not None) == (alert.status == "resolved") for alert in alerts)


def test_a_recovery_names_the_condition_and_the_start_of_the_firing_that_it_ends() -> None:
    firing, resolved = (
        sources.parse(
            "alertmanager", json.loads((OWN / "alertmanager" / f"am025_solo_{said}.json").read_text())
        )[0]
        for said in ("firing", "resolved")
    )

    assert (firing.fingerprint, firing.starts_at) == (resolved.fingerprint, resolved.starts_at)
