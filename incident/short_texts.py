"""What does somebody mean who writes as little as possible? `ACK 42` on a telephone is `INC-42 ack`."""

import re

from incident.command_words import Verb, verb_of

_NUMBERED = re.compile(r"(\S+)\s+#?(\d{1,9})")
_ABOUT_ONE = frozenset({Verb.ACK, Verb.PASS, Verb.STATUS})


def in_full(text: str, prefix: str) -> str:
    """The command with the key of the incident before it, if a number says which; ``prefix`` as in INC-42."""
    numbered = _NUMBERED.fullmatch(text.strip())
    if numbered and verb_of(numbered[1]) in _ABOUT_ONE:
        return f"{prefix}-{int(numbered[2])} {numbered[1]}"
    return text
