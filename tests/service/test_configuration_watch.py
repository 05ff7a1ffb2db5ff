"""Does a changed file come into force, and does a broken one leave the last good one there?"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.configurations import configuration_in_force
from ledger.engine import Ledger
from service.configuration_watch import changed, follow

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GOOD = """\
people: {alice: {name: Alice, contacts: [{via: console}]}}
policies: {night: {levels: [{targets: [{person: alice}]}]}}
services: {checkout: {policy: night}}
default_service: checkout
"""
BROKEN = GOOD.replace("person: alice", "person: bob")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "incident.yaml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.migrate()
    yield ledger
    ledger.close()


def name_in_force(ledger: Ledger) -> str:
    return ledger.read(configuration_in_force)[1].people["alice"].name


def test_a_file_that_did_not_change_is_no_change(file: Path) -> None:
    first = changed(file, None, {})
    assert first is not None
    assert changed(file, first.seen, {}) is None


def test_a_changed_file_comes_into_force(file: Path, ledger: Ledger) -> None:
    seen = follow(ledger, file, None, NOW, {})
    file.write_text(GOOD.replace("Alice", "Alice Rossi"))
    follow(ledger, file, seen, NOW, {})
    assert name_in_force(ledger) == "Alice Rossi"


@pytest.mark.parametrize("broken", [BROKEN, "a: [", ""])
def test_a_broken_file_is_logged_once_and_the_last_good_one_stays(
    file: Path, ledger: Ledger, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = follow(ledger, file, None, NOW, {})
    file.write_text(broken)
    with caplog.at_level(logging.ERROR):
        seen = follow(ledger, file, seen, NOW, {})
        told = len(caplog.records)
        assert follow(ledger, file, seen, NOW, {}) == seen
    assert told == len(caplog.records)
    assert caplog.messages[0].endswith("is refused, the last good configuration stays in force")
    assert all(message.startswith(str(file)) for message in caplog.messages)
    assert name_in_force(ledger) == "Alice"


def test_a_file_that_disappears_is_logged_and_may_come_back(
    file: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    seen = follow(ledger, file, None, NOW, {})
    file.unlink()
    seen = follow(ledger, file, seen, NOW, {})
    assert "No such file" in caplog.text
    file.write_text(GOOD.replace("Alice", "Alice again"))
    follow(ledger, file, seen, NOW, {})
    assert name_in_force(ledger) == "Alice again"
