"""How does Nagios learn that somebody takes a problem? By a line in its command file, which is a pipe.

Nagios does not answer: what it cannot make sense of it says in its own log. A line is shorter than what a
pipe takes in one piece, so lines of several writers never mix.
"""

import errno
import os
import re
import stat
from typing import Annotated, ClassVar

from pydantic import Field, PrivateAttr
from typing_extensions import override

from blocks.clock import Clock
from blocks.interfaces import Monitor, Receipt, Repeat
from incident.alert import Alert
from incident.errors import ConnectionFailure, Rejected, RetryLater

ONE_PIECE = 4096
"""Bytes that a pipe takes in one piece (PIPE_BUF)."""
STICKY, ORDINARY = 2, 1
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LATER = {
    errno.ENOENT: "the command file is not there; Nagios makes it when it starts",
    errno.ENXIO: "nobody reads the command file; Nagios is not running",
    errno.EPIPE: "nobody reads the command file any more; Nagios has just stopped",
    errno.EAGAIN: "the command file is full; Nagios is busy",
}


class NagiosCommandFile(Monitor):
    """Acknowledges problems through the external command file of Nagios."""

    _block_type_name: ClassVar[str | None] = "Nagios command file"
    _block_type_slug: ClassVar[str | None] = "nagios-command-file"
    _description: ClassVar[str | None] = (
        "Shows in Nagios who has acknowledged an alert. docs/senders/nagios.md tells how, "
        "also for a Nagios on another machine."
    )
    repeat: ClassVar[Repeat] = Repeat.MAY_DOUBLE

    path: Annotated[
        str,
        Field(
            title="Command file",
            description="The command_file of nagios.cfg, such as /var/lib/nagios4/rw/nagios.cmd.",
            min_length=1,
        ),
    ]
    sticky: Annotated[
        bool,
        Field(
            title="Sticky",
            description="The acknowledgement lasts until recovery; else until the state changes.",
        ),
    ] = True
    notify: Annotated[
        bool, Field(title="Notify", description="Nagios tells its own contacts of the acknowledgement.")
    ] = False
    _clock: Clock = PrivateAttr(default_factory=Clock)

    @override
    async def acknowledge(self, key: str, alert: Alert, author: str, comment: str) -> Receipt:
        line = self._line(alert, author, comment)
        try:
            _write(self.path, line)
        except OSError as error:
            raise _failure(error) from None
        return Receipt(provider_id=key, detail="written; Nagios does not answer")

    def _line(self, alert: Alert, author: str, comment: str) -> bytes:
        host, service = (_name(alert.labels.get(which, ""), which) for which in ("host", "service"))
        if not host:
            raise Rejected("the alert has no label host, so Nagios cannot be told whose problem it is")
        command = (
            f"ACKNOWLEDGE_SVC_PROBLEM;{host};{service}" if service else f"ACKNOWLEDGE_HOST_PROBLEM;{host}"
        )
        how = f"{STICKY if self.sticky else ORDINARY};{int(self.notify)};0"
        who = _plain(author).replace(";", ",")
        start = f"[{int(self._clock.now().timestamp())}] {command};{how};{who};".encode(errors="replace")
        if len(start) >= ONE_PIECE:
            raise Rejected("the names of host, service and person are too long for a command of Nagios")
        rest = _plain(comment).encode(errors="replace")[: ONE_PIECE - len(start) - 1]
        return start + rest.decode(errors="ignore").encode() + b"\n"


def _name(name: str, which: str) -> str:
    """The name of an object; what would end it early, and begin a command of somebody else, is refused."""
    if ";" in name or _NOT_IN_A_LINE.search(name):
        raise Rejected(f"the label {which} holds what no name in Nagios can hold")
    return name


def _plain(text: str) -> str:
    return _NOT_IN_A_LINE.sub(" ", text).strip()


def _write(path: str, line: bytes) -> None:
    # Without waiting: a pipe that nobody reads would keep us for ever.
    pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISFIFO(os.fstat(pipe).st_mode):
            raise Rejected("the command file is no pipe, so Nagios would not read what is written to it")
        os.write(pipe, line)
    finally:
        os.close(pipe)


def _failure(error: OSError) -> ConnectionFailure:
    if error.errno in _LATER:
        return RetryLater(_LATER[error.errno])
    name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return Rejected(f"the command file cannot be written to: {name}")
