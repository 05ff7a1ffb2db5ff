"""Was a message really signed by Amazon SNS? Its certificate is fetched once, and the signature calculated.

Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages". What needs no network,
such as whether a certificate may come from an address, is decided in `incident.trust.sns` before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blocks.guard import Guard
from incident.errors import ConnectionFailure, Rejected
from incident.trust.request import Forged
from incident.trust.sns import SnsMessage

if TYPE_CHECKING:
    from blocks.sns_certificate import SnsCertificate

TIME_LIMIT = timedelta(seconds=8)
"""SNS gives up after 15 seconds, and comes again."""
MOST_BYTES = 64 << 10
MOST_KEPT = 20
"""Certificates: Amazon has one per region, and renews it each year."""
FAILED_FOR = timedelta(seconds=30)
"""So long nothing is fetched after a failure: strangers could make us call without end."""


@dataclass
class Certificates:
    """The certificates that were fetched; of several requests at once, one fetches."""

    guard: Guard = field(default_factory=lambda: Guard(time_limit=TIME_LIMIT))
    _kept: dict[str, SnsCertificate] = field(default_factory=dict)
    _failed: dict[str, tuple[datetime, ConnectionFailure]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def check(self, message: SnsMessage, now: datetime, *, allow_private: bool) -> None:
        """Is the signature of a message right, by a certificate that is good now?

        Raises:
            Forged: it is not, or what is at the address of the certificate is none of Amazon SNS.
            RetryLater: the certificate cannot be had at this moment.
        """
        try:
            certificate = await self._at(message.certificate, now, allow_private=allow_private)
        except Rejected as refused:
            raise Forged(f"its certificate cannot be used: {refused}") from None
        certificate.check(message, now)

    async def _at(self, address: str, now: datetime, *, allow_private: bool) -> SnsCertificate:
        if kept := self._kept.get(address):
            return kept
        async with self._turn:
            if address not in self._kept:
                self._keep(address, await self._fetched(address, now, allow_private=allow_private))
            return self._kept[address]

    async def _fetched(self, address: str, now: datetime, *, allow_private: bool) -> SnsCertificate:
        self._failed = {each: one for each, one in self._failed.items() if now - one[0] < FAILED_FOR}
        if address in self._failed:
            raise self._failed[address][1]
        try:
            found = await self.guard.get(
                address, now, accept="*/*", most_bytes=MOST_BYTES, allow_private=allow_private
            )
            return await asyncio.to_thread(_read, found)
        except ConnectionFailure as failure:
            self._failed[address] = (now, failure)
            raise

    def _keep(self, address: str, certificate: SnsCertificate) -> None:
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[address] = certificate


def _read(pem: bytes) -> SnsCertificate:
    from blocks.sns_certificate import read_certificate  # noqa: PLC0415  eleven megabytes, see there

    return read_certificate(pem)
