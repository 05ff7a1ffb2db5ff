"""Does a message of Amazon SNS say what its signature covers, and may its addresses be called?

Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages". The certificate is
fetched and the signature is calculated in `blocks.sns`; here is everything that needs no network.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from incident.sources.reading import moment, text
from incident.trust.request import Expired, Forged, Once
from incident.trust.ways import SKEW, SnsSignature

NOTIFICATION, SUBSCRIPTION = "Notification", "SubscriptionConfirmation"
CONFIRMATIONS = (SUBSCRIPTION, "UnsubscribeConfirmation")
HASHES = {"1": "sha1", "2": "sha256"}
LONGEST_ADDRESS = 2000

_OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_OF_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]{1,64}\.pem")


@dataclass(frozen=True)
class SnsMessage:
    """A message whose parts are all there; whether they are genuine is not known yet."""

    kind: str
    id: str
    topic: str
    sent_at: datetime
    hash: str
    signature: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    certificate: str
    confirm_at: str = field(default="", repr=False)

    def once(self, way: SnsSignature) -> Once:
        """What makes it one of a kind: SNS repeats a message under the same number."""
        return Once(f"{self.topic} {self.id}", self.sent_at + way.tolerance + SKEW)


def read_message(payload: Any, way: SnsSignature, now: datetime) -> SnsMessage:
    """A message of an allowed topic, of now, with a certificate and a confirmation at allowed hosts.

    Raises:
        Forged: something of that is missing or another one.
        Expired: it is too old, or of the future.
    """
    said: dict[str, Any] = payload if isinstance(payload, dict) else {}
    kind, topic = _text(said, "Type"), _text(said, "TopicArn")
    if kind not in (NOTIFICATION, *CONFIRMATIONS) or not _text(said, "MessageId"):
        raise Forged("it is no signed message of Amazon SNS; is raw message delivery on?")
    if topic not in way.topics:
        raise Forged("its topic is not one of those under verify: topics:")
    return SnsMessage(
        kind=kind,
        id=_text(said, "MessageId"),
        topic=topic,
        sent_at=_sent_at(said, way, now),
        hash=_hash(said),
        signature=_signature(said),
        signed=signed_text(said),
        certificate=_allowed(_text(said, "SigningCertURL"), topic, way, certificate=True),
        confirm_at=_confirmation(said, topic, way) if kind == SUBSCRIPTION else "",
    )


def signed_text(message: dict[str, Any]) -> bytes:
    """What the signature is over: names and values of the fields that this type has, one a line."""
    names = _OF_NOTIFICATION if _text(message, "Type") == NOTIFICATION else _OF_CONFIRMATION
    present = [name for name in names if message.get(name) is not None]
    return "".join(f"{name}\n{_text(message, name)}\n" for name in present).encode("utf-8", "surrogatepass")


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def _sent_at(message: dict[str, Any], way: SnsSignature, now: datetime) -> datetime:
    sent_at = moment(_text(message, "Timestamp"))
    if sent_at is None or not now - way.tolerance <= sent_at <= now + SKEW:
        raise Expired("the message is of another time; are the clocks right?")
    return sent_at


def _hash(message: dict[str, Any]) -> str:
    version = text(message.get("SignatureVersion"))
    if version not in HASHES:
        raise Forged("its SignatureVersion is neither 1 nor 2")
    return HASHES[version]


def _signature(message: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(_text(message, "Signature"), validate=True)
    except (binascii.Error, ValueError):
        raise Forged("its signature cannot be read") from None


def _confirmation(message: dict[str, Any], topic: str, way: SnsSignature) -> str:
    """The address that confirms the subscription: of this topic, and doing nothing else."""
    address = _allowed(_text(message, "SubscribeURL"), topic, way, certificate=False)
    asked = parse_qs(urlsplit(address).query, max_num_fields=10)
    wanted = {"Action": ["ConfirmSubscription"], "TopicArn": [topic], "Token": [_text(message, "Token")]}
    if {name: asked.get(name) for name in wanted} != wanted or set(asked) - {*wanted, "Version"}:
        raise Forged("its SubscribeURL does something else than to confirm this topic")
    return address


def _allowed(address: str, topic: str, way: SnsSignature, *, certificate: bool) -> str:
    """An address that may be called: https, and SNS itself in the region of the topic."""
    try:
        parts = urlsplit(address[:LONGEST_ADDRESS])
        plain = parts.port in (None, 443) and not parts.username and not parts.fragment
        host = (parts.hostname or "").lower()
    except ValueError:
        raise Forged("one of its addresses is none") from None
    _, partition, _, region, *_ = topic.split(":")
    own = f"sns.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"
    if (
        parts.scheme != "https"
        or not plain
        or host not in (own, *way.hosts)
        or len(address) > LONGEST_ADDRESS
    ):
        raise Forged(f"one of its addresses is not at https://{own}, nor at a host under verify: hosts:")
    if certificate and (parts.query or not (_CERTIFICATE.fullmatch(parts.path) or host in way.hosts)):
        raise Forged("its certificate is not one of Amazon SNS")
    return address
