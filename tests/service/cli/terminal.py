"""What does a test of the command line sit at? A terminal at which the command runs in this process."""

import json
from datetime import UTC, datetime
from typing import Any

from typer.testing import CliRunner, Result

from incident.decisions import Question
from incident.lifecycle import Phase
from ledger.decisions import ask
from ledger.engine import Ledger
from ledger.escalations import advance
from ledger.incidents import enter_phase
from service.cli import app
from tests.ledger.desk import Desk


class Terminal:
    """Somebody at a terminal."""

    def run(self, *command: str, stdin: str | bytes | None = None) -> Result:
        """Run a command."""
        return CliRunner().invoke(app, list(command), input=stdin)

    def json(self, *command: str, stdin: str | bytes | None = None) -> Any:
        """What a command that succeeds prints for programs."""
        done = self.run(*command, stdin=stdin)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def fails(self, *command: str) -> str:
        """The sentence with which a command fails."""
        done = self.run(*command)
        assert (done.exit_code, done.stdout) == (1, ""), done.output
        return done.stderr.strip()


class ConnectedTerminal(Terminal):
    """One with the ledger of a small organisation at hand."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.desk = Desk(ledger)

    def open_incident(self) -> None:
        """An alert has opened INC-1 just now, and its first page is owed."""
        self.desk.open(datetime.now(UTC))
        self.ledger.write(advance, 1, datetime.now(UTC))

    def ask(self, question: Question = Question.ASSESS) -> None:
        """The run of INC-1 asks its manager."""
        now = datetime.now(UTC)
        self.ledger.write(enter_phase, "INC-1", Phase.ASSESS, now)
        self.ledger.write(ask, "INC-1", question, 1, "", now)
