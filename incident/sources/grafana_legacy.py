"""What does Grafana say in the webhook of its legacy alerting (up to version 8)?

One message is one rule; it tells no time. `evalMatches` are the series that match at this moment and empty on
recovery, so the rule's number names the condition and not they.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "grafana_legacy"

_NEITHER = ("pending", "no_data", "nodata", "paused", "unknown")
"""States in which the rule neither fires nor is known to be well."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(map(_alert, shapes.messages(payload)))


def status(word: Any) -> AlertStatus:
    """What a state of a Grafana rule says about the condition."""
    said = reading.text(word).lower().replace(" ", "_")
    return AlertStatus.INFO if said in _NEITHER else reading.status(said)


def _alert(rule: dict[str, Any]) -> Alert:
    labels = _shared_tags(rule.get("evalMatches")) | shapes.tags(rule.get("tags"))
    native = labels.get("severity")
    title = reading.first_text(rule.get("ruleName"), rule.get("title"))
    is_test = title == "Test notification"
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(rule),
        status=status(rule.get("state")),
        title=title or reading.unnamed("Grafana alert without a name"),
        description=_description(rule),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels | (shapes.TEST_LABEL if is_test else {}),
        url=reading.link(rule.get("ruleUrl")),
    )


def _fingerprint(rule: dict[str, Any]) -> str:
    number, organisation = (reading.text(rule.get(name)) for name in ("ruleId", "orgId"))
    where = f"@org{organisation}" if organisation else ""
    also = [rule.get(name) for name in ("ruleName", "ruleUrl", "dashboardId", "panelId", "orgId")]
    return reading.fingerprint(number and f"grafana-rule-{number}{where}", SOURCE, *also)


def _matches(value: Any) -> list[dict[str, Any]]:
    return [reading.mapping(match) for match in value] if isinstance(value, list) else []


def _shared_tags(matches: Any) -> dict[str, str]:
    """The tags on which all matching series agree: versions before 6 know no others."""
    first, *others = [shapes.tags(match.get("tags")) for match in _matches(matches)] or [{}]
    return dict(set(first.items()).intersection(*(other.items() for other in others)))


def _description(rule: dict[str, Any]) -> str:
    values = [
        f"{reading.text(match.get('metric'))}: {reading.text(match.get('value'))}"
        for match in _matches(rule.get("evalMatches"))
        if match
    ]
    return shapes.paragraphs(rule.get("message"), "\n".join(dict.fromkeys(values)))
