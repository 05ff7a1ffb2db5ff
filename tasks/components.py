"""How does each part of the product fare, as customers may read it on a status page?

A part is a product of the service. What several incidents have in common fares as the worst of them says, so
that the end of one does not hide the other.
"""

from collections.abc import Iterable, Mapping

from blocks.interfaces import ComponentState
from incident.decisions import Affected, Assessment
from incident.severity import Severity
from incident.story import UpdateState
from ledger.affected import Burden

_BY_SEVERITY = {
    Severity.CRITICAL: ComponentState.MAJOR_OUTAGE,
    Severity.MAJOR: ComponentState.PARTIAL_OUTAGE,
    Severity.MINOR: ComponentState.DEGRADED,
}
_WORST_FIRST = (
    ComponentState.MAJOR_OUTAGE,
    ComponentState.PARTIAL_OUTAGE,
    ComponentState.DEGRADED,
    ComponentState.OPERATIONAL,
)


def fares(severity: Severity, assessment: Assessment | None) -> ComponentState:
    """How a part fares by an incident: its severity, and no worse than how many customers are affected.

    All of them: as bad as the severity is. Some: not a major outage. None: degraded at most.
    """
    state = _BY_SEVERITY[severity]
    affected = assessment.affected if assessment else Affected.ALL
    at_most = {Affected.SOME: ComponentState.PARTIAL_OUTAGE, Affected.NONE: ComponentState.DEGRADED}
    return _milder(state, at_most.get(affected, state))


def components(
    products: Iterable[str],
    severity: Severity,
    assessment: Assessment | None,
    state: UpdateState,
    others: Iterable[Burden],
) -> Mapping[str, ComponentState]:
    """How the products fare, by name, once this update is out; `others` are incidents that go on."""
    ended = state is UpdateState.RESOLVED
    own = ComponentState.OPERATIONAL if ended else fares(severity, assessment)
    found = dict.fromkeys(products, own)
    for other in others:
        for product in found.keys() & set(other.products):
            found[product] = _worse(found[product], fares(other.severity, other.assessment))
    return found


def _worse(one: ComponentState, other: ComponentState) -> ComponentState:
    return min(one, other, key=_WORST_FIRST.index)


def _milder(one: ComponentState, other: ComponentState) -> ComponentState:
    return max(one, other, key=_WORST_FIRST.index)
