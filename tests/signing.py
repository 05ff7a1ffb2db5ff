"""How do senders sign, as far as these tests play them? Written from their documents, not from our code."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from tests.ledger.desk import START

SECRET = "the-secret-of-both-sides"
TOPIC = "arn:aws:sns:eu-south-1:123456789012:alarms"
CERTIFICATE_URL = "https://sns.eu-south-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


def mac(signed: bytes, secret: str = SECRET) -> str:
    """HMAC-SHA256 in hexadecimal digits."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def seconds(at: datetime) -> str:
    """An instant as senders write it: seconds since 1970."""
    return str(int(at.timestamp()))


def signed_as(scheme: str, body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """The headers of a body that was signed at an instant, each vendor in its own way."""
    time = seconds(at)
    match scheme:
        case "plain":
            return {"X-Signature": mac(body, secret)}
        case "timestamped":
            return {"X-Signature": f"t={time},v1={mac(f'{time}.'.encode() + body, secret)}"}
        case "pagerduty":
            return {"X-PagerDuty-Signature": f"v1={mac(body, 'an-older-one')},v1={mac(body, secret)}"}
        case "sentry":
            return {"Sentry-Hook-Signature": mac(body, secret), "Sentry-Hook-Timestamp": time}
        case "grafana":
            signed = f"{time}:".encode() + body
            return {"X-Grafana-Alerting-Signature": mac(signed, secret), "X-Signed-At": time}
        case "slack":
            signed = f"v0:{time}:".encode() + body
            return {"X-Slack-Signature": f"v0={mac(signed, secret)}", "X-Slack-Request-Timestamp": time}
        case _:
            raise AssertionError(scheme)


@cache
def sns_key() -> rsa.RSAPrivateKey:
    """The key of an Amazon of our own."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sns_certificate(
    name: str = "sns.amazonaws.com", since: datetime = START - timedelta(days=30)
) -> x509.Certificate:
    """Its certificate, good for a year."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    builder = builder.public_key(sns_key().public_key()).serial_number(1)
    return (
        builder.not_valid_before(since).not_valid_after(since + timedelta(days=365)).sign(sns_key(), SHA256())
    )


def pem(certificate: x509.Certificate | None = None) -> bytes:
    """A certificate as Amazon hands it out."""
    return (certificate or sns_certificate()).public_bytes(serialization.Encoding.PEM)


@dataclass
class Sns:
    """An Amazon SNS that signs what it sends."""

    topic: str = TOPIC
    sent: int = 0

    def notification(self, message: Any, at: datetime = START, **changes: Any) -> dict[str, Any]:
        """A message of a publisher."""
        return self._signed({"Type": "Notification", "Message": json.dumps(message)}, at, changes)

    def subscription(self, at: datetime = START, **changes: Any) -> dict[str, Any]:
        """The question whether we want the messages of the topic."""
        token = "2336412f37fb687f5d51e6e2425e90cf"
        host = CERTIFICATE_URL.rpartition("/")[0]
        return self._signed(
            {
                "Type": "SubscriptionConfirmation",
                "Message": "You have chosen to subscribe to the topic.",
                "Token": token,
                "SubscribeURL": f"{host}/?Action=ConfirmSubscription&TopicArn={self.topic}&Token={token}",
            },
            at,
            changes,
        )

    def _signed(self, said: dict[str, Any], at: datetime, changes: dict[str, Any]) -> dict[str, Any]:
        self.sent += 1
        message = said | {
            "MessageId": f"22b80b92-fdea-4c2c-8f9d-{self.sent:012}",
            "TopicArn": self.topic,
            "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
            "SignatureVersion": "1",
            "SigningCertURL": CERTIFICATE_URL,
        }
        message |= changes
        return message | {"Signature": sns_signature(message)}


def sns_signature(message: dict[str, Any]) -> str:
    """The signature over what the guide names for the type, in the order of the alphabet."""
    names = {"Message", "MessageId", "Timestamp", "TopicArn", "Type"}
    names |= {"Subject"} if message["Type"] == "Notification" else {"SubscribeURL", "Token"}
    signed = "".join(f"{name}\n{message[name]}\n" for name in sorted(names & set(message)))
    digest = SHA256() if message["SignatureVersion"] == "2" else SHA1()
    return base64.b64encode(sns_key().sign(signed.encode(), padding.PKCS1v15(), digest)).decode()
