"""Is what could not be read said, with its place, and nothing said of what is as usual?"""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from incident import sources
from incident.alert import AlertSeverity, AlertStatus
from incident.sources import reading
from incident.sources.remarks import MOST, note, noting, quoted, remarks
from service.body import read_body

ROOT = Path(__file__).parents[3]
OWN = ROOT / "tests" / "data" / "payloads"
HASHED = "nothing names the condition; a hash of what else was said stands in for its fingerprint"
FIRING: dict[str, Any] = {
    "status": "firing",
    "title": "Disk full",
    "fingerprint": "disk",
    "severity": "error",
}


def told(payload: Any, dialect: str = "generic") -> tuple[str, ...]:
    return sources.read(dialect, payload).remarks


@pytest.mark.parametrize(
    ("changed", "remark"),
    [
        pytest.param(
            {"starts_at": "yesterday-ish"},
            "starts_at: 'yesterday-ish' is no time that can be read; it counts as not said",
            id="a time that is a guess",
        ),
        pytest.param(
            {"starts_at": ["2026"]},
            "starts_at: ['2026'] is no time that can be read; it counts as not said",
            id="a time that is a list",
        ),
        pytest.param(
            {"labels": ["db1"]},
            "labels: ['db1'] is a list, where an object is usual; nothing was taken from it",
            id="labels that are no object",
        ),
        pytest.param(
            {"url": "javascript:alert(1)"},
            "url: 'javascript:alert(1)' is no http or https address, and became no link",
            id="a link that nobody should click on",
        ),
        pytest.param(
            {"status": "on fire"},
            "status: 'on fire' is no status that is known; it counts as firing",
            id="a status of the sender's own",
        ),
        pytest.param(
            {"severity": "spicy"},
            "severity: 'spicy' is no severity that is known; it counts as unknown",
            id="a severity of the sender's own",
        ),
        pytest.param(
            {"fingerprint": None},
            HASHED,
            id="no name of the condition",
        ),
        pytest.param(
            {"description": "a\0b"},
            "description: 'a\\x00b' holds characters that no database keeps; they were replaced",
            id="a text that no database keeps",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_the_alert_is_kept(changed: dict[str, Any], remark: str) -> None:
    understood = sources.read("generic", FIRING | changed)

    assert understood.remarks == (remark,)
    (alert,) = understood.alerts
    assert (alert.title, alert.status) == ("Disk full", AlertStatus.FIRING)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="as documented"),
        pytest.param({"starts_at": None, "url": "", "labels": {}}, id="null and empty fields say nothing"),
        pytest.param({"starts_at": "0001-01-01T00:00:00Z"}, id="year 1 means no time"),
        pytest.param({"status": None}, id="our own JSON need not say that it fires"),
        pytest.param({"status": "resolved", "severity": "recovered"}, id="the urgency of a recovery"),
    ],
)
def test_nothing_is_said_of_what_is_as_usual(changed: dict[str, Any]) -> None:
    assert told(FIRING | changed) == ()


def test_a_remark_says_where_the_field_stands_and_how_often_the_same_was_met() -> None:
    alerts = [FIRING | {"status": "odd"}, FIRING, FIRING | {"status": "odd"}]
    assert told({"alerts": alerts}) == (
        "alerts[0].status: 'odd' is no status that is known; it counts as firing (2 times)",
    )


@pytest.mark.parametrize("odd", [7, -1, True, "odd", ["odd"], {"odd": 1}, [[]]], ids=str)
@pytest.mark.parametrize("field", ["starts_at", "labels", "url", "status", "severity"])
def test_no_field_of_another_type_is_left_out_in_silence(field: str, odd: Any) -> None:
    (alert,) = sources.parse("generic", FIRING | {field: odd})
    (usual,) = sources.parse("generic", FIRING | {field: None})
    assert alert != usual or told(FIRING | {field: odd}) != ()


def test_a_status_that_is_missing_is_said() -> None:
    check = {"check_id": 7, "check_name": "Shop", "current_state": None}
    assert told(check, "pingdom") == ("no status was found; it counts as firing",)


def test_a_title_that_is_missing_is_said() -> None:
    (remark,) = told({"alerts": [{"status": "firing", "labels": {"a": "b"}}]}, "alertmanager")
    assert remark == "no title was found; it is called 'alert without a name'"


def test_of_very_many_remarks_the_first_are_told_and_the_others_counted() -> None:
    several = [FIRING | {"starts_at": f"day {number}"} for number in range(MOST + 5)]
    said = told(several)
    assert len(said) == MOST + 1
    assert said[-1] == "5 more remarks like these"


def test_a_remark_can_be_kept_and_sent_whatever_the_message_names_its_fields() -> None:
    odd = [1]
    with noting() as notes:
        note(odd, "is no text")
        note(None, "there is no \ud800")
    said = remarks({"half \ud800 of a pair \0": odd}, notes)
    assert [each.encode().decode() for each in said] == [
        "half ? of a pair \ufffd: [1] is no text",
        "there is no ?",
    ]


def test_a_value_is_quoted_on_one_short_line() -> None:
    assert len(quoted("x" * 10_000)) < 100
    assert "\n" not in quoted("a\nb")


def test_a_documentation_of_google_that_is_a_text_is_read() -> None:
    incident = {"incident_id": "1", "state": "open", "summary": "n", "documentation": "look here"}

    assert told({"incident": incident}, "gcp_monitoring") == ()


def test_the_samples_of_this_repository_are_read_without_a_remark_but_for_what_has_no_name() -> None:
    said = {}
    for file in sorted(OWN.glob("*/*.json")):
        if file.parent.name in sources.DIALECTS:
            said[f"{file.parent.name}/{file.name}"] = told(read_body(file.read_bytes()), file.parent.name)
    assert said
    assert {name: found for name, found in said.items() if found} == {
        "azure_monitor/log_search.json": (HASHED,),
        "generic/smallest.json": (HASHED,),
        "opsgenie_alert_api/from_am025_close_1.json": (HASHED,),
    }


def test_without_a_notebook_nothing_is_kept_and_nothing_fails() -> None:
    assert reading.moment("soon") is None
    with noting() as notes:
        pass
    note("late", "is for nobody")
    assert notes == []


def test_a_notebook_within_another_takes_its_own_notes() -> None:
    with noting() as outer:
        assert told(FIRING | {"status": "odd"}) != ()
    assert outer == []


def test_a_notebook_belongs_to_one_thread() -> None:
    with noting() as notes:
        other = threading.Thread(target=lambda: note("x", "was noted elsewhere"))
        other.start()
        other.join()
    assert notes == []


def test_where_a_value_was_computed_the_remark_has_no_place() -> None:
    with noting() as notes:
        note("host and check", "is nowhere in the message")
    assert remarks({"host": "host"}, notes) == ("'host and check' is nowhere in the message",)


def test_an_unknown_severity_stays_as_the_sender_wrote_it() -> None:
    (alert,) = sources.read("generic", FIRING | {"severity": "spicy"}).alerts
    assert (alert.severity, alert.severity_native) == (AlertSeverity.UNKNOWN, "spicy")


def test_the_samples_of_the_corpus_give_few_remarks() -> None:
    corpus = ROOT.parent / "shared" / "payloads"
    index = corpus / "index.json"
    samples = json.loads(index.read_text()) if index.exists() else []
    said = [
        (sample["file"], told(read_body((corpus / sample["file"]).read_bytes()), sample["source_system"]))
        for sample in samples
        if sample["source_system"] in sources.DIALECTS
    ]
    remarked = [name for name, found in said if found]
    assert len(remarked) <= len(said) // 20, remarked
