"""What can be read from an effect's key? The incident that it belongs to."""

import re

_INCIDENT = re.compile(r"(?<![A-Z0-9])[A-Z][A-Z0-9]{0,9}-[0-9]+(?![A-Za-z0-9])")


def incident_of(key: str) -> str:
    """The incident's own key within an effect's key; a key that names no incident is given back whole."""
    found = _INCIDENT.search(key)
    return found.group() if found else key
