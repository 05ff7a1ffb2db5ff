"""Does a changed file come into force, and does a broken one leave the last good one there?"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.configurations import configuration_in_force
from ledger.engine import Ledger
from ledger.migrating import migrate
from service.configuration_watch import changed, follow
from service.minimum import DEFAULT
from tests.incident.organisations import SOUND

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BROKEN = SOUND.replace("person: alice", "person: carl")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "incident.yaml"
    file.write_text(SOUND)
    return file


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(ledger)
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
    file.write_text(SOUND.replace("Alice", "Alice Rossi"))
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
    file.write_text(SOUND.replace("Alice", "Alice again"))
    follow(ledger, file, seen, NOW, {})
    assert name_in_force(ledger) == "Alice again"


def test_what_will_hurt_is_warned_about_once_and_does_not_refuse_the_edit(
    file: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    seen = follow(ledger, file, None, NOW, {})
    alone = SOUND.replace("Alice", "Alice Rossi").replace(", fallback: [{person: bob}]", "")
    file.write_text(alone + "schedules: {night: {timezone: UTC, layers: []}}\n")
    with caplog.at_level(logging.WARNING):
        seen = follow(ledger, file, seen, NOW, {})
        follow(ledger, file, seen, NOW, {})
    assert name_in_force(ledger) == "Alice Rossi"
    always = "for all of the next 30 days"
    alice = f"wakes only alice {always}; add a second person to a level or to fallback:"
    assert caplog.messages == [
        f"{file}:4: policies.night: a severity 1 of checkout {alice}",
        f"{file}:10: schedules.night: nobody is on call {always}: the schedule has no layers",
    ]


def test_nobody_is_warned_about_the_built_in_minimum(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        follow(ledger, DEFAULT, None, NOW, {})
    assert caplog.messages == []
