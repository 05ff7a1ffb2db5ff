"""Which rows are kept? One table per thing that must not be forgotten.

No `from __future__ import annotations` here: SQLModel reads the annotations at run time.
"""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from incident.alert import Alert, AlertStatus, EndState
from incident.configuration import Configuration, Language, Role
from incident.decisions import Assessment, Question, Via
from incident.lifecycle import Phase, Status
from incident.plan import Plan
from incident.progress import Progress, Stage
from incident.severity import Severity
from incident.story import Audience, PageState, UpdateState
from incident.timeline import Kind
from incident.triage_order import Precedence
from ledger.columns import Frozen, Grade, Instant, Word


def _instant(*, index: bool = False) -> Any:
    return Column(Instant(), index=index, nullable=False)


def _maybe_instant(*, index: bool = False) -> Any:
    return Column(Instant(), index=index, nullable=True)


def _word(of: type[StrEnum], *, index: bool = False, nullable: bool = False) -> Any:
    return Column(Word(of), index=index, nullable=nullable)


def _grade(of: type[IntEnum]) -> Any:
    return Column(Grade(of), nullable=False)


WAITING = text("end_state IS NULL")
"""Said of an alert that waits for its triage. Few do, however many there are: their indexes stay small."""


class ConfigurationRow(SQLModel, table=True):
    """A configuration that was accepted; an incident keeps the one it was opened with."""

    __tablename__ = "configuration"

    version: int | None = Field(default=None, primary_key=True)
    accepted_at: datetime = Field(sa_column=_instant())
    digest: str = Field(index=True)
    document: Configuration = Field(sa_column=Column(Frozen(Configuration), nullable=False))


class DeliveryRow(SQLModel, table=True):
    """What a monitor sent, word for word, accepted or not."""

    __tablename__ = "delivery"

    id: int | None = Field(default=None, primary_key=True)
    source: str
    received_at: datetime = Field(sa_column=_instant(index=True))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    problem: str = Field(default="", description="Why it was rejected; empty when it was accepted.")
    remarks: list[str] = Field(
        default=[],
        sa_column=Column(JSON, nullable=False),
        description="What of an accepted one could not be read, in sentences.",
    )


class AlertRow(SQLModel, table=True):
    """An accepted alert and its one end state."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_condition", "source", "fingerprint"),
        Index("ix_alert_waiting", "precedence", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index(
            "ix_alert_waiting_of_condition",
            "source",
            "fingerprint",
            "id",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_alert_look_again", "look_again_at", "suppressed_by"),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    source: str
    fingerprint: str
    status: AlertStatus = Field(sa_column=_word(AlertStatus))
    service: str | None = Field(default=None, index=True)
    received_at: datetime = Field(sa_column=_instant())
    precedence: Precedence = Field(sa_column=_grade(Precedence))
    alert: Alert = Field(sa_column=Column(Frozen(Alert), nullable=False))
    end_state: EndState | None = Field(default=None, sa_column=_word(EndState, nullable=True))
    reason: str = ""
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    look_again_at: datetime | None = Field(
        default=None, sa_column=_maybe_instant(), description="A timer: what still fires is triaged again."
    )
    suppressed_by: str = Field(default="", description="What ends then, such as `silence 7`.")


class LastingAlertRow(SQLModel, table=True):
    """A condition that its sender repeats until it is over; `until` is the timer of the last repetition."""

    __tablename__ = "lasting_alert"
    __table_args__ = (
        UniqueConstraint("source", "fingerprint"),
        Index("ix_lasting_alert_timer", "over", "until"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str
    fingerprint: str
    alert: Alert = Field(sa_column=Column(Frozen(Alert), nullable=False))
    until: datetime = Field(sa_column=_instant())
    over: bool = False
    repeats: int = Field(default=0, description="How often it came again since it was accepted as an alert.")
    updated_at: datetime = Field(sa_column=_instant())


class IncidentRow(SQLModel, table=True):
    """An incident as it stands."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_group", "group_key", "status"),
        Index("ix_incident_live_service", "service", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, index=True)
    title: str
    description: str = ""
    service: str
    language: Language = Field(sa_column=_word(Language))
    configuration_version: int = Field(foreign_key="configuration.version")
    status: Status = Field(default=Status.OPEN, sa_column=_word(Status, index=True))
    phase: Phase = Field(default=Phase.DETECT, sa_column=_word(Phase))
    severity: Severity = Field(sa_column=_grade(Severity))
    severity_proposed: Severity = Field(sa_column=_grade(Severity))
    severity_reason: str
    opened_at: datetime = Field(sa_column=_instant())
    acknowledged_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    acknowledged_by: str | None = None
    assessed_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    first_update_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    resolved_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    closed_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    recovered_at: datetime | None = Field(
        default=None, sa_column=_maybe_instant(), description="Since when every alert of it has recovered."
    )
    recovery_told_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    closes_itself_at: datetime | None = Field(default=None, sa_column=_maybe_instant(index=True))
    merged_into: str | None = Field(default=None, description="The key of the incident that goes on for it.")
    assessment: Assessment | None = Field(default=None, sa_column=Column(Frozen(Assessment), nullable=True))
    summary: str = ""
    group_key: str = Field(default="", description="Alerts with the same one join it; empty: none does.")
    last_alert_at: datetime | None = Field(
        default=None, sa_column=_maybe_instant(), description="When an alert that fires joined it last."
    )


class PhaseRow(SQLModel, table=True):
    """When a phase began and ended."""

    __tablename__ = "phase"
    __table_args__ = (UniqueConstraint("incident_id", "phase"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    phase: Phase = Field(sa_column=_word(Phase))
    started_at: datetime = Field(sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_maybe_instant())


class RoleRow(SQLModel, table=True):
    """Who held a role from when to when."""

    __tablename__ = "role"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    role: Role = Field(sa_column=_word(Role))
    person: str
    since: datetime = Field(sa_column=_instant())
    until: datetime | None = Field(default=None, sa_column=_maybe_instant())
    given_by: str


class EscalationRow(SQLModel, table=True):
    """One climb through a policy; `next_at` is its timer, `version` counts its steps."""

    __tablename__ = "escalation"
    __table_args__ = (UniqueConstraint("incident_id", "purpose"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    purpose: str = Field(description="Why people are paged; one escalation per incident and reason.")
    role: Role | None = Field(default=None, sa_column=_word(Role, nullable=True))
    for_service: bool = Field(default=False, description="It follows when the service gets another policy.")
    policy: Plan = Field(sa_column=Column(Frozen(Plan), nullable=False))
    progress: Progress = Field(sa_column=Column(Frozen(Progress), nullable=False))
    stage: Stage = Field(default=Stage.CLIMBING, sa_column=_word(Stage, index=True))
    next_at: datetime | None = Field(default=None, sa_column=_maybe_instant(index=True))
    version: int = 0
    climbs: int = Field(default=0, description="How many flow runs climb it after the first one.")
    started_at: datetime = Field(sa_column=_instant())
    acknowledged_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    acknowledged_by: str | None = None


class PageRow(SQLModel, table=True):
    """One person to be woken once in one step: written when it is decided, before it is sent."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("escalation_id", "step", "person"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    escalation_id: int = Field(foreign_key="escalation.id", index=True)
    step: int = Field(description="From 1: how often the escalation has paged a level.")
    round: int
    level: int
    person: str
    because: str
    although_acknowledged: bool = Field(default=False, description="An answer does not keep it back.")
    state: PageState = Field(default=PageState.OWED, sa_column=_word(PageState, index=True))
    method: str = ""
    owed_at: datetime = Field(sa_column=_instant())
    sent_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    provider_id: str = ""
    uncertain: bool = False
    acknowledged_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    outcome: str = ""


class AssignmentRow(SQLModel, table=True):
    """A turn of a round robin that was taken for an incident; the newest one of a level is its pointer."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_level", "policy", "level"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    policy: str
    level: int
    member: str
    assigned_at: datetime = Field(sa_column=_instant())


class EffectRow(SQLModel, table=True):
    """One outside effect: claimed before the call, finished after it."""

    __tablename__ = "effect"
    __table_args__ = (UniqueConstraint("incident_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    name: str
    holder: str = Field(description="Who claimed it last: a flow run, or the watchdog.")
    claimed_at: datetime = Field(sa_column=_instant())
    lease_until: datetime = Field(sa_column=_instant())
    attempts: int = 1
    finished_at: datetime | None = Field(default=None, sa_column=_maybe_instant())
    result: Any = Field(default=None, sa_column=Column(JSON, nullable=True))
    problem: str = Field(default="", description="Why the last attempt failed.")
    given_up: bool = False
    uncertain: bool = Field(default=False, description="It may have happened twice.")


class DecisionRow(SQLModel, table=True):
    """A question to the incident manager; the first answer wins."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("incident_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    key: str
    question: Question = Field(sa_column=_word(Question))
    proposal: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    reason: str = ""
    problems: tuple[str, ...] = Field(default=(), sa_column=Column(Frozen(tuple[str, ...]), nullable=False))
    asked_at: datetime = Field(sa_column=_instant())
    due_at: datetime = Field(sa_column=_instant(index=True))
    flow_run_id: str = ""
    answered_at: datetime | None = Field(default=None, sa_column=_maybe_instant(index=True))
    answer: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    by: str | None = None
    via: Via | None = Field(default=None, sa_column=_word(Via, nullable=True))
    done_at: datetime | None = Field(
        default=None, sa_column=_maybe_instant(), description="When everything that it asks for was done."
    )
    seen_at: datetime | None = Field(
        default=None, sa_column=_maybe_instant(), description="When the run went on with the answer."
    )


class AnswerRow(SQLModel, table=True):
    """An answer that did not win: late, or not to be acted on. Kept, never an error."""

    __tablename__ = "answer"

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", index=True)
    at: datetime = Field(sa_column=_instant())
    by: str
    via: Via = Field(sa_column=_word(Via))
    given: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    problems: tuple[str, ...] = Field(default=(), sa_column=Column(Frozen(tuple[str, ...]), nullable=False))


class FactRow(SQLModel, table=True):
    """A line of the timeline."""

    __tablename__ = "fact"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    at: datetime = Field(sa_column=_instant())
    kind: Kind = Field(sa_column=_word(Kind))
    text: str
    by: str = ""
    via: str = ""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class UpdateRow(SQLModel, table=True):
    """A message to an audience; the built-in status page shows these rows."""

    __tablename__ = "status_update"
    __table_args__ = (UniqueConstraint("incident_id", "audience", "cause"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    audience: Audience = Field(sa_column=_word(Audience))
    cause: str = Field(description="Which decision asked for it; one update per audience and cause.")
    state: UpdateState = Field(sa_column=_word(UpdateState))
    language: Language = Field(sa_column=_word(Language))
    title: str
    body: str
    at: datetime = Field(sa_column=_instant())


class RunRow(SQLModel, table=True):
    """A flow run that is owed. Written with its reason, started by whoever is alive."""

    __tablename__ = "run"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    deployment: str
    key: str = Field(unique=True, description="Prefect's idempotency key.")
    name: str
    parameters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    owed_at: datetime = Field(sa_column=_instant())
    due_at: datetime = Field(sa_column=_instant())
    flow_run_id: str = ""
    lost: int = Field(default=0, description="How often Prefect forgot it; part of the idempotency key.")
    ended_at: datetime | None = Field(default=None, sa_column=_maybe_instant(index=True))


class HeartbeatRow(SQLModel, table=True):
    """When a part of the system last said that it is alive."""

    __tablename__ = "heartbeat"

    component: str = Field(primary_key=True)
    at: datetime = Field(sa_column=_instant())
    detail: str = ""
