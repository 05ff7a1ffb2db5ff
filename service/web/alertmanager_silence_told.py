"""How does Alertmanager's API write silences? The shapes that amtool and dashboards send and read."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from incident.changes import Reason
from incident.errors import AnswerError, PayloadError
from incident.matching import Matcher, Operator
from incident.silences import NewSilence, SilenceState
from ledger.quiet import as_silence
from ledger.quiet_tables import SilenceRow

SILENCE_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "example": {
                "matchers": [{"name": "host", "value": "db.*", "isRegex": True, "isEqual": True}],
                "startsAt": "2027-03-01T22:00:00Z",
                "endsAt": "2027-03-02T00:00:00Z",
                "createdBy": "alice",
                "comment": "new disks",
            },
        }
    },
}


class MatcherTold(BaseModel):
    """A condition on a label, in Alertmanager's words."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: str
    isRegex: bool  # noqa: N815  their name
    isEqual: bool = True  # noqa: N815  their name

    @property
    def ours(self) -> Matcher:
        """The same as we write it."""
        equal, unequal = (
            (Operator.MATCHES, Operator.MATCHES_NOT) if self.isRegex else (Operator.EQUAL, Operator.NOT_EQUAL)
        )
        return Matcher(label=self.name, op=equal if self.isEqual else unequal, values=(self.value,))


class PostedSilence(BaseModel):
    """A silence as amtool posts it."""

    model_config = ConfigDict(frozen=True)

    id: str = ""
    matchers: Annotated[tuple[MatcherTold, ...], Field(min_length=1, max_length=100)]
    startsAt: AwareDatetime  # noqa: N815  their name
    endsAt: AwareDatetime  # noqa: N815  their name
    createdBy: Annotated[Reason, Field(min_length=1)]  # noqa: N815  their name
    comment: Reason

    @property
    def wanted(self) -> NewSilence:
        """The same as a silence of ours.

        Raises:
            AnswerError: a matcher or the comment cannot be kept.
        """
        try:
            return NewSilence(
                matchers=tuple(each.ours for each in self.matchers),
                comment=self.comment or "no comment",
                start=self.startsAt,
                end=self.endsAt,
            )
        except ValidationError as error:
            raise AnswerError([error.errors()[0]["msg"].removeprefix("Value error, ")]) from None


class SilenceStatus(BaseModel):
    """Where a silence stands."""

    state: SilenceState


class SilenceMade(BaseModel):
    """The silence that was made or changed."""

    silenceID: str  # noqa: N815  their name


class SilenceTold(BaseModel):
    """A silence in Alertmanager's words."""

    id: str
    status: SilenceStatus
    updatedAt: AwareDatetime  # noqa: N815  their name
    annotations: dict[str, str] = {}
    matchers: list[MatcherTold]
    startsAt: AwareDatetime  # noqa: N815  their name
    endsAt: AwareDatetime  # noqa: N815  their name
    createdBy: str  # noqa: N815  their name
    comment: str


def read_posted(body: Any) -> PostedSilence:
    """A silence that was posted.

    Raises:
        PayloadError: it is none; says where and why.
    """
    try:
        return PostedSilence.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in found["loc"])
        raise PayloadError(found["msg"].removeprefix("Value error, "), field=place) from None


def tell_silence(row: SilenceRow, now: datetime) -> SilenceTold:
    """A silence and where it stands."""
    return SilenceTold(
        id=row.key,
        status=SilenceStatus(state=as_silence(row).state(now)),
        updatedAt=row.ended_at or row.moved_at or row.made_at,
        matchers=[_tell_matcher(each) for each in row.matchers],
        startsAt=row.starts_at,
        endsAt=row.ends_at,
        createdBy=row.by,
        comment=row.comment,
    )


def _tell_matcher(matcher: Matcher) -> MatcherTold:
    """A set, which Alertmanager does not know, as the regular expression that means the same."""
    equal = matcher.op in (Operator.EQUAL, Operator.MATCHES, Operator.IN)
    if matcher.op in (Operator.IN, Operator.NOT_IN):
        value = "|".join(re.escape(each) for each in matcher.values)
        return MatcherTold(name=matcher.label, value=value, isRegex=True, isEqual=equal)
    regex = matcher.op in (Operator.MATCHES, Operator.MATCHES_NOT)
    return MatcherTold(name=matcher.label, value=matcher.values[0], isRegex=regex, isEqual=equal)
