"""What does it mean that a phone call came to nothing? Each status of SIP is one of our failures.

Source: RFC 3261, 21. Whoever is busy or does not pick up now may do so later; a number that does not exist, a
password that is wrong and a refusal stay what they are. Only the status is told, not what stands beside it,
which the other side wrote.
"""

import re

from blocks.failures import Fate, failure
from blocks.interfaces import Repeat
from incident.errors import ConnectionFailure

MEANING: dict[int, tuple[Fate, str]] = {
    401: (Fate.REFUSED, "the user or the password is wrong"),
    403: (Fate.REFUSED, "this account may not call there"),
    404: (Fate.REFUSED, "nobody has this number"),
    407: (Fate.REFUSED, "the user or the password is wrong"),
    408: (Fate.NOT_DONE, "the phone cannot be reached"),
    480: (Fate.NOT_DONE, "the phone cannot be reached"),
    486: (Fate.NOT_DONE, "busy"),
    487: (Fate.NOT_DONE, "the call was ended"),
    488: (Fate.REFUSED, "the phone speaks no G.711"),
    491: (Fate.NOT_DONE, "another request is under way"),
    500: (Fate.NOT_DONE, "an error at the other side"),
    503: (Fate.NOT_DONE, "overloaded, or no line is free"),
    504: (Fate.NOT_DONE, "somebody on the way does not answer"),
    600: (Fate.REFUSED, "busy everywhere"),
    603: (Fate.REFUSED, "declined"),
    604: (Fate.REFUSED, "nobody has this number"),
}
"""Others below 500 and from 600 on are refusals, other 5xx are not."""

_STATUS = re.compile(r"^(?:0,)?([3-6]\d\d)\b")
_SERVER_ERRORS = range(500, 600)


def of_ending(reason: str) -> ConnectionFailure:
    """The failure that a call is which nobody answered; without a status it never came to the other side."""
    found = _STATUS.match(reason)
    if found is None:
        return failure(Fate.NOT_DONE, "the call found no way to the other side", Repeat.MAY_DOUBLE)
    status = int(found[1])
    otherwise = Fate.NOT_DONE if status in _SERVER_ERRORS else Fate.REFUSED
    fate, meaning = MEANING.get(status, (otherwise, str(otherwise)))
    return failure(fate, f"SIP {status}: {meaning}", Repeat.MAY_DOUBLE)
