"""Does the command work as a process: exit codes, quick answers, and a conversation at a real terminal?"""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.tables import DecisionRow
from tests.service.cli.terminal import ConnectedTerminal

ROOT = Path(__file__).parents[3]
COMMANDS = {
    *("up", "demo", "check", "audit", "list", "show", "declare", "ack", "decide", "note", "assign"),
    *("alerts", "connect", "contacts", "escalate", "heartbeats", "maintenance", "merge", "oncall"),
    *("repair", "silence", "silence-source", "split", "why"),
}
COMMAND = "import sys; from service.cli import main; sys.argv[0] = 'incident'; main()"
IMPORTED = """
import sys
from service.cli import main
try:
    main()
except SystemExit:
    print("imported", *(each for each in ("prefect", "sqlalchemy") if each in sys.modules), file=sys.stderr)
"""


def run(*arguments: str, program: str = COMMAND, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--help"], 0, id="0: help"),
        pytest.param(["list", "--json"], 0, id="0: done"),
        pytest.param(["show", "INC-9"], 1, id="1: there is none"),
        pytest.param(["check", "gone.yaml"], 1, id="1: found something"),
        pytest.param(["show"], 2, id="2: no key"),
        pytest.param(["shwo", "INC-1"], 2, id="2: no such command"),
    ],
)
def test_the_exit_code_says_how_it_went(terminal: ConnectedTerminal, arguments: list[str], code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_is_explained_in_one_sentence(nowhere: Path) -> None:
    lines = run("--help").stdout.partition("Commands:\n")[2].splitlines()
    explained = {line.split()[0]: line for line in lines}
    assert set(explained) == COMMANDS
    assert all(line.endswith((".", ").")) and "..." not in line for line in explained.values())


@pytest.mark.parametrize(
    ("arguments", "imported"),
    [
        pytest.param(["--help"], "imported", id="help needs nothing"),
        pytest.param(
            ["alerts", "parse", "--source", "generic", "-"], "imported", id="alerts parse needs nothing"
        ),
        pytest.param(["oncall", "resolve", "--batch", "-"], "imported", id="resolving needs nothing"),
        pytest.param(["show", "INC-1"], "imported sqlalchemy", id="show needs the ledger"),
        pytest.param(["list"], "imported sqlalchemy", id="list needs the ledger"),
        pytest.param(["ack", "INC-1", "--as", "bob"], "imported sqlalchemy", id="ack needs the ledger"),
        pytest.param(["audit"], "imported sqlalchemy", id="audit needs the ledger"),
        pytest.param(["oncall"], "imported sqlalchemy", id="oncall needs the ledger"),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    terminal: ConnectedTerminal, arguments: list[str], imported: str
) -> None:
    terminal.open_incident()
    done = run(*arguments, program=IMPORTED, stdin='{"title": "Slow", "cases": []}')
    assert done.stderr.splitlines()[-1] == imported


def test_a_person_at_a_terminal_is_asked_until_the_answer_can_be_acted_on(
    terminal: ConnectedTerminal,
) -> None:
    terminal.open_incident()
    terminal.ask()
    ours, theirs = pty.openpty()
    typed = [
        "y",
        "Nobody can pay",
        "",
        "all",
        "yesterday",
        "",
        "",
        "1",
        *[""] * 4,
        "2026-11-23T03:10",
        *[""] * 3,
    ]
    os.write(ours, "".join(f"{line}\n" for line in typed).encode())
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "decide", "INC-1", "--as", "bob"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "'yesterday' is no time" in done.stderr
    (row,) = terminal.desk.rows(DecisionRow)
    assert row.answer is not None
    assert (row.by, row.answer["severity"], row.answer["impact"], row.answer["started_at"]) == (
        "bob",
        "1",
        "Nobody can pay",
        "2026-11-23T03:10",
    )
