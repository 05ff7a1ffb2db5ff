"""Which alerts are a consequence of another one that fires? Rules as in Alertmanager: `inhibit_rules`."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from incident.duration import PositiveDuration
from incident.matching import Matcher, match_all


class InhibitRule(BaseModel):
    """While an alert fires that meets the sources, those that meet the targets wake nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_matchers: Annotated[tuple[Matcher, ...], Field(min_length=1, description="The cause.")]
    target_matchers: Annotated[tuple[Matcher, ...], Field(min_length=1, description="Its consequences.")]
    equal: Annotated[
        tuple[str, ...], Field(description="Labels in which both agree; missing in both is equal, too.")
    ] = ()
    at_most: Annotated[
        PositiveDuration,
        Field(description="A cause that was not heard of for so long, recovered or not, inhibits no more."),
    ] = timedelta(hours=6)

    def key(self, labels: Mapping[str, str]) -> str:
        """Names this rule with the values that must be equal; a cause and its consequences share it."""
        values = [self.model_dump_json(exclude={"at_most"}), *(labels.get(name, "") for name in self.equal)]
        return hashlib.sha256("\0".join(values).encode("utf-8", "replace")).hexdigest()[:40]

    def is_cause(self, labels: Mapping[str, str]) -> bool:
        """Does an alert with these labels inhibit others?"""
        return match_all(self.source_matchers, labels)

    def is_consequence(self, labels: Mapping[str, str]) -> bool:
        """Does an alert with these labels wait for a cause?"""
        return match_all(self.target_matchers, labels)


class Inhibitor(BaseModel):
    """A cause that fires now."""

    model_config = ConfigDict(frozen=True)

    rule: Annotated[int, Field(description="Its place under inhibit_rules:, from 0.")]
    key: Annotated[str, Field(description="Of the rule and the labels that are equal.")] = ""
    title: str
    incident: str | None = None

    @property
    def label(self) -> str:
        """What its consequences wait for the end of."""
        return inhibited_by(self.key)

    @property
    def reason(self) -> str:
        """Why its consequences wake nobody."""
        where = f" ({self.incident})" if self.incident else ""
        return f"inhibit_rules[{self.rule}]: it is a consequence of '{self.title}'{where}, which fires"


def inhibited_by(key: str) -> str:
    """What alerts are suppressed by, under this key."""
    return f"inhibition {key}"


class Waiting(BaseModel):
    """One rule under which an alert is a consequence, and where its causes would stand."""

    model_config = ConfigDict(frozen=True)

    rule: int
    key: str
    at_most: timedelta
    is_cause_too: Annotated[bool, Field(description="Then another such alert cannot inhibit it.")]


def causes(rules: Sequence[InhibitRule], labels: Mapping[str, str]) -> dict[str, bool]:
    """The keys under which an alert inhibits others, and whether it is a consequence there, too."""
    return {rule.key(labels): rule.is_consequence(labels) for rule in rules if rule.is_cause(labels)}


def consequences(rules: Sequence[InhibitRule], labels: Mapping[str, str]) -> tuple[Waiting, ...]:
    """The rules under which an alert with these labels may be inhibited, in their order."""
    return tuple(
        Waiting(rule=number, key=rule.key(labels), at_most=rule.at_most, is_cause_too=rule.is_cause(labels))
        for number, rule in enumerate(rules)
        if rule.is_consequence(labels)
    )
