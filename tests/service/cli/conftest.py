"""What does a test of the command line start with? A terminal, and a system that it speaks to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from tests.incident.organisations import organisation
from tests.service.cli.terminal import ConnectedTerminal

OURS = ("INCIDENT_HOME", "INCIDENT_LEDGER_URL", "INCIDENT_BASE_URL", "INCIDENT_PERSON", "PREFECT_API_URL")


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory in which no system runs."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "nobody-here")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def terminal(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectedTerminal]:
    """A terminal with the small organisation in force, without Prefect."""
    url = f"sqlite:///{nowhere / 'ledger.db'}"
    monkeypatch.setenv("INCIDENT_LEDGER_URL", url)
    monkeypatch.setenv("INCIDENT_BASE_URL", "http://127.0.0.1:8080")
    ledger = Ledger(url)
    migrate(ledger)
    ledger.write(accept_configuration, organisation(), datetime.now(UTC))
    yield ConnectedTerminal(ledger)
    ledger.close()
