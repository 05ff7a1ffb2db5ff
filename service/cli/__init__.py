"""What can be done on the command line? `incident`, one module per sort of command.

Prefect and the databases take a second to import, so each command imports what it needs when it runs: that
`incident --help` and `incident alerts parse` answer at once is worth imports inside functions, here only.
"""

from service.cli import (
    adopting,
    alerts,
    asking_why,
    calendars,
    connect,
    contacts,
    decide,
    handing_over,
    heartbeats,
    incidents,
    linking,
    maintaining,
    oncall,
    overriding,
    quieting_sources,
    sharing,
    silencing,
    swapping,
    system,
)
from service.cli.app import app

__all__ = ["app", "main"]

for module in (
    system,
    incidents,
    decide,
    asking_why,
    oncall,
    adopting,
    handing_over,
    overriding,
    swapping,
    linking,
    sharing,
    calendars,
    contacts,
    heartbeats,
    connect,
    alerts,
    silencing,
    quieting_sources,
    maintaining,
):
    module.add_to(app)


def main() -> None:
    """The entry point."""
    app()
