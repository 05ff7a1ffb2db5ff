"""How does `incident.yaml` say which mail is an alert, and what its subject means?"""

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

from incident.alert import AlertSeverity, AlertStatus
from incident.duration import PositiveDuration


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> SchemaValidator:
    """By an engine without backtracking, so that no subject keeps it busy."""
    return SchemaValidator(core_schema.str_schema(pattern=f"(?i){pattern}", regex_engine="rust-regex"))


def _pattern(pattern: str) -> str:
    try:
        _compiled(pattern)
    except SchemaError as error:
        raise ValueError(f"{pattern!r} is no regular expression: {str(error).splitlines()[-1]}") from None
    return pattern


def found(pattern: str, text: str) -> bool:
    """Does a regular expression match somewhere in a text? Capitals or not makes no difference."""
    try:
        _compiled(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


Pattern = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_pattern)]
Patterns = tuple[Pattern, ...]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proof(StrEnum):
    """How a mail shows that it comes from its source."""

    TOKEN = "token"  # noqa: S105  a word of the configuration
    SENDER = "sender"


class Condition(StrEnum):
    """By what mails about one condition are known."""

    SUBJECT = "subject"
    THREAD = "thread"


class MailRules(_Model):
    """What a source that sends mail is allowed, and what its subjects mean."""

    proof: Annotated[
        Proof, Field(description="token: in the address or as the password; sender: senders: is enough.")
    ] = Proof.TOKEN
    senders: Annotated[
        tuple[str, ...], Field(description="Addresses, or @domain; left out: any, if it has the token.")
    ] = ()
    resolved: Annotated[Patterns, Field(description="Regular expressions on the subject.")] = ()
    acknowledged: Patterns = ()
    info: Patterns = ()
    firing: Annotated[
        Patterns, Field(description="When any pattern is written here, what none matches is information.")
    ] = ()
    condition: Annotated[
        Condition, Field(description="subject: without numbers and words for the status; thread: replies.")
    ] = Condition.SUBJECT
    service: Annotated[str | None, Field(description="A name under services:; left out: routes: decide.")] = (
        None
    )
    severity: Annotated[AlertSeverity, Field(description="When the subject names none.")] = (
        AlertSeverity.UNKNOWN
    )

    @model_validator(mode="after")
    def _proves_something(self) -> Self:
        if self.proof is Proof.SENDER and not self.senders:
            raise ValueError("proof: sender needs senders:, or everybody could send alerts")
        return self

    def allows(self, sender: str) -> bool:
        """May this address send? What a sender says of itself can be forged; a token cannot."""
        address = sender.lower()
        domain = f"@{address.rpartition('@')[2]}"
        return not self.senders or any(each.lower() in (address, domain) for each in self.senders)

    def status_of(self, subject: str) -> AlertStatus | None:
        """What the patterns say of a subject; None where none of them speaks."""
        for status in (AlertStatus.RESOLVED, AlertStatus.ACKNOWLEDGED, AlertStatus.INFO, AlertStatus.FIRING):
            patterns: Patterns = getattr(self, status)
            if any(found(pattern, subject) for pattern in patterns):
                return status
        return AlertStatus.INFO if self.firing else None


class MailIn(_Model):
    """The door for mail; it is open only when this stands in the file."""

    host: Annotated[str, Field(description="The address that it listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 2525
    largest_kib: Annotated[int, Field(ge=1, le=25 * 1024, description="Of one mail.")] = 1024
    connections: Annotated[int, Field(ge=1, le=1000, description="At the same time.")] = 50
    patience: Annotated[
        PositiveDuration, Field(description="For each command, and for the whole of one mail.")
    ] = timedelta(seconds=60)
    certificate: Annotated[
        str | None, Field(description="A file with certificate and key, for STARTTLS.")
    ] = None
