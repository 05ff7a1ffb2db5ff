"""Does every name in the configuration lead somewhere? Findings with the place and what to write instead."""

from collections.abc import Iterator

from incident.calendar_checks import check_calendars
from incident.configuration import Configuration, Source
from incident.contacts import BUILT_IN, check_rules, usable_contacts
from incident.failover import check_failover
from incident.findings import Finding, Place, unknown
from incident.identity import check_identities
from incident.policy import Target, targets
from incident.policy_checks import check_policies
from incident.schedule_checks import check_schedules
from incident.sources import DIALECTS, mail, mapped
from incident.triage_checks import check_triage
from incident.trust_checks import check_trust


def check_references(configuration: Configuration) -> tuple[Finding, ...]:
    """Every name that leads nowhere, and every service that nobody could be paged for."""
    return (
        *_services(configuration),
        *check_triage(configuration),
        *_people(configuration),
        *check_rules(configuration),
        *check_identities(configuration),
        *_policies(configuration),
        *check_policies(configuration),
        *_teams(configuration),
        *check_schedules(configuration),
        *check_calendars(configuration),
        *_connections(configuration),
        *check_failover(configuration),
        *_sources(configuration),
        *_heartbeats(configuration),
        *_maintenance(configuration),
        *check_trust(configuration),
    )


def _services(configuration: Configuration) -> Iterator[Finding]:
    c = configuration
    yield from unknown(("default_service",), c.default_service, "services", c.services)
    for name, service in c.services.items():
        place: Place = ("services", name)
        yield from unknown((*place, "policy"), service.policy, "policies", c.policies)
        for number, engage in enumerate(service.engage):
            yield from unknown((*place, "engage", number, "policy"), engage.policy, "policies", c.policies)


def _people(configuration: Configuration) -> Iterator[Finding]:
    known = {BUILT_IN, *configuration.connections}
    for name, person in configuration.people.items():
        place: Place = ("people", name)
        for number, contact in enumerate(person.contacts):
            yield from unknown((*place, "contacts", number, "via"), contact.via, "connections", known)
        for connection in person.known_as:
            yield from unknown((*place, "known_as", connection), connection, "connections", known)
        if not person.contacts and not usable_contacts(configuration, person):
            message = "cannot be paged; add contacts:, or email: together with mail: under use:"
            yield Finding(place=place, message=message, fatal=False)


def _policies(configuration: Configuration) -> Iterator[Finding]:
    for name, policy in configuration.policies.items():
        place: Place = ("policies", name)
        for number, level in enumerate(policy.levels):
            here: Place = (*place, "levels", number)
            for index, target in enumerate(level.targets):
                yield from _target(configuration, (*here, "targets", index), target)
            yield from _successor(configuration, here, level.hand_over_to)
        for index, target in enumerate(policy.fallback):
            yield from _target(configuration, (*place, "fallback", index), target)
        yield from _successor(configuration, place, policy.hand_over_to)
        if all(target.person is None and target.team is None for target in targets(policy)):
            message = "pages schedules only, and a gap in them would reach nobody; add a fallback: of people"
            yield Finding(place=place, message=message, fatal=False)


def _target(configuration: Configuration, place: Place, target: Target) -> Iterator[Finding]:
    c = configuration
    if target.person is not None:
        yield from unknown((*place, "person"), target.person, "people", c.people)
    if target.team is not None:
        yield from unknown((*place, "team"), target.team, "teams", c.teams)
    for key in ("schedule", "next_on_call", "previous_on_call"):
        if (name := getattr(target, key)) is not None:
            yield from unknown((*place, key), name, "schedules", c.schedules)
    for index, member in enumerate(target.round_robin or ()):
        yield from _target(configuration, (*place, "round_robin", index), member)


def _successor(configuration: Configuration, place: Place, name: str | None) -> Iterator[Finding]:
    if name is not None:
        yield from unknown((*place, "hand_over_to"), name, "policies", configuration.policies)


def _teams(configuration: Configuration) -> Iterator[Finding]:
    for name, team in configuration.teams.items():
        for number, member in enumerate(team.members):
            yield from unknown(("teams", name, "members", number), member, "people", configuration.people)


def _sources(configuration: Configuration) -> Iterator[Finding]:
    for name, source in configuration.sources.items():
        known = {*DIALECTS, mapped.SOURCE, mail.SOURCE}
        if source.dialect not in known:
            message = f"{source.dialect!r} is no dialect; known: {', '.join(sorted(known))}"
            yield Finding(place=("sources", name, "dialect"), message=message)
        yield from _mapping(name, source)
        yield from _mail(configuration, name, source)
        if (monitor := source.acknowledge_at) is not None:
            place: Place = ("sources", name, "acknowledge_at")
            yield from unknown(place, monitor, "connections", configuration.connections)
        if (silencer := source.silence_at) is not None:
            place = ("sources", name, "silence_at")
            yield from unknown(place, silencer, "connections", configuration.connections)


def _mail(configuration: Configuration, name: str, source: Source) -> Iterator[Finding]:
    if source.dialect != mail.SOURCE:
        if source.mail is not None:
            message = f"is for dialect: {mail.SOURCE}"
            yield Finding(place=("sources", name, "mail"), message=message)
        return
    if configuration.mail_in is None:
        message = "waits for mail, and none comes in; write mail_in: {} at the top level of the file"
        yield Finding(place=("sources", name, "dialect"), message=message)
    if source.mail and source.mail.service is not None:
        place: Place = ("sources", name, "mail", "service")
        yield from unknown(place, source.mail.service, "services", configuration.services)


def _maintenance(configuration: Configuration) -> Iterator[Finding]:
    for name, window in configuration.maintenance.items():
        for number, service in enumerate(window.services):
            place: Place = ("maintenance", name, "services", number)
            yield from unknown(place, service, "services", configuration.services)


def _heartbeats(configuration: Configuration) -> Iterator[Finding]:
    for name, heartbeat in configuration.heartbeats.items():
        if heartbeat.service is not None:
            place: Place = ("heartbeats", name, "service")
            yield from unknown(place, heartbeat.service, "services", configuration.services)


def _mapping(name: str, source: Source) -> Iterator[Finding]:
    if source.dialect == mapped.SOURCE and source.mapping is None:
        message = "needs mapping: beside it, which says where the fields stand"
        yield Finding(place=("sources", name, "dialect"), message=message)
    if source.dialect != mapped.SOURCE and source.mapping is not None:
        message = f"is for dialect: {mapped.SOURCE}; {source.dialect} knows where its fields stand"
        yield Finding(place=("sources", name, "mapping"), message=message)


def _connections(configuration: Configuration) -> Iterator[Finding]:
    for purpose, name in configuration.use:
        if name is not None:
            yield from unknown(("use", purpose), name, "connections", configuration.connections)
