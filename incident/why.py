"""Who would be woken for an incident of a service, and why? The question, and its answer as a whole."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.configuration import Configuration
from incident.duration import write_duration
from incident.errors import AnswerError, NotFoundError
from incident.findings import unknown
from incident.first_page import first_page_at
from incident.neutral import INSTANT
from incident.plan import Plan, plan_of
from incident.progress import start
from incident.rehearsal import World, play
from incident.rehearsed import Entry, Happening
from incident.severity import Severity
from incident.situation import Turn
from incident.wall_clock import WallClock


class Rehearsal(BaseModel):
    """What would happen about a new incident if nobody answered; nothing of it was sent."""

    model_config = ConfigDict(frozen=True)

    service: str
    severity: Severity
    at: AwareDatetime
    timezone: Annotated[str, Field(description="Of the first schedule of the policy, for people to read.")]
    policy: str
    entries: tuple[Entry, ...]
    reminded_at: Annotated[
        AwareDatetime | None, Field(description="When the fallback is paged again; null: not complete.")
    ]
    beside: Annotated[
        tuple[str, ...], Field(description="What would happen besides that is not rehearsed.")
    ] = ()

    def wall(self, instant: datetime) -> datetime:
        """What the clock of the schedule shows at an instant."""
        return WallClock(self.timezone).wall(instant)


def known_service(configuration: Configuration, service: str) -> str:
    """The service itself; empty is the default one.

    Raises:
        NotFoundError: there is none; the message has the nearest name and all that exist.
    """
    name = service or configuration.default_service
    for wrong in unknown((), name, "services", configuration.services):
        raise NotFoundError(wrong.message)
    return name


def instant_for(configuration: Configuration, service: str, written: str) -> datetime:
    """The instant that somebody wrote: with an offset, or as the clock of the service's schedule shows it.

    Raises:
        AnswerError: it is no time, or the clock shows it twice or never (S5); with what to write instead.
    """
    zone = zone_of(configuration, plan_of(configuration, configuration.services[service].policy))
    try:
        moment = INSTANT.validate_python(written)
    except ValueError:
        example = "with an offset, such as 2027-03-28T02:30+01:00"
        local = f"as the clock in {zone} shows it, such as 2027-03-29T02:30"
        raise AnswerError([f"{written!r} is no time; write one {example}, or {local}"]) from None
    if moment.tzinfo is not None:
        return moment
    try:
        return WallClock(zone).exact(moment)
    except ValueError as impossible:
        raise AnswerError([str(impossible)]) from None


def rehearse(
    configuration: Configuration,
    service: str,
    severity: Severity,
    at: datetime,
    turns: Mapping[str, Turn] | None = None,
) -> Rehearsal:
    """Play through what an incident of this service would cause that opens at this instant.

    The configuration has the schedules to be asked; `turns` say how far round robins have come.
    """
    policy = configuration.services[service].policy
    plan = plan_of(configuration, policy)
    first_at = first_page_at(configuration, service, severity, at)
    world = World(configuration, plan, severity, alerts=(at,), turns=turns or {})
    played = play(world, start(plan, at, first_at=first_at), at)
    return Rehearsal(
        service=service,
        severity=severity,
        at=at,
        timezone=zone_of(configuration, plan),
        policy=policy,
        entries=(*_morning(policy, severity, at, first_at), *played.entries),
        reminded_at=played.progress.next_at if played.exhausted else None,
        beside=tuple(_beside(configuration, service, severity)),
    )


def zone_of(configuration: Configuration, plan: Plan) -> str:
    """The zone of the first schedule that a policy names; without one, that of the working hours."""
    for level in plan.first.levels:
        for target in level.targets:
            for each in target.round_robin or (target,):
                name = each.schedule or each.next_on_call or each.previous_on_call or ""
                if name in configuration.schedules:
                    return configuration.schedules[name].timezone
    return configuration.organisation.working_hours.timezone


def _morning(policy: str, severity: Severity, at: datetime, first_at: datetime) -> Iterator[Entry]:
    if first_at > at:
        rule = f"severity {int(severity)} outside working hours: paging waits until {first_at:%a %H:%M UTC}"
        yield Entry(at=at, elapsed=at - at, what=Happening.WAITS, policy=policy, rule=rule)


def _beside(configuration: Configuration, service: str, severity: Severity) -> Iterator[str]:
    """Deadlines and further people: they depend on what somebody decides, or does not."""
    within = write_duration(configuration.deadlines.of(severity).assess)
    yield f"if nobody has assessed it within {within}, level 2 is paged beside this"
    called = ", ".join(engage.policy for engage in configuration.services[service].engage)
    if called and severity is not Severity.MINOR:
        yield f"once it is assessed, it is also paged by: {called}"
