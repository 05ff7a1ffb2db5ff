"""How does a test get a real telephone? `with telephone() as phone:` and `phone.address` is what to call.

It is baresip, the program that our block calls with, as a second process: it answers, hears and presses keys.
"""

import json
import shutil
import socket
import subprocess
import tempfile
import time
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from blocks.baresip import free_port
from blocks.programs import PACKAGES

MODULES = "/usr/lib/baresip/modules"
PATIENCE = 30.0
_CONFIG = """\
sip_listen 127.0.0.1:{sip}
audio_player aubridge,nobody
audio_source aufile,{folder}/silence.wav
audio_alert aubridge,nobody
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
net_interface 127.0.0.1
module_path {modules}
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
snd_path {folder}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


@dataclass
class Telephone:
    """A telephone on loopback; `happened` keeps what it told."""

    port: int
    folder: Path
    control: socket.socket
    happened: list[tuple[str, str]] = field(default_factory=list)
    _unread: bytes = b""

    @property
    def address(self) -> str:
        return f"sip:ann@127.0.0.1:{self.port}"

    def press(self, key: str) -> None:
        self._tell("sndcode", key)

    def answer(self) -> None:
        self._tell("accept")

    def hang_up(self) -> None:
        self._tell("hangup")

    def wait_for(self, event: str) -> str:
        """Until it has happened; what was told with it."""
        until = time.monotonic() + PATIENCE
        while True:
            for name, told in self.happened:
                if name == event:
                    return told
            if time.monotonic() > until:
                raise AssertionError(f"no {event}; there was {self.happened}")
            self._listen(until)

    def loudness(self) -> float:
        """The mean amplitude of what it has heard, of 32768; 0 is silence."""
        [heard] = self.folder.glob("dump-*-dec.wav")
        with wave.open(str(heard)) as file:
            samples = array("h", file.readframes(file.getnframes()))
        return float(sum(abs(each) for each in samples) / len(samples))

    def _tell(self, command: str, parameter: str = "") -> None:
        said = json.dumps({"command": command, "params": parameter}).encode()
        self.control.sendall(b"%d:%s," % (len(said), said))

    def _listen(self, until: float) -> None:
        self.control.settimeout(max(until - time.monotonic(), 0.01))
        try:
            heard = self.control.recv(65536)
        except TimeoutError:
            return
        if not heard:
            raise AssertionError(f"the telephone has gone; there was {self.happened}")
        self._unread += heard
        while b":" in self._unread:
            length, _, rest = self._unread.partition(b":")
            if len(rest) <= int(length):
                break
            message = json.loads(rest[: int(length)])
            self._unread = rest[int(length) + 1 :]
            self.happened.append((message.get("type", ""), message.get("param", "")))


def needed() -> None:
    """Skip, and say what to install, where a program is missing."""
    for program, package in PACKAGES.items():
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: `apt install --no-install-recommends {package}`")


@contextmanager
def telephone(*, answers: bool = True) -> Iterator[Telephone]:
    """A telephone while it is switched on; one that does not answer by itself waits for `answer`."""
    sip, control = free_port(), free_port()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _silence(folder / "silence.wav")
        mode = "auto" if answers else "manual"
        (folder / "accounts").write_text(f"<sip:ann@127.0.0.1:{sip}>;regint=0;answermode={mode}\n")
        (folder / "contacts").write_text("")
        settings = _CONFIG.format(sip=sip, control=control, folder=folder, modules=MODULES)
        (folder / "config").write_text(settings)
        process = subprocess.Popen(
            ["baresip", "-f", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with _connected(control) as connection:
                yield Telephone(sip, folder, connection)
        finally:
            process.kill()
            process.wait()


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _silence(file: Path) -> None:
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(2 * 8000 * 120))
