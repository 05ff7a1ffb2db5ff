"""Can the sources of a configuration prove themselves in the way that it asks for?"""

from collections.abc import Iterator

from incident.configuration import Configuration, Source
from incident.findings import Finding, Place
from incident.trust.offers import WITHOUT_HEADERS
from incident.trust.signatures import LAYOUTS, scheme_of
from incident.trust.ways import BasicPassword, BearerToken, HeaderToken, Scheme, Signature, SnsSignature


def check_trust(configuration: Configuration) -> Iterator[Finding]:
    """Ways that do not fit their dialect; some can be meant so, with a proxy between."""
    for name, source in configuration.sources.items():
        yield from _fitting(("sources", name, "verify"), source)


def _fitting(place: Place, source: Source) -> Iterator[Finding]:
    way = source.verify
    if isinstance(way, SnsSignature) and source.dialect not in {"cloudwatch_sns", "cloudwatch_eventbridge"}:
        message = f"by: sns is for messages of Amazon SNS, and {source.dialect} is something else"
        yield Finding(place=place, message=message, fatal=False)
    if isinstance(way, BearerToken) and source.dialect == "cloudwatch_sns":
        message = "Amazon SNS sends no token; write verify: {by: sns, topics: [<ARN>]}"
        yield Finding(place=place, message=message, fatal=False)
    if isinstance(way, BearerToken | BasicPassword | HeaderToken) and source.dialect in WITHOUT_HEADERS:
        message = f"{source.dialect} can be given an address only; write verify: {{by: address}}"
        yield Finding(place=place, message=message, fatal=False)
    if (
        isinstance(way, Signature)
        and scheme_of(way, source.dialect) is Scheme.PLAIN
        and not way.timestamp_header
    ):
        message = (
            "nothing in a plain signature tells when it was made, so an old request can be sent again; "
            "add timestamp_header: if the sender has one"
        )
        yield Finding(place=place, message=message, fatal=False)


def needs_secret(source: Source) -> bool:
    """Is there a secret at all? The signature of Amazon SNS needs none."""
    return not isinstance(source.verify, SnsSignature) or source.verify.raw


def needs_given_secret(source: Source) -> bool:
    """Does the sender make the secret, so that we cannot?"""
    way = source.verify
    return isinstance(way, Signature) and LAYOUTS[scheme_of(way, source.dialect)].given_by_sender


def can_be_made(source: Source) -> bool:
    """Is the secret one that we can make, and show to whoever sets up the sender?"""
    return needs_secret(source) and not needs_given_secret(source)
