"""What does Nagios say, when its notification command sends the macros as JSON?"""

from typing import Any

from incident.alert import Alert
from incident.sources import plugin_checks

SOURCE = "nagios"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one notification.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return plugin_checks.parse(payload, SOURCE)
