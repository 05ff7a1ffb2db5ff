"""What does Icinga 2 say, in a notification command's JSON or in its API's event stream?"""

from typing import Any

from incident.alert import Alert
from incident.sources import plugin_checks

SOURCE = "icinga2"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one notification.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return plugin_checks.parse(payload, SOURCE)
