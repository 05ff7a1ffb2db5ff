"""Which instant did somebody write?"""

from datetime import datetime

from incident.errors import ConfigurationError
from incident.neutral import INSTANT


def instant(written: object, key: str = "") -> datetime:
    """The instant, in UTC.

    Raises:
        ConfigurationError: it is none; told with the key under which it stands, if there is one.
    """
    try:
        moment = INSTANT.validate_python(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        place = f"{key}: " if key else ""
        example = "write a time with an offset, such as 2027-03-28T02:30+01:00 or ...Z"
        raise ConfigurationError([f"{place}{written!r} is no instant; {example}"])
    return moment
