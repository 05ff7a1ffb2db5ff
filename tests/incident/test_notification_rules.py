"""Are personal rules read as people mean them, and are impossible ones refused?"""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from incident.notification_rules import PersonalRules, QuietHours, Urgency, UrgencyBySeverity
from incident.severity import Severity

ROME = "Europe/Rome"


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("at", "over"),
    [
        pytest.param("2026-11-23T20:59Z", "2026-11-23T20:59Z", id="a minute before they begin"),
        pytest.param("2026-11-23T21:00Z", "2026-11-24T06:00Z", id="in the minute in which they begin"),
        pytest.param("2026-11-24T03:10Z", "2026-11-24T06:00Z", id="in the middle of the night"),
        pytest.param("2026-11-24T06:00Z", "2026-11-24T06:00Z", id="in the minute in which they end"),
        pytest.param("2026-07-01T04:30Z", "2026-07-01T05:00Z", id="in summer time"),
        pytest.param("2027-03-27T22:00Z", "2027-03-28T05:00Z", id="in the night that is an hour shorter"),
        pytest.param("2026-10-24T22:00Z", "2026-10-25T06:00Z", id="in the night that is an hour longer"),
    ],
)
def test_quiet_hours_from_22_to_7_in_rome_are_over(at: str, over: str) -> None:
    assert QuietHours().over(instant(at), ROME) == instant(over)


def test_quiet_hours_belong_to_the_day_on_which_they_begin() -> None:
    friday_night = QuietHours.model_validate({"days": ["fri"]})
    assert friday_night.over(instant("2026-11-28T02:00Z"), ROME) == instant("2026-11-28T06:00Z")
    assert friday_night.over(instant("2026-11-29T02:00Z"), ROME) == instant("2026-11-29T02:00Z")


@pytest.mark.parametrize(
    ("severity", "urgency"),
    [(Severity.CRITICAL, Urgency.HIGH), (Severity.MAJOR, Urgency.HIGH), (Severity.MINOR, Urgency.LOW)],
)
def test_the_urgency_follows_from_the_severity(severity: Severity, urgency: Urgency) -> None:
    assert UrgencyBySeverity().of(severity) is urgency


def test_an_organisation_decides_which_urgency_follows() -> None:
    assert UrgencyBySeverity.model_validate({"major": "low"}).of(Severity.MAJOR) is Urgency.LOW


@pytest.mark.parametrize(
    ("written", "refused"),
    [
        pytest.param(
            {"high": [{"by": "sms", "after": "2m"}, {"by": "push"}]},
            "high: push at once stands behind sms after 2m; write them in the order of their times",
            id="an order that is not that of the times",
        ),
        pytest.param(
            {"quiet": {"start": "07:00", "end": "07:00"}}, "quiet all day", id="quiet hours without an end"
        ),
        pytest.param({"high": [{"by": "sms", "after": "2"}]}, "is no duration", id="a delay without a unit"),
        pytest.param({"urgent": []}, "Extra inputs", id="an urgency that there is not"),
    ],
)
def test_rules_are_refused_with(written: dict[str, Any], refused: str) -> None:
    with pytest.raises(ValidationError, match=refused):
        PersonalRules.model_validate(written)
