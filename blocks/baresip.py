"""How does a program make a phone call? It starts baresip, a telephone without a face, and commands it.

Source: baresip 1.0, its manual and `ctrl_tcp`: JSON in netstrings, one connection, commands in, events out.
One process makes one call. It ends with the call, and by itself if we are gone by then.
"""

import asyncio
import json
import random
import re
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel

from blocks.programs import end, start
from incident.errors import RetryLater

STARTS_WITHIN = timedelta(seconds=4)
LOOPBACK = "127.0.0.1"
_PORTS = (61000, 65000)

_LISTENING = b"ctrl_tcp: TCP socket listening"
_PROVISIONAL = re.compile(rb"SIP/2\.0 1\d\d ")
_SEAM = 64
"""Bytes that are looked at again with what follows them, because a line may come in two parts."""

_SETTINGS = """\
poll_method epoll
sip_listen {address}:0
audio_source aufile,{sound}
audio_player aubridge,nobody
audio_alert aubridge,nobody
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
{interface}
module_path {modules}
module g711.so
module aubridge.so
module aufile.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {loopback}:{port}
"""


@dataclass(frozen=True)
class Line:
    """Where calls leave: an account as baresip writes it, and the address of this machine, if it matters."""

    account: str
    address: str
    modules: str


class Event(BaseModel):
    """What baresip tells; what answers a command has no type, and says whether it was obeyed."""

    type: str = ""
    param: str = ""
    response: bool = False
    ok: bool = True


class Softphone:
    """A baresip that runs."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._listening = asyncio.Event()
        self.trying = False
        """Has anybody on the way said that they have the call?"""

    async def connect(self, port: int) -> None:
        """Take control, once it is this process that listens there."""
        await self._listening.wait()
        self._reader, self._writer = await asyncio.open_connection(LOOPBACK, port)

    async def sign_in(self, account: str) -> None:
        """Take an account, which is answered; if it is one that registers, an event tells how that went."""
        await self._tell("uanew", account)

    async def dial(self, address: str) -> None:
        """Call a SIP address."""
        self.trying = False
        await self._tell("dial", address)

    async def play(self, sound: Path) -> None:
        """Say this instead; when a sound has ended, so has the call."""
        await self._tell("ausrc", f"aufile,{sound}")

    async def events(self) -> AsyncIterator[Event]:
        """What happens, until baresip has ended."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int((await self._reader.readuntil(b":"))[:-1])
                message = await self._reader.readexactly(length + 1)
                yield Event.model_validate_json(message[:-1])

    async def watch(self) -> None:
        """Read what it prints, for two things that it tells nowhere else."""
        assert self._process.stdout
        seam = b""
        while chunk := await self._process.stdout.read(4096):
            seen = seam + chunk
            if _LISTENING in seen:
                self._listening.set()
            self.trying = self.trying or bool(_PROVISIONAL.search(seen))
            seam = seen[-_SEAM:]

    async def _tell(self, command: str, parameter: str) -> None:
        said = json.dumps({"command": command, "params": parameter}).encode()
        with suppress(ConnectionError):  # it has ended: `events` says so
            self._writer.write(b"%d:%s," % (len(said), said))
            await self._writer.drain()


@asynccontextmanager
async def softphone(folder: Path, line: Line, sound: Path, lasts: timedelta) -> AsyncIterator[Softphone]:
    """A telephone for one call that says a sound; it is gone afterwards, and after `lasts` in any case.

    The password goes over the connection that controls it, and stands in no file.

    Raises:
        Rejected: baresip is not installed.
        RetryLater: it does not start.
    """
    port = free_port()
    _write(folder, line, sound, port)
    limit = str(int(lasts.total_seconds()))
    # -v and -s: it prints when it listens, and what is said on the wire.
    process = await start("baresip", "-v", "-s", "-t", limit, "-f", str(folder))
    phone = Softphone(process)
    watching = asyncio.create_task(phone.watch())
    try:
        await _connected(phone, port)
        await phone.sign_in(line.account)
        yield phone
    finally:
        watching.cancel()
        await end(process)


async def _connected(phone: Softphone, port: int) -> None:
    try:
        async with asyncio.timeout(STARTS_WITHIN.total_seconds()):
            await phone.connect(port)
    except (TimeoutError, OSError) as error:
        raise RetryLater(f"baresip does not start: {type(error).__name__}") from None


def _write(folder: Path, line: Line, sound: Path, port: int) -> None:
    settings = _SETTINGS.format(
        address=line.address or "0.0.0.0",  # noqa: S104  for the provider's answers, on whichever way they come
        interface=f"net_interface {line.address}" if line.address else "",
        modules=line.modules,
        sound=sound,
        loopback=LOOPBACK,
        port=port,
    )
    (folder / "config").write_text(settings)
    (folder / "contacts").write_text("")


def free_port() -> int:
    """A port above those that the system hands out by itself, so that nobody gets it meanwhile."""
    while True:
        port = random.randint(*_PORTS)  # noqa: S311  no secret
        with socket.socket() as held, suppress(OSError):
            held.bind((LOOPBACK, port))
            return port
