"""By what does a source prove itself? What `verify:` of a source can say in `incident.yaml`.

The secret itself is in the environment: under `token:` of the source, else under `INCIDENT_TOKEN_<SOURCE>`.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from incident.duration import PositiveDuration
from incident.environment import FromEnvironment

SKEW = timedelta(minutes=5)
"""How far the clocks of sender and receiver may be apart."""

Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=100)]


class _Way(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    also: Annotated[
        tuple[FromEnvironment, ...],
        Field(description="Secrets that hold besides token:, while it is being changed."),
    ] = ()


class BearerToken(_Way):
    """`Authorization: Bearer <token>`."""

    by: Literal["bearer"] = "bearer"


class BasicPassword(_Way):
    """`Authorization: Basic ...`, with the token as the password."""

    by: Literal["basic"] = "basic"
    username: Annotated[str, Field(description="Left empty: whatever name the sender gives.")] = ""


class HeaderToken(_Way):
    """The token as it is, in a header of the sender's own."""

    by: Literal["header"] = "header"
    header: Annotated[Header, Field(description="Such as X-Token.")]


class AddressToken(_Way):
    """The token in the address, for senders that can be given nothing else."""

    by: Literal["address"] = "address"
    parameter: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.-]+$",
            max_length=60,
            description="/alerts/<source>?<parameter>=<token>; /alerts/<source>/<token> is read as well.",
        ),
    ] = "token"


class Scheme(StrEnum):
    """Whose way of signing: over the body, or over the body with the time."""

    PLAIN = "plain"
    TIMESTAMPED = "timestamped"
    PAGERDUTY = "pagerduty"
    SENTRY = "sentry"
    GRAFANA = "grafana"
    SLACK = "slack"


class Signature(_Way):
    """HMAC-SHA256 with the token as the key, in a header."""

    by: Literal["signature"] = "signature"
    scheme: Annotated[Scheme | None, Field(description="Left out: that of the dialect, else plain.")] = None
    header: Annotated[Header | None, Field(description="Left out: that of the scheme.")] = None
    timestamp_header: Annotated[
        Header | None,
        Field(description="The time that is signed, too; left out: that of the scheme, if it has one."),
    ] = None
    tolerance: Annotated[
        PositiveDuration | None,
        Field(description="How old a request may be; left out: as the sender needs it for its retries."),
    ] = None


class SnsSignature(_Way):
    """The signature of Amazon SNS, by its certificate."""

    by: Literal["sns"] = "sns"
    topics: Annotated[
        tuple[Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$")], ...],
        Field(min_length=1, description="ARNs. Messages and subscriptions of other topics are refused."),
    ]
    hosts: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")], ...],
        Field(description="Hosts of certificates and confirmations besides sns.<region>.amazonaws.com."),
    ] = ()
    raw: Annotated[
        bool,
        Field(description="Raw message delivery, which is not signed: the token in the address proves it."),
    ] = False
    allow_private: Annotated[
        bool, Field(description="Certificates and confirmations may be fetched from a private network.")
    ] = False
    tolerance: Annotated[
        PositiveDuration, Field(description="How old a message may be: SNS repeats it for up to an hour.")
    ] = timedelta(minutes=65)


Way = BearerToken | BasicPassword | HeaderToken | AddressToken | Signature | SnsSignature
Verification = Annotated[Way, Field(discriminator="by")]
