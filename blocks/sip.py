"""How does a page reach an ordinary telephone without a vendor's API? As a phone call, by SIP.

Any provider of SIP, a PBX, or a phone in the same network will do. baresip makes the call and espeak-ng
speaks it; both are programs that must be installed where pages are sent. Source: RFC 3261, RFC 4733 (keys).
"""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field, PrivateAttr, SecretStr, field_validator
from typing_extensions import override

from blocks.baresip import Line
from blocks.exchange import HttpConnection
from blocks.interfaces import Channel, Delivery, DeliveryState, PageMessage, Receipt
from blocks.phone_calls import PhoneCalls, Report
from blocks.programs import missing
from blocks.sip_account import DISPLAYED, HOST, NAME, READABLE_BY_BARESIP, Account, Transport
from blocks.sip_call import Script
from blocks.telling import Answer, TakesKeys, TellsDelivery, Told
from blocks.wire import Answer as HttpAnswer
from incident.configuration import Language
from incident.errors import Rejected, RetryLater

CALLS = PhoneCalls()
"""Those of this process, because a block is made anew for every page."""

ACKNOWLEDGE = "1"
PAUSES: tuple[float, ...] = (1, 2, 4, 8)
"""Seconds between the tries to tell our web service what happened, while the call goes on."""

_DOMAIN = Field(
    title="Domain",
    description="Of the provider or PBX, such as sip.example.com. Left out: phones are called directly.",
    pattern=f"{HOST}|^$",
)
_USER = Field(title="User", description="Of the account; who calls.", pattern=NAME)
_PASSWORD = Field(title="Password", description="Of the account. Left out: nobody asks for one.")
_PROXY = Field(
    title="Outbound proxy",
    description="Where the provider wants calls to come to, if that is not its domain.",
    pattern=f"{HOST}|^$",
)
_REGISTERS = Field(title="Registers", description="Sign in before each call; most providers need no such.")
_TRANSPORT = Field(title="Transport", description="udp or tcp.")
_CALLER = Field(
    title="Caller", description="Shown on the phone, if the provider lets it through.", pattern=DISPLAYED
)
_RINGS_FOR = Field(title="Rings for", description="Seconds; shorter than the mailbox takes.", ge=5, le=120)
_LANGUAGE = Field(title="Language", description="Of messages; a page is spoken in that of its person.")
_AT_ONCE = Field(title="Calls at once", description="As many as the provider allows.", ge=1, le=50)
_ADDRESS = Field(
    title="Own address",
    description="Of this machine, such as 10.0.0.2, if it has several and baresip takes a wrong one.",
    pattern=r"^[0-9A-Fa-f.:]*$",
)
_MODULES = Field(title="Modules of baresip", description="Their folder.", pattern=r"^/[^\s]+$")


class SipCall(HttpConnection, Channel, TakesKeys, TellsDelivery):
    """Rings, speaks the page, and takes 1 to acknowledge and 2 to pass on."""

    _block_type_name: ClassVar[str | None] = "SIP phone call"
    _block_type_slug: ClassVar[str | None] = "sip-call"
    _description: ClassVar[str | None] = (
        "Phone calls by SIP that speak the page and take 1 to acknowledge, 2 to pass on. The contact's `to` "
        "is a number, or an address such as sip:ann@10.0.0.7. Needs baresip, espeak-ng and sox."
    )
    safe: ClassVar[frozenset[str]] = frozenset({"_press", "_report"})

    domain: Annotated[str, _DOMAIN] = ""
    user: Annotated[str, _USER] = "incidents"
    password: Annotated[SecretStr, _PASSWORD] = SecretStr("")
    proxy: Annotated[str, _PROXY] = ""
    registers: Annotated[bool, _REGISTERS] = False
    transport: Annotated[Transport, _TRANSPORT] = Transport.UDP
    caller: Annotated[str, _CALLER] = "Incident response"
    rings_for: Annotated[int, _RINGS_FOR] = 25
    language: Annotated[Language, _LANGUAGE] = Language.ENGLISH
    calls_at_once: Annotated[int, _AT_ONCE] = 4
    address: Annotated[str, _ADDRESS] = ""
    modules: Annotated[str, _MODULES] = "/usr/lib/baresip/modules"

    _calls: PhoneCalls = PrivateAttr(default=CALLS)

    @field_validator("password")
    @classmethod
    def _can_be_read_by_baresip(cls, password: SecretStr) -> SecretStr:
        if re.fullmatch(READABLE_BY_BARESIP, password.get_secret_value()) is None:
            raise ValueError("baresip can read no space, quote or semicolon in a password")
        return password

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        text = f"{message.spoken or message.subject} {message.key_prompt}"
        script = self._script(to, Language(message.language), text)
        if message.callback_url:
            press = partial(self._press, message.callback_url)
            script = replace(script, press=press, failed=message.key_failed)
        return await self._ring(message.key, script, partial(self._report, message.callback_url))

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        script = self._script(to, self.language, f"{subject}. {text}")
        return await self._ring(key, script, partial(self._report, ""))

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        return self._calls.state_of(receipt)

    @override
    async def ended(self, receipt: str) -> Delivery | None:
        return await self._calls.ended(receipt)

    @override
    def key_told(self, told: Told) -> str:
        return told.fields.get("key", "")

    @override
    def say_back(self, text: str, language: str, again_at: str = "") -> Answer:
        return Answer(content=text, media_type="text/plain; charset=utf-8")

    @override
    def delivery_told(self, told: Told) -> Delivery | None:
        state, detail = told.fields.get("state", ""), told.fields.get("detail", "")
        known = state in (DeliveryState.DELIVERED, DeliveryState.FAILED)
        return Delivery(state=DeliveryState(state), detail=detail) if known else None

    async def _press(self, callback_url: str, key: str) -> str:
        """Tell our own web service which key was pressed; returns what to say then."""
        answer = await self._insist(self._press, f"{callback_url}/keys", {"key": key})
        return answer.content.decode("utf-8", "replace")

    async def _report(self, callback_url: str, became: Delivery) -> None:
        """Tell our own web service what became of a page."""
        if callback_url:
            form = {"state": became.state.value, "detail": became.detail}
            await self._insist(self._report, f"{callback_url}/delivery", form)

    async def _insist(self, method: Any, url: str, form: dict[str, str]) -> HttpAnswer:
        """Say it, and again as long as it may work the next time."""
        for pause in PAUSES:
            try:
                return await self._exchange(method).send("POST", url, form=form)
            except RetryLater:
                await asyncio.sleep(pause)
        return await self._exchange(method).send("POST", url, form=form)

    async def _ring(self, key: str, script: Script, report: Report) -> Receipt:
        if problem := missing():
            raise Rejected(problem)
        state = await self._calls.place(key, script, report, most=self.calls_at_once)
        return Receipt(provider_id=key, detail=state.detail)

    def _script(self, to: str, language: Language, text: str) -> Script:
        account = self._account()
        return Script(
            address=account.calling(to),
            line=Line(account.written(self.address or "localhost"), self.address, self.modules),
            rings_for=timedelta(seconds=self.rings_for),
            language=language,
            text=text,
            registers=self.registers,
        )

    def _account(self) -> Account:
        return Account(
            user=self.user,
            domain=self.domain,
            password=self.password.get_secret_value(),
            displayed=self.caller,
            proxy=self.proxy,
            transport=self.transport,
            registers=self.registers,
        )
