# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Is the duty shared evenly? `incident oncall fairness`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from incident.errors import ConfigurationError
from service.cli.app import print_json, printable, utc_now
from service.cli.oncall import oncall

AHEAD = timedelta(days=90)
"""Long enough for everybody to have had a turn in most rotations."""


def add_to(_: typer.Typer) -> None:
    """Add the command of this module to the others about who is on call."""
    oncall.command()(fairness)


def fairness(
    schedule: Annotated[str | None, typer.Option(help="Only this one of the schedules.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Counted from then; now.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Until then; 90 days later.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Instead of the configuration in force.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """Count hours, nights, weekends and holidays per person, and propose who should take which shift."""
    from service.cli import shares
    from service.cli.duty import away, chosen, configured
    from service.cli.instants import instant

    now = utc_now().replace(microsecond=0)
    since = instant(start) if start else now
    until = instant(end) if end else since + AHEAD
    if until <= since:
        raise ConfigurationError([f"--to {end} does not come after the beginning; write a later time"])
    configuration, absent = configured(file, since), away(file)
    found = [
        shares.fairness(configuration, name, (since, until), now, absent)
        for name in chosen(configuration.schedules, schedule)
    ]
    if as_json:
        print_json([each.model_dump(mode="json", by_alias=True) for each in found])
        return
    for each in found:
        for line in each.lines():
            typer.echo(printable(line))
    if not found:
        typer.echo("no schedule is configured")
