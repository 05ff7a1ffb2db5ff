"""Was a message really signed by Amazon SNS? Its certificate is fetched once, and the signature calculated.

Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages". What needs no network,
such as whether a certificate may come from an address, is decided in `incident.trust.sns` before.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from blocks.guard import Guard
from incident.errors import ConnectionFailure, Rejected
from incident.trust.request import Forged
from incident.trust.sns import SnsMessage

HASHES = {"sha1": SHA1, "sha256": SHA256}
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
    _kept: dict[str, x509.Certificate] = field(default_factory=dict)
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
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise Forged("its certificate is not valid now")
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise Forged("its certificate is not one of Amazon SNS")
        try:
            key.verify(message.signature, message.signed, padding.PKCS1v15(), HASHES[message.hash]())
        except InvalidSignature:
            raise Forged("the signature is wrong") from None

    async def _at(self, address: str, now: datetime, *, allow_private: bool) -> x509.Certificate:
        if kept := self._kept.get(address):
            return kept
        async with self._turn:
            if address not in self._kept:
                self._keep(address, await self._fetched(address, now, allow_private=allow_private))
            return self._kept[address]

    async def _fetched(self, address: str, now: datetime, *, allow_private: bool) -> x509.Certificate:
        self._failed = {each: one for each, one in self._failed.items() if now - one[0] < FAILED_FOR}
        if address in self._failed:
            raise self._failed[address][1]
        try:
            found = await self.guard.get(
                address, now, accept="*/*", most_bytes=MOST_BYTES, allow_private=allow_private
            )
            return read_certificate(found)
        except ConnectionFailure as failure:
            self._failed[address] = (now, failure)
            raise

    def _keep(self, address: str, certificate: x509.Certificate) -> None:
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[address] = certificate


def read_certificate(pem: bytes) -> x509.Certificate:
    """A certificate that says that it is one of Amazon SNS.

    Raises:
        Rejected: it says something else, or nothing.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        raise Rejected("what is at the address of the certificate is none") from None
    if not any(_is_of_sns(str(name.value)) for name in names):
        raise Rejected("the certificate is not one of Amazon SNS")
    return certificate


def _is_of_sns(name: str) -> bool:
    return name.startswith("sns.") and name.removesuffix(".cn").endswith(".amazonaws.com")
