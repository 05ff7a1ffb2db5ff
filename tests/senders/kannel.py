"""How does a test run a real Kannel? With the configuration of our page, and a telephone as the operator.

The operator is Kannel's `fake` one: whoever connects to its port is the telephone, a line is a message.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from urllib.parse import quote, unquote_to_bytes

from tests.prefect_server import free_port
from tests.senders.pasted import pasted
from tests.senders.programs import folder, needed, running, soon

PASSWORD, REPLY_PASSWORD = "s3nds", "h4nds-over"
PACKAGE = "kannel"
OPERATOR = """
group = smsc
smsc = fake
smsc-id = operator
port = {port}
connect-allow-ip = 127.0.0.1
"""
_MESSAGE = re.compile(rb"(?P<sender>\S+) (?P<to>\S+) (?:udh (?P<udh>\S+) )?(?:text|data) (?P<said>.*)\n")
_PARTS, _PART = 4, 5
"""Where the header of a part says how many there are, and which it is."""
_ONE_PART = b"%05%00%03%01%01%01"


@dataclass
class Telephone:
    """What a telephone shows, and what is written on it."""

    number: str
    line: socket.socket
    reads: BufferedReader

    def shows(self) -> str:
        """The next message, its parts joined."""
        said, header = b"", b""
        while not header or header[_PART] < header[_PARTS]:
            message = _MESSAGE.fullmatch(self.reads.readline())
            assert message, "the operator has hung up, or says something else"
            assert message["to"].decode() == self.number
            said += _bytes(message["said"])
            header = _bytes(message["udh"] or _ONE_PART)
        # The fake operator does not say how a part is written; UCS-2 has a zero before every space.
        return said.decode("utf-16-be" if b"\0" in said else "utf-8")

    def writes(self, text: str) -> None:
        """Send a message to the number that the pages come from."""
        self.line.sendall(f"{self.number} 12345 text {quote(text)}\n".encode())


@dataclass(frozen=True)
class Kannel:
    """A gateway, and the telephone that it reaches."""

    server: str
    phone: Telephone


@contextmanager
def kannel(our_port: int, number: str) -> Iterator[Kannel]:
    """A gateway that hands over replies to our doors."""
    bearerbox, smsbox = needed("bearerbox", PACKAGE), needed("smsbox", PACKAGE)
    admin, boxes, sendsms, operator = (free_port() for _ in range(4))
    text = pasted(
        "connections/kannel.md",
        "kannel.conf",
        {
            "admin-port = 13000": f"admin-port = {admin}",
            "smsbox-port = 13001": f"smsbox-port = {boxes}",
            "sendsms-port = 13013": f"sendsms-port = {sendsms}",
            "127.0.0.1:8080": f"127.0.0.1:{our_port}",
            "SENDS-PAGES": PASSWORD,
            "HANDS-OVER-REPLIES": REPLY_PASSWORD,
        },
    )
    with folder("kannel") as home:
        file = home / "kannel.conf"
        file.write_text(text + OPERATOR.format(port=operator))
        with running([bearerbox, "-v", "2", str(file)], home):
            line = soon(lambda: _connected(operator), lambda: "Kannel's operator")
            line.settimeout(40)
            with line, line.makefile("rb") as reads, running([smsbox, "-v", "2", str(file)], home):
                soon(lambda: _connected(sendsms), lambda: "Kannel's smsbox").close()
                yield Kannel(f"http://127.0.0.1:{sendsms}", Telephone(number, line, reads))


def _connected(port: int) -> socket.socket | None:
    with suppress(OSError):
        return socket.create_connection(("127.0.0.1", port), 5)
    return None


def _bytes(written: bytes) -> bytes:
    return unquote_to_bytes(written.replace(b"+", b" "))
