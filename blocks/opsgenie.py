"""How does a page go out through Opsgenie or Jira Service Management, and who is on call there?

Sources: Opsgenie's description of its API v2, and Atlassian's of the integration events of JSM operations,
which take the same alerts under another address. The alias is the page's key: while an alert with it is open,
the same alias is counted there and wakes nobody again.
"""

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.exchange import Exchange, HttpConnection
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

MESSAGE_LENGTH, DESCRIPTION_LENGTH = 130, 15_000
"""Characters that are taken."""

_PRIORITIES = {Severity.CRITICAL: "P1", Severity.MAJOR: "P2", Severity.MINOR: "P3"}
_LEAST = "P5"


class Account(StrEnum):
    """Where the account is."""

    US = "us"
    EU = "eu"
    JSM = "jsm"


_ADDRESSES = {
    Account.US: "https://api.opsgenie.com",
    Account.EU: "https://api.eu.opsgenie.com",
    Account.JSM: "https://api.atlassian.com/jsm/ops/integration",
}


class _Opsgenie(HttpConnection):
    api_key: Annotated[SecretStr, Field(title="API key", description="Of an API integration.")]

    def _with_key(self, method: Any) -> Exchange:
        return self._exchange(method, {"Authorization": f"GenieKey {self.api_key.get_secret_value()}"})


class OpsgeniePager(_Opsgenie, Channel):
    """Creates an alert whose responder is the person; Opsgenie or JSM wakes them by their own rules there."""

    _block_type_name: ClassVar[str | None] = "Opsgenie or JSM pager"
    _block_type_slug: ClassVar[str | None] = "opsgenie-pager"
    _description: ClassVar[str | None] = (
        "Pages a user of Opsgenie or of Jira Service Management operations; the contact's `to` is their user "
        "name there. Opsgenie can be asked who acknowledged; JSM cannot, with this key."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    account: Annotated[
        Account, Field(title="Account", description="us or eu for Opsgenie, jsm for Jira Service Management.")
    ] = Account.US

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        links = {"acknowledge": message.acknowledge_url, "incident": message.incident_url}
        alert = {**_alert(to, message.key, message.subject, message.text), "details": links}
        return await self._create(self.deliver, alert | {"priority": _PRIORITIES[message.severity]})

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        """A message is an alert of the lowest priority; their rules there decide whether it makes a sound."""
        alert = _alert(to, key, subject, text)
        return await self._create(self.send, alert | {"priority": _LEAST, "tags": ["message"]})

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        if self.account is Account.JSM:
            return None
        address = f"{_ADDRESSES[self.account]}/v2/alerts/{quote(receipt, safe='')}"
        answer = await self._with_key(self.follow).send("GET", address, params={"identifierType": "alias"})
        return _delivery(answer.read_as(_Answer).data)

    async def _create(self, method: Any, alert: dict[str, Any]) -> Receipt:
        address = f"{_ADDRESSES[self.account]}/v2/alerts"
        answer = await self._with_key(method).send("POST", address, json=alert)
        return Receipt(provider_id=alert["alias"], detail=f"HTTP {answer.status}")


class OpsgenieSchedules(_Opsgenie, RotationSource):
    """Who is on call by Opsgenie's schedules."""

    _block_type_name: ClassVar[str | None] = "Opsgenie schedules"
    _block_type_slug: ClassVar[str | None] = "opsgenie-schedules"
    _description: ClassVar[str | None] = "Asks Opsgenie who is on call on one of its schedules, by its name."
    repeat: ClassVar[Repeat] = Repeat.SAFE

    europe: Annotated[bool, Field(title="European account", description="Asks api.eu.opsgenie.com.")] = False

    @override
    async def on_call(self, schedule: str) -> tuple[str, ...]:
        base = _ADDRESSES[Account.EU if self.europe else Account.US]
        address = f"{base}/v2/schedules/{quote(schedule, safe='')}/on-calls"
        asked = {"scheduleIdentifierType": "name", "flat": "true"}
        answer = await self._with_key(self.on_call).send("GET", address, params=asked)
        return tuple(dict.fromkeys(answer.read_as(_OnCallAnswer).data.recipients))


def _alert(to: str, key: str, subject: str, text: str) -> dict[str, Any]:
    return {
        "message": subject[:MESSAGE_LENGTH],
        "alias": key,
        "description": text[:DESCRIPTION_LENGTH],
        "responders": [{"type": "user", "username": to}],
        "entity": incident_of(key),
        "source": "incident response",
    }


class _Report(BaseModel):
    acknowledged_by: Annotated[str, Field(alias="acknowledgedBy")] = ""
    closed_by: Annotated[str, Field(alias="closedBy")] = ""


class _Alert(BaseModel):
    status: str = ""
    acknowledged: bool = False
    owner: str = ""
    report: _Report = _Report()


class _Answer(BaseModel):
    data: _Alert


class _Recipients(BaseModel):
    recipients: Annotated[list[str], Field(alias="onCallRecipients")]


class _OnCallAnswer(BaseModel):
    data: _Recipients


def _delivery(alert: _Alert) -> Delivery:
    """Closing an alert answers it as well as acknowledging does."""
    if not (alert.acknowledged or alert.status == "closed"):
        return Delivery(state=DeliveryState.DELIVERED, detail=alert.status)
    who = alert.report.acknowledged_by or alert.owner or alert.report.closed_by
    return Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by=who, detail=alert.status)
