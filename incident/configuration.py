"""What does an organisation write down once? The model of `incident.yaml`.

Secrets never stand in the file: a value that is one is written as ``{env: NAME}``, or the connection names a
Prefect block that holds it. Durations are text such as `5m`. Every name in a reference must be a key in
another place of the file; `incident.references` checks that.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from incident.alert import AlertSeverity
from incident.dated import LocalDate
from incident.deadlines import SeverityDeadlines
from incident.duration import PositiveDuration
from incident.environment import FromEnvironment
from incident.flapping import Flapping
from incident.foreign_calendar import ForeignCalendar
from incident.grouping import Grouping
from incident.heartbeat import Heartbeat
from incident.hours import WorkingHours
from incident.inhibition import InhibitRule
from incident.mail_rules import MailIn, MailRules
from incident.mapping import MessageMapping
from incident.matching import Matcher, match_all
from incident.notification_rules import PersonalRules, UrgencyBySeverity
from incident.policy import Policy
from incident.schedule import Schedule
from incident.self_closing import CloseItself
from incident.severity import DEFAULT_POLICY, Severity, SeverityRule, Tier
from incident.thresholds import Threshold
from incident.trust.ways import BearerToken, Verification
from incident.wall_clock import known_zone
from incident.window import Window, kept

Zone = Annotated[str, AfterValidator(known_zone)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Language(StrEnum):
    """The languages that texts are written in."""

    ENGLISH = "en"
    ITALIAN = "it"


class Role(StrEnum):
    """Who does what during an incident (source: the incident handbook)."""

    MANAGER = "incident_manager"
    TECH_LEAD = "tech_lead"
    COMMUNICATIONS = "communications_manager"


class Contact(_Model):
    """One way to reach a person, tried in the order of the list."""

    via: Annotated[Name, Field(description="A name under connections:, such as mail, webhook or console.")]
    to: Annotated[str, Field(description="The address there; not needed by console.")] = ""
    name: Annotated[Name | None, Field(description="What rules: call it; left out: as via.")] = None
    bundle: Annotated[
        PositiveDuration | None,
        Field(description="After a page, further ones within this time come together in one message."),
    ] = None

    @property
    def method(self) -> str:
        """What rules, pages and effects call it."""
        return self.name or self.via


class Person(_Model):
    """Somebody who can be paged, hold a role or make a decision."""

    name: str
    email: str = ""
    language: Language | None = None
    contacts: Annotated[
        tuple[Contact, ...], Field(description="Without rules: the first is used; a failing one passes on.")
    ] = ()
    rules: Annotated[PersonalRules, Field(description="Which contacts are used when, by urgency.")] = (
        PersonalRules()
    )
    timezone: Annotated[
        Zone | None,
        Field(
            description="Where they live. Left out: quiet hours are on the clock of the organisation's "
            "working hours, and nights and weekends on call on that of the schedule."
        ),
    ] = None
    known_as: Annotated[
        dict[Name, str],
        Field(description="By name under connections: the id that chats know them by, for commands."),
    ] = {}
    vacations: Annotated[
        ForeignCalendar | None,
        Field(description="A calendar of absences: every event in it is one. Shifts in them need covers."),
    ] = None


class Team(_Model):
    """People who are paged together."""

    members: tuple[Name, ...]
    policy: Annotated[
        Name | None,
        Field(description="A name under policies:; pages for alerts that a route gives to the team."),
    ] = None


class Engage(_Model):
    """Who else is called in once the severity is known, and for which role."""

    policy: Annotated[Name, Field(description="A name under policies:.")]
    role: Annotated[Role | None, Field(description="The role of whoever acknowledges.")] = None


class Service(_Model):
    """Something that runs and that somebody owns."""

    title: str = ""
    tier: Tier = Tier.CUSTOMER_FACING
    policy: Annotated[Name, Field(description="Pages the incident manager: a name under policies:.")]
    engage: Annotated[tuple[Engage, ...], Field(description="Called in at severity 1 and 2 in phase 5.")] = ()
    products: Annotated[tuple[str, ...], Field(description="What customers call it.")] = ()
    language: Language | None = None
    runbook: str = ""
    page_at_night: Annotated[bool, Field(description="Severity 3 pages at once, too.")] = False
    depends_on: Annotated[
        tuple[Name, ...],
        Field(description="Names under services:; while one of them is down, alerts join its incident."),
    ] = ()
    grouping: Annotated[
        Grouping | None, Field(description="Which alerts are one incident; left out: grouping: of the file.")
    ] = None
    minimum_severity: Annotated[
        AlertSeverity | None, Field(description="As minimum_severity: of the file, for this service.")
    ] = None
    close_itself: Annotated[
        CloseItself | None, Field(description="For its severity 3; left out: as close_itself: of the file.")
    ] = None


class Route(_Model):
    """What is known of alerts whose labels meet all of this; the first route that fits is the only one."""

    labels: Annotated[
        dict[str, str], Field(description="The short form: labels with exactly these values.")
    ] = {}
    match: Annotated[
        tuple[Matcher, ...], Field(description='Matchers, such as team=~"pay.*" or region in (eu, us).')
    ] = ()
    service: Annotated[
        Name | None, Field(description="A name under services:, for alerts that do not name one themselves.")
    ] = None
    team: Annotated[
        Name | None, Field(description="A name under teams:; its policy: pages instead of the service's.")
    ] = None
    severity: Annotated[
        Severity | None, Field(description="1, 2 or 3: proposed instead of what severity_policy: says.")
    ] = None
    language: Annotated[Language | None, Field(description="Of everything written about the incident.")] = (
        None
    )

    @model_validator(mode="after")
    def _has_an_effect(self) -> Self:
        if not (self.service or self.team or self.severity or self.language):
            raise ValueError(
                "it changes nothing; write at least one of service:, team:, severity:, language:"
            )
        return self

    def fits(self, labels: dict[str, str]) -> bool:
        """Do these labels meet all conditions? A route without any fits every alert."""
        return self.labels.items() <= labels.items() and match_all(self.match, labels)

    @property
    def condition(self) -> str:
        """What it asks for, in words."""
        parts = [*(f"{name}={value}" for name, value in self.labels.items()), *map(str, self.match)]
        return ", ".join(parts) or "every alert"


class DeliveryLimit(_Model):
    """How many deliveries of a source are taken; over it the answer has a Retry-After."""

    deliveries: Annotated[int, Field(ge=1)] = 60_000
    within: PositiveDuration = timedelta(minutes=1)
    answer: Annotated[
        Literal[429, 503], Field(description="503 for senders that take 429 for a refusal; docs/sources.md.")
    ] = 429


class Source(_Model):
    """A monitor that may send alerts, at POST /alerts/<its name>."""

    dialect: Annotated[str, Field(description="How its messages are read; docs/sources.md names them.")]
    token: Annotated[
        FromEnvironment | None,
        Field(description="The secret that verify: asks for; `incident up` makes one when it is unset."),
    ] = None
    verify: Annotated[Verification, Field(description="How it proves itself.")] = BearerToken()
    mapping: Annotated[
        MessageMapping | None, Field(description="With dialect: mapped: where its fields stand.")
    ] = None
    mail: Annotated[
        MailRules | None, Field(description="With dialect: mail: who may send, and what subjects mean.")
    ] = None
    acknowledge_at: Annotated[
        Name | None,
        Field(description="A name under connections:, which tells the monitor who has acknowledged."),
    ] = None
    silence_at: Annotated[
        Name | None,
        Field(description="A name under connections:, by which its alerts can be silenced at the monitor."),
    ] = None
    limit: Annotated[
        DeliveryLimit, Field(description="How much it may send, as a burst or evenly; see docs/sources.md.")
    ] = DeliveryLimit()
    resolve_timeout: Annotated[
        PositiveDuration | None,
        Field(
            description="POST /api/v2/alerts: an alert without an end is over so long after its last post."
        ),
    ] = None


class Connection(BaseModel):
    """A connection to the outside: a Prefect block by its reference, or the settings of one."""

    model_config = ConfigDict(frozen=True, extra="allow")

    block: Annotated[str | None, Field(description="A saved block: <type slug>/<name>, with secrets.")] = None
    type: Annotated[str | None, Field(description="Or a block type slug, its settings beside it.")] = None
    instead: Annotated[
        Name | None,
        Field(description="A name under connections:, by which pages go to the same `to` if this fails."),
    ] = None
    per_second: Annotated[
        int | None, Field(ge=1, description="Pages; more wait for their turn, and come in bundles.")
    ] = None
    per_minute: Annotated[
        int | None, Field(ge=1, description="The same by the minute. Left out: the known limit of its type.")
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.block is None) == (self.type is None):
            raise ValueError("write either block: <type slug>/<name>, or type: <type slug> with its settings")
        if self.per_second is not None and self.per_minute is not None:
            raise ValueError("write either per_second: or per_minute:")
        return self

    @property
    def slug(self) -> str:
        """The type of its block, whether the settings stand in the file or are saved."""
        return self.type or str(self.block).partition("/")[0]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings beside ``type``; a secret among them is ``{env: NAME}``."""
        return dict(self.model_extra or {})


class Connections(_Model):
    """Which connection serves which purpose; what is not named is the built-in one."""

    chat: Name | None = None
    video: Name | None = None
    tracker: Name | None = None
    internal_status_page: Name | None = None
    external_status_page: Name | None = None
    mail: Annotated[Name | None, Field(description="Sends updates to audiences; pages use contacts:.")] = None


class Audience(_Model):
    """Who gets updates by mail, besides the status page."""

    internal: tuple[str, ...] = ()
    external: tuple[str, ...] = ()


class Organisation(_Model):
    """The company as customers and colleagues see it."""

    name: str = "Our organisation"
    language: Language = Language.ENGLISH
    working_hours: WorkingHours = WorkingHours()
    incident_prefix: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,9}$")] = "INC"
    holidays: Annotated[
        dict[Zone, tuple[LocalDate, ...]],
        Field(description="For fairness, by time zone; a zone without any has those of working_hours:."),
    ] = {}

    def holidays_in(self, zone: str) -> tuple[LocalDate, ...]:
        """The local dates that are holidays where people live on the clock of this zone."""
        return self.holidays.get(zone, self.working_hours.holidays)


class Configuration(_Model):
    """The whole file."""

    organisation: Organisation = Organisation()
    people: dict[Name, Person]
    teams: dict[Name, Team] = {}
    schedules: dict[Name, Schedule] = {}
    policies: dict[Name, Policy]
    services: dict[Name, Service]
    routes: tuple[Route, ...] = ()
    default_service: Annotated[Name, Field(description="For alerts that no route knows; none is dropped.")]
    grouping: Annotated[Grouping, Field(description="Which alerts are one incident.")] = Grouping()
    inhibit_rules: Annotated[
        tuple[InhibitRule, ...], Field(description="Which alerts are consequences of others that fire.")
    ] = ()
    thresholds: Annotated[
        tuple[Threshold, ...], Field(description="Alerts that open an incident only if many come.")
    ] = ()
    minimum_severity: Annotated[
        AlertSeverity | None,
        Field(description="Of the monitor; milder alerts open no incident. Unknown ones are never milder."),
    ] = None
    flapping: Annotated[Flapping, Field(description="When a condition goes on and off too often.")] = (
        Flapping()
    )
    severity_policy: tuple[SeverityRule, ...] = DEFAULT_POLICY
    deadlines: SeverityDeadlines = SeverityDeadlines()
    urgency: Annotated[UrgencyBySeverity, Field(description="Which of the personal rules: apply.")] = (
        UrgencyBySeverity()
    )
    sources: dict[Name, Source] = {
        "alertmanager": Source(dialect="alertmanager"),
        "generic": Source(dialect="generic"),
    }
    close_itself: Annotated[
        CloseItself, Field(description="When severity 3 may close itself, for services that do not say.")
    ] = CloseItself(after=None)
    heartbeats: Annotated[
        dict[Name, Heartbeat], Field(description="Who must call /heartbeats/<name> every so often.")
    ] = {}
    mail_in: Annotated[
        MailIn | None, Field(description="Where mail for sources of the dialect mail comes in.")
    ] = None
    connections: dict[Name, Connection] = {}
    use: Connections = Connections()
    audience: Audience = Audience()
    maintenance: Annotated[
        dict[Name, Annotated[Window, AfterValidator(kept)]],
        Field(description="When alerts wake nobody, because something is being worked on."),
    ] = {}

    def connections_of(self, slug: str) -> tuple[str, ...]:
        """The names of the connections of a block type."""
        return tuple(name for name, connection in self.connections.items() if connection.slug == slug)

    def closes_itself_after(self, service: str) -> timedelta | None:
        """How long after its last recovery a severity 3 of a service closes itself; None: never."""
        own = self.services[service].close_itself
        return (own or self.close_itself).after

    def language_of(self, service: str) -> Language:
        """The language of texts about a service."""
        return self.services[service].language or self.organisation.language
