"""How much fits into a text message? The alphabet of phones, and what a text costs in it.

Source: 3GPP TS 23.038 (the default alphabet of 7 bits and its extension; UCS-2 for everything else) and
TS 23.040 (a message in several parts loses six octets of each to the header that joins them).
"""

from enum import IntEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
"""These cost two."""

PLAINER = str.maketrans(
    {**dict.fromkeys("·–—", "-"), **dict.fromkeys("’‘", "'"), **dict.fromkeys("“”«»", '"'), "…": "..."}
)
"""Signs for which the whole message would cost twice as much, and what says the same."""

PARTS = 10
"""Of one message: what phones and operators join without fail."""


class Coding(IntEnum):
    """How a message is written; the number is the one that gateways use for it."""

    SEVEN_BITS = 0
    UCS2 = 2


ROOM = {Coding.SEVEN_BITS: 153 * PARTS, Coding.UCS2: 67 * PARTS}
"""Characters in so many parts."""


def coding_of(text: str) -> Coding:
    """Seven bits if the alphabet of phones has every character."""
    return Coding.SEVEN_BITS if set(text) <= BASIC | EXTENDED else Coding.UCS2


def fitted(head: str, tail: str = "") -> str:
    """Both, one below the other; what does not fit is cut off the head: a link in the tail stays whole."""
    head, tail = _sayable(head), _sayable(tail)
    below = f"\n{tail}" if tail else ""
    coding = coding_of(head + below)
    room = ROOM[coding] - _cost(below, coding)
    while head and _cost(head, coding) > room:
        head = head[: min(len(head) - 1, room)]
    return (head + below)[: ROOM[coding]]


def _cost(text: str, coding: Coding) -> int:
    if coding is Coding.UCS2:
        return len(text.encode("utf-16-be")) // 2
    return len(text) + sum(char in EXTENDED for char in text)


def _sayable(text: str) -> str:
    """Without what no phone shows: control characters, and halves of characters."""
    plainer = text.translate(PLAINER).encode(errors="replace").decode()
    return "".join(char if char.isprintable() or char == "\n" else " " for char in plainer).strip()
