"""Are messages that vendors really signed found genuine? Collected beside the repository; else our own."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from blocks.guard import Guard
from blocks.sns import Certificates
from incident.trust.request import Expired, Forged, Request
from incident.trust.signatures import check_signature
from incident.trust.sns import read_message
from incident.trust.ways import Scheme, Signature, SnsSignature
from tests.ledger.desk import START
from tests.signing import SECRET, Sns, pem, signed_as

CORPUS = Path(__file__).parents[4] / "shared" / "payloads"
VECTORS = CORPUS / "signatures" / "vectors.json"
SCHEMES = {"pagerduty_webhook_v3": Scheme.PAGERDUTY, "slack_v0": Scheme.SLACK}


def collected(kind: str) -> list[dict[str, Any]]:
    vectors = json.loads(VECTORS.read_text()) if VECTORS.exists() else []
    return [vector for vector in vectors if vector["scheme"].startswith(kind)]


def signed_bodies() -> list[tuple[Scheme, Request, str, datetime]]:
    """Scheme, request, secret and time of what was signed with a shared secret."""
    own = b'{"event": {"id": "1"}}'
    found = [
        (scheme, Request(lower(signed_as(scheme, own, START)), body=own), SECRET, START)
        for scheme in SCHEMES.values()
    ]
    for kind, scheme in SCHEMES.items():
        for vector in collected(kind):
            body = vector.get("body", "").encode() or (CORPUS / vector["body_file"]).read_bytes()
            headers = {vector["header"]: vector["signature"]}
            if "timestamp" in vector:
                headers[vector["timestamp_header"]] = vector["timestamp"]
            at = datetime.fromtimestamp(int(vector.get("timestamp", 0)), UTC)
            at = at if "timestamp" in vector else _occurred(body)
            found.append((scheme, Request(lower(headers), body=body), vector["secret"], at))
    return found


def test_what_was_signed_with_a_shared_secret_is_genuine_then_and_expired_later() -> None:
    for scheme, request, secret, at in signed_bodies():
        check_signature(Signature(), scheme, request, [secret], at)
        altered = Request(request.headers, body=request.body + b" ")
        with pytest.raises(Forged):
            check_signature(Signature(), scheme, altered, [secret], at)
        if scheme is Scheme.SLACK:
            with pytest.raises(Expired):
                check_signature(Signature(), scheme, request, [secret], at + timedelta(minutes=6))


def messages() -> list[tuple[dict[str, Any], bytes]]:
    """Messages of Amazon SNS with the certificate they name."""
    sns = Sns()
    found = [
        (sns.notification({"AlarmName": "disk"}, Subject="ALARM: disk"), pem()),
        (sns.notification({"AlarmName": "disk"}, SignatureVersion="2"), pem()),
        (sns.subscription(), pem()),
    ]
    for vector in collected("aws_sns"):
        certificate = (CORPUS / vector["certificate_file"]).read_bytes()
        found += [(json.loads((CORPUS / file).read_text()), certificate) for file in vector["messages"]]
    return found


def test_what_amazon_signed_is_genuine_then_and_whatever_was_altered_is_not() -> None:
    for message, certificate in messages():
        at = datetime.fromisoformat(message["Timestamp"])
        _check(message, certificate, at)
        for name in ("Message", "MessageId", "Timestamp"):
            altered = message | {name: message[name].replace("2", "3") + " "}
            with pytest.raises((Forged, Expired)):
                _check(altered, certificate, at)
        with pytest.raises(Expired):
            _check(message, certificate, at + timedelta(hours=2))


def _check(message: dict[str, Any], certificate: bytes, now: datetime) -> None:
    answers = httpx.MockTransport(lambda _request: httpx.Response(200, content=certificate))
    certificates = Certificates(Guard(transport=answers, resolve=_somewhere))
    found = read_message(message, SnsSignature(topics=(message["TopicArn"],)), now)
    asyncio.run(certificates.check(found, now, allow_private=False))


async def _somewhere(_host: str, _port: int) -> list[str]:
    return ["8.8.8.8"]


def _occurred(body: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(body)["event"]["occurred_at"])


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
