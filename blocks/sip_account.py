"""How are an account and a telephone written, so that baresip reads nothing else into them?"""

import re
from dataclasses import dataclass
from enum import StrEnum

from incident.errors import Rejected

NAME = r"^[A-Za-z0-9_.+-]+$"
HOST = r"^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$"
DISPLAYED = r"^[^\"<>;\\\x00-\x1f\x7f]*$"
READABLE_BY_BARESIP = r"^[!#-:<-~]*$"
"""A password with neither spaces nor quotes nor semicolons, which would end it there."""

_CODECS = "pcmu/8000/1,pcma/8000/1"
_REGISTERED_SECONDS = 120
_NUMBER_MARKS = re.compile(r"[ ().-]")
_WHOLE = re.compile(r"^(?:sip:)?([A-Za-z0-9_.+*#-]+@[A-Za-z0-9_.-]+(?::\d{1,5})?)$")
_PHONE = re.compile(r"^(?:\+?[0-9*#]+|[A-Za-z0-9_.+-]+)$")


class Transport(StrEnum):
    """What SIP is carried by."""

    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True)
class Account:
    """Who calls, and through whom; without a domain phones are called directly."""

    user: str
    domain: str
    password: str
    displayed: str
    proxy: str
    transport: Transport
    registers: bool

    def written(self, here: str) -> str:
        """How baresip is told; `here` stands for the domain where there is none."""
        name = f'"{self.displayed}" ' if self.displayed else ""
        carried = f";transport={self.transport}"
        parts = [f"{name}<sip:{self.user}@{self.domain or here}{carried}>"]
        if self.password:
            parts += [f"auth_user={self.user}", f"auth_pass={self.password}"]
        if self.proxy or self.domain:
            parts.append(f'outbound="sip:{self.proxy or self.domain}{carried}"')
        # Not a quoted one comes last: of a command in quotes at both ends baresip takes them off.
        parts += [f"audio_codecs={_CODECS}", f"regint={_REGISTERED_SECONDS if self.registers else 0}"]
        return ";".join(parts)

    def calling(self, to: str) -> str:
        """The SIP address of a contact: a number or a name at the domain, or a whole address.

        It is reached by the transport of the account.

        Raises:
            Rejected: it is neither.
        """
        if whole := _WHOLE.fullmatch(to):
            return f"sip:{whole[1]}"
        number = _NUMBER_MARKS.sub("", to) if to[:1] in "+0123456789(" else to
        if not _PHONE.fullmatch(number):
            raise Rejected("the contact's `to` is neither a number nor an address such as sip:ann@10.0.0.7")
        if not self.domain:
            raise Rejected("a number needs a provider: set `domain`, or write sip:NAME@HOST")
        return f"sip:{number}@{self.domain}"
