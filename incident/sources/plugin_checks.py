"""What do Nagios and its descendants say about a host or a service that a plugin checks?

They tell it in macros; the notification command decides how the fields are written (`NAGIOS_HOSTNAME`,
`host.name`, `host`, or `name` in an object `host`). The problem's number is 0 on a host's recovery, so host
and service name the condition.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

_STATUS_OF_KIND = {
    "problem": AlertStatus.FIRING,
    "recovery": AlertStatus.RESOLVED,
    "acknowledgement": AlertStatus.ACKNOWLEDGED,
    "acknowledgementset": AlertStatus.ACKNOWLEDGED,
    "custom": AlertStatus.INFO,
}
_NEITHER = ("downtime", "flapping")
_NEWS = ("commentadded", "commentremoved", "objectcreated", "objectmodified", "objectdeleted")
"""Events of Icinga's stream about remarks and about the configuration."""

_OF_DOWNTIME = ("host_name", "service_name", "author", "comment")

_PARTS = ("host", "service", "notification")
_SERVICE_STATES = dict(zip("0123", ("OK", "WARNING", "CRITICAL", "UNKNOWN"), strict=True))
_HOST_STATES = dict(zip("012", ("UP", "DOWN", "UNREACHABLE"), strict=True))


@dataclass(frozen=True)
class Check:
    """A notification, whose fields are found by their plain names."""

    fields: dict[str, Any]

    def first(self, *names: str) -> str:
        """The first of several fields that says something."""
        return reading.first_text(*(_name(self.fields.get(name)) for name in names))

    def of_object(self, *names: str) -> str:
        """The first of several fields of the service, or of the host if there is no service."""
        kind = "service" if self.service else "host"
        return self.first(*(f"{kind}{name}" for name in names), *names)

    @property
    def host(self) -> str:
        """The host's name."""
        return self.first("hostname", "host", "hostdisplayname", "hostalias")

    @property
    def service(self) -> str:
        """The service's name; empty when the host itself is checked."""
        return self.first("servicedesc", "servicename", "servicedescription", "service", "servicedisplayname")

    @property
    def kind(self) -> str:
        """The kind of notification, such as PROBLEM."""
        return self.first("notificationtype", "type")

    @property
    def state(self) -> str:
        """The state's name, also where it comes as a number."""
        given = self.of_object("state", "currentstate") or reading.text(
            reading.inside(self.fields.get("checkresult"), "state")
        )
        states = _SERVICE_STATES if self.service else _HOST_STATES
        return states.get(given.removesuffix(".0"), given)

    @property
    def output(self) -> str:
        """What the plugin printed."""
        result = reading.inside(self.fields.get("checkresult"), "output")
        return (
            self.of_object("output", "pluginoutput")
            or reading.text(result)
            or self.first("message", "additionalinfo")
        )

    @property
    def acknowledged(self) -> bool:
        """Somebody has seen to it: Icinga's acknowledgement is true, 1 (normal) or 2 (sticky)."""
        return self.of_object("acknowledgement").lower().removesuffix(".0") in ("true", "1", "2")


def parse(payload: Any, source: str) -> tuple[Alert, ...]:
    """The alert of one notification; a comment or a change of the configuration is none.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    checks = map(_check, shapes.messages(payload))
    return tuple(_alert(check, source) for check in checks if check.kind.lower() not in _NEWS)


def _check(message: dict[str, Any]) -> Check:
    """The fields by plain name; an event about a downtime names host and service within it."""
    downtime = message.get("downtime")
    if isinstance(downtime, dict):
        message = {name: downtime.get(name) for name in _OF_DOWNTIME} | message
    fields = shapes.by_plain_name(shapes.unfolded(message, *_PARTS))
    return Check({name.removeprefix("nagios").removeprefix("icinga"): said for name, said in fields.items()})


def _alert(check: Check, source: str) -> Alert:
    name = "/".join(filter(None, (check.host, check.service)))
    status = _status(check)
    starts, ends = shapes.span(status, _changed(check))
    return Alert(
        source=source,
        fingerprint=reading.fingerprint(name and f"{source}-{name}", source, check.output),
        status=status,
        title=f"{name or reading.unnamed('A check without a name')} is {_condition(check)}",
        description=_description(check),
        severity=read_severity(check.state),
        severity_native=check.state or None,
        labels=_labels(check),
        starts_at=starts,
        ends_at=ends,
        url=_url(check),
    )


def _condition(check: Check) -> str:
    return check.state or check.kind or "in an unknown state"


def _name(value: Any) -> Any:
    """The name of an object that Icinga describes in full."""
    if not isinstance(value, dict):
        return value
    return reading.first_text(*map(value.get, ("name", "__name", "display_name"))) or None


def _status(check: Check) -> AlertStatus:
    """The kind of notification; without a known one the state, and while it is bad the acknowledgement."""
    kind = check.kind.lower().replace(" ", "")
    if kind.startswith(_NEITHER) or check.state.lower() == "pending":
        return AlertStatus.INFO
    status = _STATUS_OF_KIND.get(kind)
    if status is None and check.acknowledged and reading.status(check.state) is AlertStatus.FIRING:
        return AlertStatus.ACKNOWLEDGED
    return status or reading.status(check.state)


def _changed(check: Check) -> datetime | None:
    """When the state changed, else when the notification was made."""
    own = "lastservicestatechange" if check.service else "lasthoststatechange"
    names = (own, "lastchange", "laststatechange", "timet", "timestamp", "time", "longdatetime", "datetime")
    written = [re.sub(r" (?=[+-]\d)", "", check.first(name)) for name in names]
    return reading.first_moment(check.of_object("laststatechange"), *written)


def _labels(check: Check) -> dict[str, str]:
    return shapes.labels(
        host=check.host,
        service=check.service,  # a check such as HTTP, so none of our services: a route decides
        address=check.first("hostaddress", "address", "address4", "hostaddress6", "address6", "ip"),
        output=check.output,
        hostgroups=check.first("hostgroupnames", "hostgroups", "hostgroupname"),
        servicegroups=check.first("servicegroupnames", "servicegroups", "servicegroupname"),
    )


def _description(check: Check) -> str:
    author = check.first("notificationauthor", "notificationauthorname", "author")
    comment = check.first("notificationcomment", "comment", "text")
    remark = ": ".join(filter(None, (author, comment)))
    return shapes.paragraphs(check.output, check.of_object("longoutput").replace("\\n", "\n"), remark)


def _url(check: Check) -> str | None:
    """What helps most comes first: the runbook (action), then notes, then the monitor's own page."""
    of_both = [f"{kind}{what}url" for what in ("action", "notes", "info") for kind in ("service", "host", "")]
    return reading.link(*(check.fields.get(name) for name in [*of_both, "url", "link"]))
