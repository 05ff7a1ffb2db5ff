"""Was a body signed with the secret of its source, and is it the first time that it comes?

Sources of the layouts: PagerDuty "Verifying webhook signatures" (v3), Sentry "Integration platform:
webhooks", Grafana "Webhook notifier" (HMAC), Slack "Verifying requests". `timestamped` is Stripe's way.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.sources.reading import inside, moment, text
from incident.trust.request import Expired, Forged, Once, Request
from incident.trust.ways import SKEW, Scheme, Signature

OF_DIALECT = {
    "pagerduty_webhook_v3": Scheme.PAGERDUTY,
    "sentry": Scheme.SENTRY,
    "grafana": Scheme.GRAFANA,
}
MOST_SIGNATURES = 10
"""A sender that changes its key sends two."""


@dataclass(frozen=True)
class Layout:
    """Where a scheme has its signature and its time, and what is signed."""

    header: str
    mark: str = ""
    timestamp_header: str = ""
    before_body: str = "{time}."
    tolerance: timedelta = SKEW
    given_by_sender: bool = False
    """Its sender makes the secret: we cannot."""


LAYOUTS = {
    Scheme.PLAIN: Layout("X-Signature", mark="sha256="),
    Scheme.TIMESTAMPED: Layout("X-Signature", mark="v1="),
    Scheme.PAGERDUTY: Layout(
        "X-PagerDuty-Signature", mark="v1=", tolerance=timedelta(days=3), given_by_sender=True
    ),
    Scheme.SENTRY: Layout("Sentry-Hook-Signature", tolerance=timedelta(days=1), given_by_sender=True),
    Scheme.GRAFANA: Layout("X-Grafana-Alerting-Signature", before_body="{time}:"),
    Scheme.SLACK: Layout(
        "X-Slack-Signature",
        mark="v0=",
        timestamp_header="X-Slack-Request-Timestamp",
        before_body="v0:{time}:",
        given_by_sender=True,
    ),
}


def scheme_of(way: Signature, dialect: str) -> Scheme:
    """The scheme of a source: the one it names, else that of its dialect, else the plain one."""
    return way.scheme or OF_DIALECT.get(dialect, Scheme.PLAIN)


def check_signature(
    way: Signature, scheme: Scheme, request: Request, secrets: Sequence[str], now: datetime
) -> Once | None:
    """What makes the delivery one of a kind, if it was signed with one of the secrets and is not too old.

    None where neither time nor number is signed: then triage alone tells a repetition from news.

    Raises:
        Forged: the signature is missing or wrong, or the source has no secret.
        Expired: it is right, but for another time.
    """
    layout = LAYOUTS[scheme]
    given = request.headers.get((way.header or layout.header).lower(), "")
    time = _time(way, scheme, request, given)
    before = layout.before_body.format(time=time).encode() if time else b""
    expected = [_hmac(secret, before + request.body) for secret in secrets if secret]
    genuine = next((each for each in _signatures(given, layout.mark) if _is_one_of(each, expected)), None)
    if genuine is None or (not time and _needs_time(way, scheme)):
        raise Forged(f"the signature is wrong; {way.header or layout.header} must hold it")
    signed_at, key = _told(scheme, request, genuine, time)
    tolerance = way.tolerance or layout.tolerance
    if signed_at is not None and not now - tolerance <= signed_at <= now + SKEW:
        raise Expired("the signature is for another time; are the clocks right?")
    return Once(key, (signed_at or now) + tolerance + SKEW) if key else None


def _time(way: Signature, scheme: Scheme, request: Request, given: str) -> str:
    """The time as it was signed, character for character; empty if none is."""
    if scheme is Scheme.TIMESTAMPED and way.timestamp_header is None:
        found = re.search(r"(?:^|,)\s*t=(\d{1,20})(?:,|$)", given)
        return found[1] if found else ""
    header = way.timestamp_header or LAYOUTS[scheme].timestamp_header
    return request.headers.get(header.lower(), "").strip() if header else ""


def _needs_time(way: Signature, scheme: Scheme) -> bool:
    return scheme in {Scheme.TIMESTAMPED, Scheme.SLACK} or way.timestamp_header is not None


def _signatures(given: str, mark: str) -> list[str]:
    """Those of a header that has one or several, each with the mark of its version or without any."""
    parts = (part.strip() for part in given.split(",")[: MOST_SIGNATURES + 1])
    return [part.removeprefix(mark).lower() for part in parts if part.startswith(mark) or "=" not in part]


def _told(scheme: Scheme, request: Request, genuine: str, time: str) -> tuple[datetime | None, str]:
    """When a genuine request was signed, and its key; as far as that is signed, too."""
    if time:
        signed_at = moment(time)
        if signed_at is None:
            raise Expired("the time that was signed is none")
        return signed_at, genuine
    if scheme is Scheme.PAGERDUTY:
        event = inside(_json(request.body), "event")
        return moment(inside(event, "occurred_at")), text(inside(event, "id"))[:200]
    return None, genuine if scheme is Scheme.SENTRY else ""


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None  # a genuine body that is no JSON is refused where bodies are read


def _hmac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _is_one_of(given: str, expected: Sequence[str]) -> bool:
    found = [hmac.compare_digest(given.encode("utf-8", "surrogatepass"), each.encode()) for each in expected]
    return any(found)
