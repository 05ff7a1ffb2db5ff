"""Are monitors' words understood, and is a firing told from the next one?"""

from datetime import UTC, datetime, timedelta

import pytest

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity

START = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        pytest.param(
            "critical CRITICAL Crit fatal page disaster emergency P1 Sev1 SEV-1", "critical", id="worst"
        ),
        pytest.param("DOWN alert", "critical", id="states that are worst"),
        pytest.param("error err HIGH major Average P2 sev2", "error", id="errors"),
        pytest.param("warning WARN minor Sev3 P4 low ticket", "warning", id="warnings"),
        pytest.param("info INFO notice debug none P5", "info", id="information"),
        pytest.param("3 1 40 0", "unknown", id="bare numbers mean opposite things in different monitors"),
        pytest.param("UNKNOWN purple RECOVERY resolved", "unknown", id="what is no urgency"),
    ],
)
def test_the_words_of_monitors_have_one_meaning(words: str, severity: str) -> None:
    assert {word: read_severity(word) for word in words.split()} == dict.fromkeys(words.split(), severity)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_no_word_is_unknown(nothing: str | None) -> None:
    assert read_severity(nothing) is AlertSeverity.UNKNOWN


def alert(starts_at: datetime | None) -> Alert:
    return Alert(source="generic", fingerprint="f", status=AlertStatus.FIRING, title="t", starts_at=starts_at)


def test_an_episode_is_named_by_its_start_or_else_by_its_arrival() -> None:
    later = START + timedelta(hours=1)

    assert alert(START).episode(later) == "f@2026-11-23T03:00:00+00:00" == alert(None).episode(START)
    assert alert(later).episode(later) != alert(START).episode(later)
