"""How does a page go out through PagerDuty, and who is on call there?

Sources: PagerDuty's descriptions of its Events API v2 (enqueue, change/enqueue) and its REST API (incidents,
oncalls). The dedup key is the page's own key, so that a repeated page is the same alert there.
"""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.exchange import HttpConnection
from blocks.interfaces import (
    Channel,
    Delivery,
    DeliveryState,
    PageMessage,
    Receipt,
    Repeat,
    RotationSource,
)
from blocks.keys import incident_of
from incident.severity import Severity

SUMMARY_LENGTH = 1024
"""Characters; PagerDuty cuts or refuses what is longer."""

_TELLING = {Severity.CRITICAL: "critical", Severity.MAJOR: "error", Severity.MINOR: "warning"}
_STATES = {
    "triggered": DeliveryState.DELIVERED,
    "acknowledged": DeliveryState.ACKNOWLEDGED,
    "resolved": DeliveryState.ACKNOWLEDGED,
}


class Region(StrEnum):
    """Where PagerDuty keeps the account."""

    US = "us"
    EU = "eu"


_REGION = Field(title="Service region", description="us or eu: the web address of the account tells.")


class _PagerDuty(HttpConnection):
    region: Annotated[Region, _REGION] = Region.US

    def _address(self, of: str, path: str) -> str:
        return f"https://{of}.{'eu.' if self.region is Region.EU else ''}pagerduty.com{path}"


class PagerDutyPager(_PagerDuty, Channel):
    """Triggers an alert on a PagerDuty service, whose own escalation wakes people."""

    _block_type_name: ClassVar[str | None] = "PagerDuty pager"
    _block_type_slug: ClassVar[str | None] = "pagerduty-pager"
    _description: ClassVar[str | None] = (
        "Pages through a PagerDuty service (Events API v2); a token lets it be asked who acknowledged."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    routing_key: Annotated[
        SecretStr,
        Field(title="Integration key", description="Of an Events API v2 integration on the service."),
    ]
    api_token: Annotated[
        SecretStr | None,
        Field(
            title="API token", description="Read-only; left out: acknowledgements there are not seen here."
        ),
    ] = None

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        event = {
            "routing_key": self.routing_key.get_secret_value(),
            "event_action": "trigger",
            "dedup_key": message.key,
            "client": "incident response",
            "client_url": message.incident_url,
            "payload": {
                "summary": message.subject[:SUMMARY_LENGTH],
                "source": message.incident,
                "severity": _TELLING[message.severity],
                "custom_details": {"to": to, "text": message.text},
            },
            "links": [
                {"href": message.acknowledge_url, "text": "Acknowledge"},
                {"href": message.incident_url, "text": message.incident},
            ],
        }
        answer = await self._exchange(self.deliver).send(
            "POST", self._address("events", "/v2/enqueue"), json=event
        )
        return Receipt(provider_id=message.key, detail=f"HTTP {answer.status}")

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        """A message that is no page becomes a change event: it is shown there and wakes nobody."""
        event = {
            "routing_key": self.routing_key.get_secret_value(),
            "payload": {
                "summary": subject[:SUMMARY_LENGTH],
                "timestamp": self._clock.now().isoformat(),
                "source": incident_of(key),
                "custom_details": {"to": to, "text": text},
            },
        }
        answer = await self._exchange(self.send).send(
            "POST", self._address("events", "/v2/change/enqueue"), json=event
        )
        return Receipt(provider_id=key, detail=f"HTTP {answer.status}")

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        if self.api_token is None:
            return None
        asked = {"incident_key": receipt, "include[]": "acknowledgers"}
        address = self._address("api", "/incidents")
        exchange = self._exchange(self.follow, _authorization(self.api_token))
        answer = await exchange.send("GET", address, params=asked)
        return _delivery(answer.read_as(_Incidents))


class PagerDutySchedules(_PagerDuty, RotationSource):
    """Who is on call by PagerDuty's schedules."""

    _block_type_name: ClassVar[str | None] = "PagerDuty schedules"
    _block_type_slug: ClassVar[str | None] = "pagerduty-schedules"
    _description: ClassVar[str | None] = "Asks PagerDuty who is on call on one of its schedules, by its id."
    repeat: ClassVar[Repeat] = Repeat.SAFE

    api_token: Annotated[SecretStr, Field(title="API token", description="Read-only is enough.")]

    @override
    async def on_call(self, schedule: str) -> tuple[str, ...]:
        asked = {"schedule_ids[]": schedule, "include[]": "users", "earliest": "true"}
        address = self._address("api", "/oncalls")
        exchange = self._exchange(self.on_call, _authorization(self.api_token))
        found = (await exchange.send("GET", address, params=asked)).read_as(_OnCalls)
        in_order = sorted(found.oncalls, key=lambda each: each.escalation_level)
        return tuple(dict.fromkeys(each.user.email or each.user.summary for each in in_order))


def _authorization(token: SecretStr) -> dict[str, str]:
    return {"Authorization": f"Token token={token.get_secret_value()}"}


class _User(BaseModel):
    summary: str = ""
    email: str = ""


class _OnCall(BaseModel):
    user: _User
    escalation_level: int = 1


class _OnCalls(BaseModel):
    oncalls: list[_OnCall]


class _Acknowledgement(BaseModel):
    acknowledger: _User


class _Incident(BaseModel):
    status: str
    acknowledgements: list[_Acknowledgement] = []
    last_status_change_by: _User | None = None


class _Incidents(BaseModel):
    incidents: list[_Incident]


def _delivery(found: _Incidents) -> Delivery:
    """An alert that made no incident there is suppressed or still on its way; either way it has left here."""
    if not found.incidents:
        return Delivery(state=DeliveryState.SENT)
    newest = found.incidents[0]
    by: Any = (
        newest.acknowledgements[0].acknowledger if newest.acknowledgements else newest.last_status_change_by
    )
    state = _STATES.get(newest.status, DeliveryState.DELIVERED)
    who = (by.email or by.summary) if by and state is DeliveryState.ACKNOWLEDGED else ""
    return Delivery(state=state, acknowledged_by=who, detail=newest.status)
