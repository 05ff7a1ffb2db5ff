"""What does an escalation keep from start to end? Its policy, and each one it may be handed to (E1)."""

from pydantic import BaseModel, ConfigDict

from incident.configuration import Configuration
from incident.policy import Level, Policy, Target, hands_over_to, targets


class Plan(BaseModel):
    """The snapshot that an escalation climbs; what is changed in the file later does not touch it."""

    model_config = ConfigDict(frozen=True)

    name: str
    """The policy it begins with."""
    policies: dict[str, Policy]

    @property
    def first(self) -> Policy:
        """The policy it begins with."""
        return self.policies[self.name]

    def level(self, policy: str, number: int) -> Level:
        """A level by its policy's name and its number from 0."""
        return self.policies[policy].levels[number]

    def targets(self) -> frozenset[Target]:
        """Everything that any of the policies may page."""
        return frozenset[Target]().union(*map(targets, self.policies.values()))


def plan_of(configuration: Configuration, name: str) -> Plan:
    """The snapshot of a policy; a team in a round robin becomes its members, each with a turn of their own.

    Raises:
        KeyError: there is no such policy.
    """
    found = {name: configuration.policies[name]}
    pending = [name]
    while pending:
        for successor in hands_over_to(found[pending.pop()]):
            if successor in configuration.policies and successor not in found:
                found[successor] = configuration.policies[successor]
                pending.append(successor)
    return Plan(name=name, policies={each: _in_full(configuration, found[each]) for each in found})


def _in_full(configuration: Configuration, policy: Policy) -> Policy:
    levels = tuple(
        level.model_copy(
            update={"targets": tuple(_each_member(configuration, target) for target in level.targets)}
        )
        for level in policy.levels
    )
    return policy.model_copy(update={"levels": levels})


def _each_member(configuration: Configuration, target: Target) -> Target:
    if target.round_robin is None:
        return target
    members: list[Target] = []
    for each in target.round_robin:
        team = configuration.teams.get(each.team or "")
        members += [Target(person=name) for name in team.members] if team else [each]
    return Target(round_robin=tuple(dict.fromkeys(members)))
