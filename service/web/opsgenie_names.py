"""How are alerts and requests named in Opsgenie's Alert API? By ids that are rows of the ledger.

An id needs no table of its own and never expires; whoever asks sees only the rows of its own source.
"""

import re
from enum import StrEnum

from incident.errors import NotFoundError

_ID = re.compile(r"0{8}-0000-4000-8000-0{4}([0-9a-f]{8})")
_TINY = re.compile(r"[0-9]{1,10}")


class IdentifierType(StrEnum):
    """By what an address may name an alert."""

    ID = "id"
    ALIAS = "alias"
    TINY = "tiny"


def opaque(number: int) -> str:
    """The id of a row, in the form that Opsgenie's ids have."""
    return f"00000000-0000-4000-8000-{number:012x}"


def number_of(identifier: str, of: IdentifierType = IdentifierType.ID) -> int:
    """The row that an id, or a short one, names.

    Raises:
        NotFoundError: it is no id of ours.
    """
    written = identifier.strip().lower()
    if of is IdentifierType.TINY:
        found = _TINY.fullmatch(written)
        number = int(found[0]) if found else 0
    else:
        found = _ID.fullmatch(written)
        number = int(found[1], 16) if found else 0
    if not 0 < number < 2**31:
        raise NotFoundError("no alert or request is known under this id")
    return number
