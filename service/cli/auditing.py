"""How does an audit read?"""

from collections import Counter
from collections.abc import Iterator

from ledger.audit import Audit


def lines(found: Audit) -> Iterator[str]:
    """The count of each end state, then what was left lying."""
    states = Counter(alert.end_state or "no end state" for alert in found.alerts)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    yield f"{found.deliveries} deliveries, {found.deliveries_rejected} of them rejected with a reason"
    yield f"{len(found.alerts)} alerts accepted{f': {counted}' if counted else ''}"
    for violation in found.violations:
        incident = f"{violation.incident}: " if violation.incident else ""
        yield f"{violation.breach} since {violation.since:%Y-%m-%d %H:%M:%S UTC}: {incident}{violation.what}"
    yield "nothing was lost" if found.ok else f"{len(found.violations)} things were left lying"
