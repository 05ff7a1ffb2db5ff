"""Does a request come from its source? A token is looked at before the body is read, a signature after.

Whoever is not known is told that the token or the signature is wrong, and nothing else; what is wrong with a
message of Amazon SNS is said, since it holds nothing that is secret.
"""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from blocks.sns import Certificates
from incident.configuration import Source
from incident.errors import LedgerUnavailable, PayloadError, RetryLater
from incident.trust.request import Forged, Once
from incident.trust.request import Request as Sent
from incident.trust.signatures import check_signature, scheme_of
from incident.trust.sns import SUBSCRIPTION, SnsMessage, read_message
from incident.trust.tokens import TokenWay, check_token
from incident.trust.ways import AddressToken, Signature, SnsSignature
from ledger.subscriptions import owe_confirmation
from service.body import read_json
from service.intake import BODY_LIMIT
from service.secrets import secrets_of
from service.web.bodies import read_body
from tasks.surroundings import here

SNS_RAW = "x-amz-sns-rawdelivery"


class CertificateAway(LedgerUnavailable):
    """The certificate that would prove a message cannot be had at this moment."""


@dataclass(frozen=True)
class Proven:
    """A body that comes from its source; what makes the delivery one of a kind, if anything does."""

    body: bytes
    once: Once | None = None


async def proven(name: str, source: Source, request: Request, token_in_path: str = "") -> Proven:
    """The body of a request, once the source has proved itself in its way.

    Raises:
        ConfidenceError: it has not.
        Unsupported, TooLarge, MalformedPayload: the body cannot be had.
        CertificateAway: whether it has cannot be known at this moment.
    """
    surroundings, way = here(), source.verify
    secrets = secrets_of(name, source, surroundings.environment)
    sent = _sent(request, token_in_path)
    if isinstance(way, TokenWay):
        check_token(way, sent, secrets)
        return Proven(await read_body(request, BODY_LIMIT))
    body = await read_body(request, BODY_LIMIT)
    now = surroundings.now()
    if isinstance(way, Signature):
        signed = _sent(request, token_in_path, body)
        return Proven(body, check_signature(way, scheme_of(way, source.dialect), signed, secrets, now))
    if way.raw and request.headers.get(SNS_RAW, "").lower() == "true":
        check_token(AddressToken(), sent, secrets)
        return Proven(body)
    certificates: Certificates = request.app.state.certificates
    message = await _genuine(certificates, way, body, now)
    if message.kind == SUBSCRIPTION:
        await run_in_threadpool(_owe, name, message, now)
    return Proven(body, message.once(way))


async def _genuine(certificates: Certificates, way: SnsSignature, body: bytes, now: datetime) -> SnsMessage:
    try:
        payload = read_json(body)
    except PayloadError:
        raise Forged("it is no signed message of Amazon SNS; is raw message delivery on?") from None
    message = read_message(payload, way, now)
    try:
        await certificates.check(message, now, allow_private=way.allow_private)
    except RetryLater as away:
        raise CertificateAway(f"the certificate of Amazon SNS cannot be fetched: {away}") from None
    return message


def _owe(name: str, message: SnsMessage, now: datetime) -> None:
    here().ledger.write(owe_confirmation, name, message.topic, message.id, message.confirm_at, now)


def _sent(request: Request, token_in_path: str, body: bytes = b"") -> Sent:
    return Sent(
        headers={name: ", ".join(request.headers.getlist(name)) for name in request.headers.keys()},  # noqa: SIM118  they repeat
        query=dict(request.query_params),
        token_in_path=token_in_path,
        body=body,
    )
