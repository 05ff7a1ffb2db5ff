"""What is known about one incident? The read model of every page, text, command and artifact."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.configuration import Language, Role
from incident.decisions import Assessment, Question, Via
from incident.delivery import DeliveryState
from incident.lifecycle import Phase, Status
from incident.progress import Stage
from incident.resources import Resource
from incident.severity import Severity
from incident.timeline import Kind


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class PhaseTimes(_Part):
    """When a phase began and ended; None while it has not."""

    phase: Phase
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None


class RoleHeld(_Part):
    """Who held a role from when to when."""

    role: Role
    person: str
    since: AwareDatetime
    until: AwareDatetime | None = None
    given_by: str


class PageState(StrEnum):
    """How far a page came."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class NotificationSent(_Part):
    """One method of a page, and what became of it."""

    method: str
    because: Annotated[str, Field(description="The personal rule that asks for it.")]
    state: PageState
    due_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    provider_id: str = ""
    uncertain: bool = False
    outcome: str = ""
    via: Annotated[str, Field(description="The connection that it went by, or is to go by.")] = ""
    delivery: Annotated[DeliveryState | None, Field(description="What the provider said later of it.")] = None
    delivered_at: Annotated[AwareDatetime | None, Field(description="When it said that it arrived.")] = None


class PageSent(_Part):
    """One person paged once on one level; the first method that was sent stands here."""

    id: int
    escalation: str
    level: Annotated[int, Field(description="From 1; 0 is the fallback.")]
    round: Annotated[int, Field(description="From 1.")]
    person: str
    because: str
    state: PageState
    method: str = ""
    owed_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    provider_id: str = ""
    uncertain: Annotated[bool, Field(description="The channel cannot tell if it was sent twice.")] = False
    acknowledged_at: AwareDatetime | None = None
    outcome: str = ""
    notifications: Annotated[
        tuple[NotificationSent, ...], Field(description="Every method that was planned, in its order.")
    ] = ()


class EscalationStanding(_Part):
    """Where one escalation of the incident stands."""

    purpose: str
    role: Role | None = None
    stage: Stage
    policy: Annotated[str, Field(description="The one that is climbed; it may have been handed over.")] = ""
    level: int
    round: int
    next_at: AwareDatetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: AwareDatetime | None = None


class LateAnswer(_Part):
    """An answer that came after another one had won."""

    by: str
    via: Via
    at: AwareDatetime
    values: dict[str, Any]


class DecisionTaken(_Part):
    """A question and what became of it."""

    key: str
    question: Question
    asked_at: AwareDatetime
    due_at: AwareDatetime
    proposal: dict[str, Any]
    reason: str = ""
    problems: tuple[str, ...] = ()
    answered_at: AwareDatetime | None = None
    by: str | None = None
    via: Via | None = None
    answer: dict[str, Any] | None = None
    late: tuple[LateAnswer, ...] = ()


class Fact(_Part):
    """One line of the timeline."""

    at: AwareDatetime
    kind: Kind
    text: str
    by: str = ""
    via: str = ""
    data: dict[str, Any] = {}


class Audience(StrEnum):
    """Who an update is for."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class UpdateState(StrEnum):
    """The state that a status page shows."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Update(_Part):
    """One message to an audience; it stays on the built-in status page whatever else is connected."""

    number: int
    audience: Audience
    state: UpdateState
    language: Language
    title: str
    body: str
    at: AwareDatetime


class Link(_Part):
    """Where something about the incident is."""

    name: str
    url: str


class AlertSeen(_Part):
    """An alert that belongs to the incident."""

    id: int = 0
    delivery: Annotated[int, Field(description="What brought it, at /alerts/deliveries/<its number>.")] = 0
    fingerprint: str = ""
    source: str
    title: str
    status: str
    end_state: str
    reason: str
    received_at: AwareDatetime
    url: str | None = None
    labels: dict[str, str] = {}


class Story(_Part):
    """One incident from its first alert to its last line."""

    key: str
    title: str
    description: str = ""
    service: str
    service_title: str
    products: tuple[str, ...] = ()
    language: Language = Language.ENGLISH
    status: Status
    phase: Phase
    severity: Severity
    severity_proposed: Severity
    severity_reason: str
    opened_at: AwareDatetime
    acknowledged_at: AwareDatetime | None = None
    acknowledged_by: str | None = None
    assessed_at: AwareDatetime | None = None
    first_update_at: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    recovered_at: Annotated[AwareDatetime | None, Field(description="All alerts recovered since.")] = None
    closes_itself_at: Annotated[AwareDatetime | None, Field(description="Unless one fires again.")] = None
    merged_into: Annotated[str | None, Field(description="The incident that goes on for it.")] = None
    assessment: Assessment | None = None
    summary: Annotated[str, Field(description="What ended the impact, or why it was no incident.")] = ""
    runbook: str = ""
    unreached: Annotated[bool, Field(description="Every round of an escalation went unanswered.")] = False
    phases: tuple[PhaseTimes, ...] = ()
    roles: tuple[RoleHeld, ...] = ()
    alerts: tuple[AlertSeen, ...] = ()
    escalations: tuple[EscalationStanding, ...] = ()
    pages: tuple[PageSent, ...] = ()
    decisions: tuple[DecisionTaken, ...] = ()
    updates: tuple[Update, ...] = ()
    timeline: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = ()
    resources: tuple[Resource, ...] = ()

    def holder(self, role: Role) -> str | None:
        """Who holds the role now."""
        return next((held.person for held in self.roles if held.role is role and held.until is None), None)

    def people(self) -> tuple[str, ...]:
        """Everybody who acknowledged or holds a role, in the order in which they came."""
        answered = [standing.acknowledged_by for standing in self.escalations if standing.acknowledged_by]
        return tuple(dict.fromkeys([*answered, *(held.person for held in self.roles)]))

    @property
    def manager(self) -> str | None:
        """The incident manager now."""
        return self.holder(Role.MANAGER)

    @property
    def open_decision(self) -> DecisionTaken | None:
        """The question that waits for an answer."""
        return next((decision for decision in self.decisions if decision.answered_at is None), None)

    def impact_since(self) -> datetime:
        """When the impact began: what the manager said, else the first alert."""
        stated = self.assessment.started_at if self.assessment else None
        return stated or self.opened_at

    def durations(self) -> dict[str, timedelta | None]:
        """Time from opening to each milestone, and of the impact; None while it has not been reached."""
        reached = {
            "acknowledge": self.acknowledged_at,
            "assess": self.assessed_at,
            "first update": self.first_update_at,
            "resolve": self.resolved_at,
        }
        since_opening = {name: at - self.opened_at if at else None for name, at in reached.items()}
        impact = self.resolved_at - self.impact_since() if self.resolved_at else None
        return {**since_opening, "impact": impact}
