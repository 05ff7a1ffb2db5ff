"""Is every message of the collected corpus read as its careful reader reads it?

The corpus lies beside the repository where it is worked on; without it, the captures kept here are read.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incident import sources
from incident.alert import Alert
from incident.sources.reading import text
from service.body import read_body

ROOT = Path(__file__).parents[3]
OWN = ROOT / "tests" / "data" / "payloads"
CORPUS = ROOT.parent / "shared" / "payloads"
EXPLANATION = re.compile(r" \+ |hash\(|\(built\)| joined with ")
"""Marks a remark of the index in the place of a value."""

NAMED_IN_THE_ADDRESS = {"opsgenie_alert_api/from_am025_close_1.json"}
"""Bodies that leave it to the address of the request which condition they mean."""


def corpus() -> list[dict[str, Any]]:
    index = CORPUS / "index.json"
    samples = json.loads(index.read_text()) if index.exists() else []
    return [sample for sample in samples if sample["source_system"] in sources.DIALECTS]


def as_the_corpus_says_it(alert: Alert, said: dict[str, Any]) -> dict[str, Any]:
    """The fields that the index has; of the labels those that it names, since more of them do no harm."""
    return {
        "status": alert.status,
        "title": alert.title or None,
        "severity_native": alert.severity_native,
        "dedup_key": alert.fingerprint,
        "labels": {name: alert.labels.get(name) for name in wanted_labels(said)},
        "started_at": near(alert.starts_at, said["started_at"]),
        "ended_at": near(alert.ends_at, said["ended_at"]),
        "url": alert.url,
    }


def wanted_labels(said: dict[str, Any]) -> dict[str, str]:
    return {name: text(value) for name, value in said["labels"].items() if value is not None}


def near(read: datetime | None, said: str | None) -> datetime | None:
    """What the index says, where it has only rounded the moment to milliseconds."""
    wanted = said and datetime.fromisoformat(said)
    return wanted if read and wanted and abs(read - wanted) < timedelta(milliseconds=1) else read


def expected(said: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    """What the index says, in our terms; where it explains a value instead of giving it, any is right."""
    times = {name: said[name] and datetime.fromisoformat(said[name]) for name in ("started_at", "ended_at")}
    texts: dict[str, Any] = {name: text(said[name]) or None for name in ("severity_native", "url")}
    texts |= {"labels": wanted_labels(said)}
    wanted = {name: said[name] for name in read} | times | texts
    explained = [name for name in ("dedup_key", "url") if EXPLANATION.search(said[name] or "")]
    return wanted | {name: read[name] for name in explained}


def test_every_sample_of_the_corpus_is_read_as_expected() -> None:
    # One test for all of them: without the corpus a table would be empty, and its test skipped.
    read, wanted = {}, {}
    for sample in corpus():
        alerts = sources.parse(sample["source_system"], read_body((CORPUS / sample["file"]).read_bytes()))
        pairs = zip(alerts, sample["expected"], strict=False)
        told = [as_the_corpus_says_it(alert, said) for alert, said in pairs]
        for reading in told if sample["file"] in NAMED_IN_THE_ADDRESS else ():
            reading["dedup_key"] = sample["expected"][0]["dedup_key"]
        read[sample["file"]] = (len(alerts), told)
        wanted[sample["file"]] = (
            len(sample["expected"]),
            [expected(*pair) for pair in zip(sample["expected"], told, strict=False)],
        )

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
