# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Who would be woken for an incident, and why, without waking anybody?"""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import print_json, utc_now
from service.cli.incidents import Json


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(why)


def why(
    service: Annotated[str, typer.Option(metavar="S", help="A name under services:; the default one.")] = "",
    severity: Annotated[int, typer.Option(min=1, max=3, help="1 critical, 2 major, 3 minor.")] = 1,
    at: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="2027-03-28T02:30+01:00; without an offset on the clock of the schedule; now.",
        ),
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option("--config", "--configuration", metavar="FILE", help="Instead of the system's own."),
    ] = None,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Rehearse an incident: who would be paged when, and why."""
    from incident.severity import Severity
    from service.cli import why_on_screen
    from service.cli.rehearsing import rehearsed

    found = rehearsed(file, service, Severity(severity), at, utc_now())
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        why_on_screen.show(found)
