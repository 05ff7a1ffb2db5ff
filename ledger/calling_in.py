"""How does somebody call in others by hand? A policy, a service's, a team or a person is paged as well."""

from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from sqlmodel import Session, select

from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.lifecycle import LIVE
from incident.plan import Plan, plan_of
from incident.policy import Level, Policy, Target
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.configurations import configuration_of
from ledger.escalations import OPEN, start_escalation
from ledger.incidents import find_incident
from ledger.tables import EscalationRow
from ledger.timeline import note


class CalledIn(NamedTuple):
    """What is paged, whether that began just now, and who has acknowledged it already."""

    name: str
    started: bool
    going_on: bool
    acknowledged_by: str | None


def call_in_by_hand(
    session: Session, key: str, whom: str, person: str, *, via: Via, now: datetime
) -> CalledIn:
    """Page a policy, a service's policy, a team or a person for an incident, too; each of them once.

    Raises:
        NotFoundError: there is no such incident, person, or nothing of the name; the message has the nearest.
        TransitionError: the incident is over.
    """
    incident = find_incident(session, key)
    known_person(session, key, person)
    if incident.status not in LIVE:
        raise TransitionError(f"{key} is {incident.status}; nobody is paged for it any more")
    plan = _plan(configuration_of(session, incident), whom)
    purpose = f"{plan.name}, called in"
    known = session.exec(
        select(EscalationRow).where(
            EscalationRow.incident_id == incident.id, EscalationRow.purpose == purpose
        )
    ).first()
    row = known or start_escalation(session, incident, purpose, plan, now)
    if known is None:
        text = f"{person} calls in {plan.name}"
        note(session, row.incident_id, now, Kind.ESCALATED, text, by=person, via=via)
    return CalledIn(plan.name, known is None, row.stage in OPEN, row.acknowledged_by)


def _plan(configuration: Configuration, whom: str) -> Plan:
    """What a name means: a policy, a service, a team, a person, in this order; case does not matter."""
    c, name = configuration, whom.strip().casefold()
    people = {person.name.casefold(): key for key, person in c.people.items()}
    if name in c.policies:
        return plan_of(c, name)
    if name in c.services:
        return plan_of(c, c.services[name].policy)
    if name in c.teams:
        own = c.teams[name].policy
        return plan_of(c, own) if own else _once(name, Target(team=name))
    if name in c.people or name in people:
        found = name if name in c.people else people[name]
        return _once(found, Target(person=found))
    known = sorted({*c.policies, *c.services, *c.teams, *c.people})
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    raise NotFoundError(f"{whom!r} is no policy, service, team or person; {hint}known: {', '.join(known)}")


def _once(name: str, target: Target) -> Plan:
    """A policy for one target, who is asked as often as any other policy asks."""
    return Plan(name=name, policies={name: Policy(levels=(Level(targets=(target,)),))})
