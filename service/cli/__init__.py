"""What can be done on the command line? `incident`, one module per sort of command.

Prefect and the databases take a second to import, so each command imports what it needs when it runs: that
`incident --help` and `incident alerts parse` answer at once is worth imports inside functions here, and only here.
"""

from service.cli import alerts, decide, incidents, oncall, system
from service.cli.app import app

__all__ = ["app", "main"]

alerts.add_to(app)
decide.add_to(app)
incidents.add_to(app)
oncall.add_to(app)
system.add_to(app)


def main() -> None:
    """The entry point."""
    app()
