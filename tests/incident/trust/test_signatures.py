"""Is a signed body taken, and one that is forged, altered, too old or of the future refused?"""

import json
from datetime import timedelta

import pytest

from incident.trust.request import Expired, Forged, Once, Request
from incident.trust.signatures import check_signature, scheme_of
from incident.trust.ways import Scheme, Signature
from tests.ledger.desk import START
from tests.signing import SECRET, mac, signed_as

EVENT = {"event": {"id": "01BXYZ", "occurred_at": "2026-11-23T03:09:30Z"}}
BODY = json.dumps(EVENT).encode()
WAYS = {
    "plain": Signature(),
    "timestamped": Signature(scheme=Scheme.TIMESTAMPED),
    "pagerduty": Signature(scheme=Scheme.PAGERDUTY),
    "sentry": Signature(scheme=Scheme.SENTRY),
    "grafana": Signature(scheme=Scheme.GRAFANA, timestamp_header="X-Signed-At"),
    "slack": Signature(scheme=Scheme.SLACK),
}
TIMED = ("timestamped", "grafana", "slack")
SCHEMES = pytest.mark.parametrize("scheme", WAYS)


def checked(
    scheme: str,
    headers: dict[str, str],
    body: bytes = BODY,
    secrets: tuple[str, ...] = (SECRET,),
    later: timedelta = timedelta(),
) -> Once | None:
    way = WAYS[scheme]
    sent = Request({name.lower(): value for name, value in headers.items()}, body=body)
    return check_signature(way, scheme_of(way, "generic"), sent, secrets, START + later)


@SCHEMES
def test_what_was_signed_with_the_secret_is_genuine(scheme: str) -> None:
    once = checked(scheme, signed_as(scheme, BODY, START))
    assert (once is None) == (scheme == "plain")


@SCHEMES
def test_another_body_under_the_same_signature_is_forged(scheme: str) -> None:
    with pytest.raises(Forged, match="the signature is wrong"):
        checked(scheme, signed_as(scheme, BODY, START), BODY + b" ")


@SCHEMES
@pytest.mark.parametrize("secrets", [("another",), ("",), ()])
def test_what_was_signed_with_another_secret_is_forged(scheme: str, secrets: tuple[str, ...]) -> None:
    with pytest.raises(Forged):
        checked(scheme, signed_as(scheme, BODY, START), secrets=secrets)


@SCHEMES
def test_without_a_signature_nothing_is_taken(scheme: str) -> None:
    with pytest.raises(Forged):
        checked(scheme, {})


@SCHEMES
def test_while_a_secret_is_being_changed_both_hold(scheme: str) -> None:
    checked(scheme, signed_as(scheme, BODY, START, "the-new-one"), secrets=(SECRET, "the-new-one"))


@pytest.mark.parametrize("scheme", TIMED)
@pytest.mark.parametrize(("minutes", "good"), [(5, True), (5.1, False), (-5, True), (-5.1, False)], ids=str)
def test_a_signed_time_may_be_five_minutes_away(scheme: str, minutes: float, good: bool) -> None:
    headers, later = signed_as(scheme, BODY, START), timedelta(minutes=minutes)
    if good:
        assert checked(scheme, headers, later=later)
    else:
        with pytest.raises(Expired):
            checked(scheme, headers, later=later)


@pytest.mark.parametrize("scheme", TIMED)
def test_the_time_is_signed_too(scheme: str) -> None:
    old, new = signed_as(scheme, BODY, START), signed_as(scheme, BODY, START + timedelta(hours=1))
    time = {name: new[name] for name in new if name.endswith(("Timestamp", "At"))}
    signature = old.get("X-Signature", "")
    forged = old | time
    if scheme == "timestamped":
        forged["X-Signature"] = new["X-Signature"].partition(",")[0] + "," + signature.partition(",")[2]
    with pytest.raises(Forged):
        checked(scheme, forged, later=timedelta(hours=1))


@pytest.mark.parametrize("scheme", TIMED)
def test_a_scheme_that_signs_the_time_does_not_take_a_body_without_it(scheme: str) -> None:
    name = next(iter(signed_as(scheme, BODY, START)))
    with pytest.raises(Forged):
        checked(scheme, {name: mac(BODY)})


@pytest.mark.parametrize("scheme", [scheme for scheme in WAYS if scheme != "plain"])
def test_the_same_request_has_the_same_key_for_as_long_as_it_would_be_taken(scheme: str) -> None:
    headers = signed_as(scheme, BODY, START)
    first, again = checked(scheme, headers), checked(scheme, headers, later=timedelta(minutes=3))
    assert first is not None
    assert again is not None
    assert first.key == again.key
    assert first.until >= START + timedelta(minutes=5)


def test_pagerduty_is_known_by_the_number_of_the_event_and_refused_after_three_days() -> None:
    headers = signed_as("pagerduty", BODY, START)
    assert checked("pagerduty", headers, later=timedelta(days=2)) == Once(
        "01BXYZ", START - timedelta(seconds=30) + timedelta(days=3, minutes=5)
    )
    with pytest.raises(Expired):
        checked("pagerduty", headers, later=timedelta(days=3))


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"event": 7}', b"[" * 100_000, b'{"event": {}}'])
def test_a_genuine_body_that_cannot_be_read_is_no_matter_of_trust(body: bytes) -> None:
    assert checked("pagerduty", signed_as("pagerduty", body, START), body) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("," * 10_000, id="thousands of empty ones"),
        pytest.param("v1=" + "f" * 100_000, id="a huge one"),
        pytest.param("v1=\udce9", id="half a character"),
        pytest.param("t=99999999999999999999999,v1=x", id="a time of thousands of years"),
        pytest.param("v2=" + mac(BODY), id="a version that is not known"),
    ],
)
@SCHEMES
def test_a_header_full_of_anything_is_forged(scheme: str, value: str) -> None:
    name = next(iter(signed_as(scheme, BODY, START)))
    with pytest.raises(Forged):
        checked(scheme, {name: value})


def test_a_time_that_is_signed_but_is_none_is_expired() -> None:
    headers = {"X-Signed-At": "soon", "X-Grafana-Alerting-Signature": mac(b"soon:" + BODY)}
    with pytest.raises(Expired):
        checked("grafana", headers)


@pytest.mark.parametrize(
    ("dialect", "scheme"),
    [
        ("pagerduty_webhook_v3", Scheme.PAGERDUTY),
        ("sentry", Scheme.SENTRY),
        ("grafana", Scheme.GRAFANA),
        ("generic", Scheme.PLAIN),
    ],
)
def test_a_dialect_knows_how_its_vendor_signs(dialect: str, scheme: Scheme) -> None:
    assert scheme_of(Signature(), dialect) is scheme


def test_what_github_and_others_write_before_a_plain_signature_is_understood() -> None:
    way = Signature(header="X-Hub-Signature-256")
    sent = Request({"x-hub-signature-256": f"sha256={mac(BODY)}"}, body=BODY)
    assert check_signature(way, Scheme.PLAIN, sent, [SECRET], START) is None
