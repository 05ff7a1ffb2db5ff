"""What does triage get to see of somebody who does not call, and of their return?"""

from datetime import datetime
from typing import assert_never

from incident.alert import Alert, AlertStatus
from incident.duration import write_duration
from incident.heartbeat import Heartbeat, Raise, Report, Settle, Trouble

SOURCE = "heartbeat"
"""The source of these alerts."""


def alert_of(name: str, beat: Heartbeat, report: Report, now: datetime) -> Alert:
    """What triage gets to see."""
    title = beat.title or f"{name} does not call"
    plain = {
        "source": SOURCE,
        "fingerprint": f"{SOURCE}-{name}",
        "title": title,
        "severity": beat.severity,
        "severity_native": beat.severity.value,
        "service": beat.service,
        "labels": {**beat.labels, "heartbeat": name},
    }
    match report:
        case Raise():
            said = f"\n\n{report.said}" if report.said else ""
            description = f"{_sentence(beat, report.trouble)}{said}"
            return Alert(**plain, status=AlertStatus.FIRING, description=description, starts_at=report.since)
        case Settle():
            return Alert(**plain, status=AlertStatus.RESOLVED, description=f"{report.because}.", ends_at=now)
        case _:
            assert_never(report)


_SENTENCES = {
    Trouble.SILENT: "The call did not come.",
    Trouble.NEVER_CALLED: "It has never called.",
    Trouble.NOT_DONE: "It began, and was not done in time.",
    Trouble.FAILED: "It says that it failed.",
}


def _sentence(beat: Heartbeat, trouble: Trouble) -> str:
    every, grace = write_duration(beat.every), write_duration(beat.grace)
    return f"{_SENTENCES[trouble]} It is to call every {every}, and may be {grace} late."
