"""Which alert is triaged first when many wait? The most urgent condition; of one condition, the oldest.

In a storm triage may fall behind what comes in. Then the order decides whose incident opens, and who is
paged, first. A recovery overtaken by its own firing would be a recovery of nothing, so what is known of one
condition is always looked at in the order in which it came.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from incident.alert import Alert, AlertSeverity, AlertStatus


class Precedence(IntEnum):
    """The smaller, the earlier. What nobody graded may be anything, so it goes before a warning."""

    CRITICAL = 1
    ERROR = 2
    UNKNOWN = 3
    WARNING = 4
    INFO = 5
    CALMING = 6
    """Recoveries, acknowledgements and information: nobody is woken by them."""
    PUT_OFF = 9
    """It could not be triaged: it may not keep the others waiting."""


_OF_SEVERITY = {
    AlertSeverity.CRITICAL: Precedence.CRITICAL,
    AlertSeverity.ERROR: Precedence.ERROR,
    AlertSeverity.UNKNOWN: Precedence.UNKNOWN,
    AlertSeverity.WARNING: Precedence.WARNING,
    AlertSeverity.INFO: Precedence.INFO,
}


class Waiting(NamedTuple):
    """An accepted alert without an end state."""

    number: int
    source: str
    fingerprint: str


def precedence(alert: Alert) -> Precedence:
    """How urgent it is to look at an alert, by the monitor's own word."""
    return _OF_SEVERITY[alert.severity] if alert.status is AlertStatus.FIRING else Precedence.CALMING


def in_turn(urgent: Sequence[Waiting], same_conditions: Iterable[Waiting]) -> list[int]:
    """The most urgent alerts, each after those of its condition that came before it.

    `same_conditions` are all that wait of the conditions of the urgent ones, oldest first.
    """
    earlier = defaultdict(list)
    for each in same_conditions:
        earlier[each[1:]].append(each.number)
    turns: dict[int, None] = {}
    for each in urgent:
        turns |= dict.fromkeys(number for number in earlier[each[1:]] if number < each.number)
        turns[each.number] = None
    return list(turns)
