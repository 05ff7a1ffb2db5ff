"""How are an account and a telephone written, so that baresip reads nothing else into them?"""

import re
from dataclasses import dataclass
from enum import StrEnum

from incident.errors import Rejected

NAME = r"^[A-Za-z0-9_.+-]+$"
HOST = r"^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$"
DISPLAYED = r"^[^\"<>;\\\x00-\x1f\x7f]*$"
READABLE_BY_BARESIP = r"^[!#-:<-~]*$"
"""A password with neither spaces nor quotes nor semicolons, which would end it in the file of accounts."""

_CODECS = "pcmu/8000/1,pcma/8000/1"
_REGISTERED_SECONDS = 120
_NUMBER_MARKS = re.compile(r"[\s().-]")
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
        """The line of baresip's file; `here` stands for the domain where there is none."""
        name = f'"{self.displayed}" ' if self.displayed else ""
        carried = f";transport={self.transport}"
        parts = [
            f"{name}<sip:{self.user}@{self.domain or here}{carried}>",
            f"regint={_REGISTERED_SECONDS if self.registers else 0}",
            f"audio_codecs={_CODECS}",
        ]
        if self.password:
            parts += [f"auth_user={self.user}", f"auth_pass={self.password}"]
        if self.proxy or self.domain:
            parts.append(f'outbound="sip:{self.proxy or self.domain}{carried}"')
        return ";".join(parts)

    def calling(self, to: str) -> str:
        """The SIP address of a contact: a number or a name at the domain, or a whole address.

        Raises:
            Rejected: it is neither.
        """
        carried = f";transport={self.transport}"
        if whole := _WHOLE.match(to):
            return f"sip:{whole[1]}{carried}"
        number = _NUMBER_MARKS.sub("", to) if to[:1] in "+0123456789(" else to
        if not _PHONE.match(number):
            raise Rejected("the contact's `to` is neither a number nor an address such as sip:ann@10.0.0.7")
        if not self.domain:
            raise Rejected("a number needs a provider: set `domain`, or write sip:NAME@HOST")
        return f"sip:{number}@{self.domain}{carried}"
