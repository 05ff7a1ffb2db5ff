"""What does a mail say, that a monitor or a person has sent?

The subject is the title, and mostly tells whether it fires: PROBLEM and RECOVERY, DOWN and UP, [FIRING:2] and
[RESOLVED]. Two mails are about the same condition when their subjects differ only in measurements and in such
words. Automatic replies and bounces are no alerts, so that no two machines write to each other for ever.
"""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.mail_rules import Condition, MailRules
from incident.sources import reading
from incident.sources.letters import Letter, read_letter
from incident.sources.remarks import note

SOURCE = "mail"

_MARKS = {
    AlertStatus.RESOLVED: r"\b(?:RECOVERY|RECOVERED|RESOLVED|CLEARED|NORMAL|OK|UP)\b"
    r"|^\W*(?i:recovery|recovered|resolved|cleared)\b|^\W*(?i:closed|ok|up)\b(?=\s*[:\]|*-])"
    r"|\[(?i:recovery|recovered|resolved|ok|up|closed)\b"
    r"|\b(?i:is|are|was|has|has been|have been|went|now)\s+(?i:now\s+)?"
    r"(?i:ok|up|normal|back to normal|recovered|resolved|cleared|online again)\b"
    r"|\b(?i:back to normal|back online|back up)\b",
    AlertStatus.ACKNOWLEDGED: r"\b(?i:acknowledgement|acknowledged|ack)\b",
    AlertStatus.FIRING: r"\b(?i:problem|firing|failing|failed|failure|triggered|alarm|unreachable|down)\b",
    AlertStatus.INFO: r"\b(?i:downtimestart|downtimeend|flappingstart|flappingstop|flapping)\b",
}
"""What stands first in a subject decides. Short words such as OK count in capitals or in their usual places
only: `Failed to set up db1` is no recovery."""

_SEVERITY = re.compile(
    r"\b(critical|crit|fatal|emergency|disaster|major|error|high|warning|warn|minor|average|info)\b",
    re.IGNORECASE,
)
_FILLERS = frozenset(["is", "are", "was", "has", "been", "have", "now", "in"])
_REPLY = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|r|i|tr)\s*:\s*)+", re.IGNORECASE)
_MEASUREMENT = re.compile(
    r"(?<![\w.])[-+]?\d+(?:[.,]\d+)?\s*(?:%|(?:[kmgt]i?b?|ms|s|sec|min|m|h|d)\b)(?![\w-])"
    r"|(?<![\w.-])\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|\s?utc|[+-]\d\d:?\d\d)?)?(?![\w-])"
    r"|(?<![\w.:])\d\d:\d\d(?::\d\d)?(?![\w:])"
    r"|(?<![\w.])\d+[.,]\d+(?![\w.,])"
    r"|(?<=:)\d+(?=\])|(?<=\()\d+(?=\))",
    re.IGNORECASE,
)
"""Numbers with a unit, dates, times, fractions, counters. `server 3`, `10.0.0.5`, `web1:9100` are names."""


def parse(body: bytes, rules: MailRules) -> tuple[Alert, ...]:
    """The alert of a mail; none if it is an automatic reply, a bounce or one of our own."""
    letter = read_letter(body)
    if reason := letter.is_automatic:
        note(None, f"it is no alert: {reason}")
        return ()
    return (_alert(letter, rules),)


def _alert(letter: Letter, rules: MailRules) -> Alert:
    subject = letter.header("Subject")
    title = _REPLY.sub("", subject) or letter.text.strip().partition("\n")[0].strip()[:200]
    status = rules.status_of(subject) or status_of(title)
    sent, native = _sent(letter), _SEVERITY.search(title)
    severity = read_severity(native[1]) if native else rules.severity
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(_condition(letter, title, rules), SOURCE),
        status=status,
        title=reading.text(title) or reading.unnamed("mail without a subject"),
        description=reading.text(letter.text),
        severity=severity if status is AlertStatus.FIRING or native else AlertSeverity.UNKNOWN,
        severity_native=native[1] if native else None,
        service=rules.service,
        labels={"from": letter.sender} if letter.sender else {},
        starts_at=None if status is AlertStatus.RESOLVED else sent,
        ends_at=sent if status is AlertStatus.RESOLVED else None,
    )


def status_of(subject: str) -> AlertStatus:
    """What the usual words in a subject say; the first of them decides, and without any it is firing."""
    places = ((re.search(pattern, subject), status) for status, pattern in _MARKS.items())
    found = [(match.start(), -match.end(), status) for match, status in places if match]
    return min(found)[2] if found else AlertStatus.FIRING


def condition_of(subject: str) -> str:
    """A subject without words for the status and the urgency, and without measurements."""
    left = _REPLY.sub("", subject)
    for pattern in _MARKS.values():
        left = re.sub(pattern, " ", left)
    left = _MEASUREMENT.sub(" ", _SEVERITY.sub(" ", left))
    words = re.findall(r"[\w./@:-]*\w[\w./@-]*", left.lower())
    return " ".join(word for word in words if word not in _FILLERS)


def _condition(letter: Letter, title: str, rules: MailRules) -> str:
    if rules.condition is Condition.THREAD and letter.thread:
        return f"{SOURCE}-thread-{letter.thread}"
    about = condition_of(title)
    return f"{SOURCE}-{letter.sender}-{about}" if about else f"{SOURCE}-{letter.sender}-{title}"


def _sent(letter: Letter) -> datetime | None:
    written = letter.header("Date")
    if not written:
        return None
    try:
        return reading.moment(parsedate_to_datetime(written).isoformat())
    except (ValueError, TypeError, IndexError, OverflowError):  # what it says of dates that are none
        note(written, "is no date that can be read; the time of arrival counts")
        return None
