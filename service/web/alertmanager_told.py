"""How does Alertmanager's API tell alerts? The shapes that amtool and dashboards read.

Receivers are our services: an alert is received by the service it was routed to. A condition that is
silenced, in maintenance or inhibited is `suppressed`, with our reason where Alertmanager has an id.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from incident.alert import EndState
from ledger.tables import AlertRow, LastingAlertRow

SILENCED = (EndState.SILENCED, EndState.IN_MAINTENANCE)
NOT_ROUTED = "not routed yet"

SPOKEN = "0.25.0"
"""The version of Alertmanager whose API this is; tools look at it to know what they may ask."""


class ReceiverTold(BaseModel):
    """A service."""

    name: str


class StatusTold(BaseModel):
    """What became of an alert, in Alertmanager's three words."""

    state: Annotated[str, Field(description="unprocessed, active or suppressed")]
    silencedBy: list[str] = []  # noqa: N815  their name
    inhibitedBy: list[str] = []  # noqa: N815  their name
    mutedBy: list[str] = []  # noqa: N815  their name

    @property
    def kind(self) -> str:
        """By which of the four filters it can be left out."""
        if self.state == "suppressed":
            return "inhibited" if self.inhibitedBy else "silenced"
        return self.state


class AlertTold(BaseModel):
    """An alert that holds now."""

    annotations: dict[str, str]
    endsAt: AwareDatetime  # noqa: N815  their name
    fingerprint: str
    receivers: list[ReceiverTold]
    startsAt: AwareDatetime  # noqa: N815  their name
    status: StatusTold
    updatedAt: AwareDatetime  # noqa: N815  their name
    generatorURL: str = ""  # noqa: N815  their name
    labels: dict[str, str]


class GroupTold(BaseModel):
    """The alerts of a service."""

    labels: dict[str, str]
    routeLabels: dict[str, str] = {}  # noqa: N815  their name
    receiver: ReceiverTold
    alerts: list[AlertTold]


class ClusterTold(BaseModel):
    """There is none: several web services share one ledger."""

    name: str = ""
    status: str = "disabled"
    peers: list[str] = []


class VersionTold(BaseModel):
    """Which Alertmanager it is like."""

    version: str = SPOKEN
    revision: str = ""
    branch: str = "incident-response"
    buildUser: str = ""  # noqa: N815  their name
    buildDate: str = ""  # noqa: N815  their name
    goVersion: str = ""  # noqa: N815  their name


class OriginalTold(BaseModel):
    """What stands for the configuration of an Alertmanager."""

    original: str = "# This is no Alertmanager: what becomes of alerts stands in incident.yaml.\n"


class ServerTold(BaseModel):
    """The server itself."""

    cluster: ClusterTold = ClusterTold()
    versionInfo: VersionTold = VersionTold()  # noqa: N815  their name
    config: OriginalTold = OriginalTold()
    uptime: AwareDatetime


def tell_alert(row: LastingAlertRow, accepted: AlertRow | None) -> AlertTold:
    """One condition, with what became of the alert that it was accepted as."""
    alert = row.alert
    said = {"summary": alert.title, "description": alert.description}
    return AlertTold(
        annotations={name: text for name, text in said.items() if text},
        endsAt=row.until,
        fingerprint=row.fingerprint,
        receivers=[ReceiverTold(name=(accepted and accepted.service) or NOT_ROUTED)],
        startsAt=alert.starts_at or row.updated_at,
        status=_status(accepted),
        updatedAt=row.updated_at,
        generatorURL=alert.url or "",
        labels=alert.labels,
    )


def grouped(alerts: Iterable[AlertTold]) -> list[GroupTold]:
    """The alerts by service."""
    in_order = sorted(alerts, key=_receiver)
    return [
        GroupTold(labels={"service": name}, receiver=ReceiverTold(name=name), alerts=list(of_service))
        for name, of_service in groupby(in_order, _receiver)
    ]


def _receiver(alert: AlertTold) -> str:
    return alert.receivers[0].name


def _status(accepted: AlertRow | None) -> StatusTold:
    if accepted is None or accepted.end_state is None:
        return StatusTold(state="unprocessed")
    if accepted.end_state in SILENCED:
        return StatusTold(state="suppressed", silencedBy=[accepted.reason])
    if accepted.end_state is EndState.INHIBITED:
        return StatusTold(state="suppressed", inhibitedBy=[accepted.reason])
    return StatusTold(state="active")


def tell_server(started_at: datetime) -> ServerTold:
    """What amtool and dashboards want to know of the server itself."""
    return ServerTold(uptime=started_at)
