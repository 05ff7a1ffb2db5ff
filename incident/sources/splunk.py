"""What does Splunk say in the webhook of a saved search? It tells neither recovery nor time."""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "splunk"

_SEARCH_FIELDS = ("host", "source", "sourcetype", "index", "service")

_DIGEST = "RMD5"
"""Begins what stands for a name that is long; it tells searches apart, but nobody reads it."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(map(_alert, shapes.messages(payload)))


def _alert(message: dict[str, Any]) -> Alert:
    result = _first_result(message)
    named, run = reading.text(message.get("search_name")), _search_of(message.get("sid"))
    title = named or ("" if run.startswith(_DIGEST) else run)
    host = shapes.joined(result.get("host"))
    native = reading.first_text(result.get("severity"), result.get("urgency"), message.get("severity"))
    labels = shapes.labels(
        **{name: result.get(name) for name in _SEARCH_FIELDS},
        app=message.get("app"),
        owner=message.get("owner"),
    )
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(message, named or run, host),
        status=AlertStatus.FIRING,
        title=title or reading.unnamed("Splunk alert without a search name"),
        description=reading.first_text(result.get("_raw"), result.get("message")),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        url=reading.link(message.get("results_link")),
    )


def _search_of(run: Any) -> str:
    """The search of a run: its number is such as `scheduler__owner__app__search_at_1795405760_7`."""
    names, at, _ = reading.text(run).removeprefix("rt_").rpartition("_at_")
    kind, *pieces = names.split("__" if "__" in names else "_", 3)
    return pieces[-1] if at and kind == "scheduler" and len(pieces) > 1 else ""


def _first_result(message: dict[str, Any]) -> dict[str, Any]:
    """The first row that was found, which is all that Splunk sends."""
    given = message.get("result") or message.get("results")
    return reading.mapping(given[0] if isinstance(given, list) and given else given)


def _fingerprint(message: dict[str, Any], search: str, host: str) -> str:
    """Search and host: the number of the run (`sid`) is another one each time."""
    where = f"@{host}" if host else ""
    also = (host, message.get("app"), message.get("owner"))
    return reading.fingerprint(search and f"splunk-{search}{where}", SOURCE, *also)
