"""Do the commands that the documentation names exist, and do they explain themselves?"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from service.cli import app
from tests.repository.tree import ROOT, pages

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS: dict[str, str] = dict(re.findall(r"^([a-z]+):.*?## (.+)$", MAKEFILE, re.MULTILINE))
IN_CODE = re.compile(r"`{3}\w*\n(.*?)`{3}|`([^`\n]+)`", re.DOTALL)
MAKE = re.compile(r"^(?:\$ )?make ([a-z]+)", re.MULTILINE)
INCIDENT = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?incident ([a-z][^\n#|>\\]*)", re.MULTILINE)

COMMANDS: Any = typer.main.get_command(app)


def test_every_target_of_the_makefile_is_explained_in_one_line() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)

    assert phony
    assert set(phony[1].split()) - {"FORCE"} == set(TARGETS)


def test_make_alone_lists_its_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert re.findall(r"^  make ([a-z]+) ", listed, re.MULTILINE) == list(TARGETS)


def test_a_python_that_does_not_fit_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n')
    old.chmod(0o755)

    make = ["make", "demo", f"PYTHON={old}"]
    done = subprocess.run(make, cwd=tmp_path, check=False, capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith("Python 3.11 or 3.12 is needed, and")
    assert "Python 3.9.2" in done.stderr
    assert not (tmp_path / ".venv").exists()


def in_code(page: Path) -> Iterator[str]:
    """Everything that a page sets as code."""
    for block, span in IN_CODE.findall(page.read_text(encoding="utf-8")):
        yield block or span


def test_every_make_command_in_the_documentation_exists() -> None:
    named = {name for page in pages() for code in in_code(page) for name in MAKE.findall(code)}

    assert {"demo", "up", "test", "check"} <= named
    assert named <= set(TARGETS)


def written() -> set[tuple[str, ...]]:
    """Every command line of ours in the documentation, as far as its words are certain."""
    lines = {line for page in pages() for code in in_code(page) for line in INCIDENT.findall(code)}
    return {tuple(line.split()) for line in lines}


@pytest.mark.parametrize("words", sorted(written()), ids=" ".join)
def test_a_command_in_the_documentation_exists_with_its_options(words: tuple[str, ...]) -> None:
    command, rest = COMMANDS, list(words)
    while rest and hasattr(command, "commands") and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    used = {option for word in rest for option in re.findall(r"^\[?(--[a-z-]+)", word)}

    assert command is not COMMANDS, f"there is no command {words[0]}"
    assert used <= known


def every(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    for word, each in getattr(command, "commands", {}).items():
        yield f"{name} {word}", each
        yield from every(each, f"{name} {word}")


@pytest.mark.parametrize(("name", "command"), list(every(COMMANDS, "incident")), ids=str)
def test_every_command_explains_itself_in_a_sentence(name: str, command: Any) -> None:
    text = (command.help or "").split("\n\n")[0].strip()

    assert text.endswith((".", "?", ":")), f"{name}: {text!r}"
    assert text[0].isupper()
