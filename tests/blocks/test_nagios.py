"""Is Nagios told who takes a problem, and can nothing that an alert says become a command of its own?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from blocks import NagiosCommandFile
from incident.alert import Alert, AlertStatus
from incident.errors import Rejected, RetryLater
from tests.blocks.rigs import NOW, StoppedClock

KEY = "INC-42/acknowledge/nagios/7"
AT = int(NOW.timestamp())


def alert(**labels: str) -> Alert:
    return Alert(
        source="nagios", fingerprint="f", status=AlertStatus.FIRING, title="it is down", labels=labels
    )


HTTP, HOST = alert(host="web01", service="HTTP"), alert(host="web01")


@contextmanager
def command_file(folder: Path) -> Iterator[tuple[Path, int]]:
    """A pipe, and Nagios at its other end."""
    path = folder / "nagios.cmd"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield path, reader
    finally:
        os.close(reader)


def block(path: Path, **settings: Any) -> NagiosCommandFile:
    made = NagiosCommandFile(path=str(path), **settings)
    made._clock = StoppedClock()
    return made


async def written(folder: Path, about: Alert, author: str, comment: str, **settings: Any) -> str:
    with command_file(folder) as (path, reader):
        await block(path, **settings).acknowledge(KEY, about, author, comment)
        return os.read(reader, 65536).decode()


async def refused(folder: Path, about: Alert, author: str = "Alice") -> str:
    with command_file(folder) as (path, reader):
        with pytest.raises(Rejected) as caught:
            await block(path).acknowledge(KEY, about, author, "INC-42")
        assert os.read(reader, 1) == b""
    return str(caught.value)


async def test_the_problem_of_a_service_is_acknowledged_until_it_recovers(tmp_path: Path) -> None:
    line = await written(tmp_path, HTTP, "Alice", "INC-42; perché?")
    assert line == f"[{AT}] ACKNOWLEDGE_SVC_PROBLEM;web01;HTTP;2;0;0;Alice;INC-42; perché?\n"


async def test_the_problem_of_a_host_is_acknowledged_as_told(tmp_path: Path) -> None:
    line = await written(tmp_path, HOST, "Alice", "INC-42", sticky=False, notify=True)
    assert line == f"[{AT}] ACKNOWLEDGE_HOST_PROBLEM;web01;1;1;0;Alice;INC-42\n"


EVIL = [
    alert(host="web01\n[0] SHUTDOWN_PROGRAM"),
    alert(host="web01;DB"),
    alert(host="web01", service="HTTP;2;1;1;x;y\n[0] DISABLE_NOTIFICATIONS"),
    alert(host="web01\r"),
    alert(host="web01", service="HTTP\0"),
    alert(),
]


@pytest.mark.parametrize("about", EVIL, ids=lambda about: ascii(about.labels))
async def test_a_name_that_would_be_more_than_a_name_is_refused(tmp_path: Path, about: Alert) -> None:
    assert "label" in await refused(tmp_path, about)


async def test_a_person_s_words_stay_one_line_and_one_field(tmp_path: Path) -> None:
    line = await written(tmp_path, HOST, "Ali;ce\n", "INC-42\n[0] SHUTDOWN_PROGRAM\u2028x")
    assert line.endswith(";Ali,ce;INC-42 [0] SHUTDOWN_PROGRAM x\n")
    assert line.count("\n") == 1


async def test_what_no_charset_holds_is_written_all_the_same(tmp_path: Path) -> None:
    assert (await written(tmp_path, HOST, "Al\ud83dice", "x\ud83d")).endswith(";Al?ice;x?\n")


async def test_a_long_comment_is_cut_so_that_the_line_leaves_in_one_piece(tmp_path: Path) -> None:
    line = await written(tmp_path, HOST, "Alice", "è" * 5000)
    assert len(line.encode()) <= 4096
    assert line.endswith("è\n")


async def test_names_that_are_too_long_for_a_command_are_refused(tmp_path: Path) -> None:
    assert "too long" in await refused(tmp_path, alert(host="h" * 5000))


async def test_a_nagios_that_is_not_running_is_told_later(tmp_path: Path) -> None:
    with pytest.raises(RetryLater, match="when it starts"):
        await block(tmp_path / "nagios.cmd").acknowledge(KEY, HOST, "Alice", "INC-42")
    os.mkfifo(tmp_path / "nagios.cmd")
    with pytest.raises(RetryLater, match="not running"):
        await block(tmp_path / "nagios.cmd").acknowledge(KEY, HOST, "Alice", "INC-42")


async def test_a_nagios_that_does_not_keep_up_is_told_later(tmp_path: Path) -> None:
    with command_file(tmp_path) as (path, _):
        filler = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        os.write(filler, b"x" * 2**20)
        with pytest.raises(RetryLater, match="busy"):
            await block(path).acknowledge(KEY, HOST, "Alice", "INC-42")
        os.close(filler)


@pytest.mark.parametrize("kind", ["a file", "a folder"])
async def test_what_is_no_pipe_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "nagios.cmd"
    path.write_text("kept") if kind == "a file" else path.mkdir()
    with pytest.raises(Rejected, match="command file"):
        await block(path).acknowledge(KEY, HOST, "Alice", "INC-42")
    assert path.is_dir() or path.read_text() == "kept"
