"""Which words do monitors have for a condition that lasts, has ended, or is seen to?"""

from incident.alert import AlertStatus

_STATUSES = {
    AlertStatus.ACKNOWLEDGED: "acknowledged acked ack",
    AlertStatus.RESOLVED: "resolved resolve recovered recovery ok okay up normal closed cleared",
    AlertStatus.INFO: "info information informational",
}
STATUS_OF_WORD = {word: status for status, words in _STATUSES.items() for word in words.split()}
_FIRING = (
    "firing fire fired alerting alert alarm triggered trigger active activated activate created create open"
    " opened reopened new problem down failing failed fail failure error critical warning warn unknown"
    " unreachable bad crit err emerg 1"
)
FIRING_WORDS = frozenset(_FIRING.split())
"""Words that are no surprise for a condition that lasts; any other one is noted and taken for firing, too."""
