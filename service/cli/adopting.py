# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How does a schedule of another engine come into `incident.yaml`? `incident oncall import`."""

from typing import Annotated

import typer

from service.cli.app import printable
from service.cli.oncall import oncall, read_file


def add_to(_app: typer.Typer) -> None:
    """Nothing to add: the command of this module belongs to `incident oncall`."""


@oncall.command(name="import")
def import_schedule(
    file: Annotated[str, typer.Argument(metavar="FILE", help="One schedule, as JSON; - for stdin.")],
    name: Annotated[str, typer.Option(help="What it is called under schedules:.")] = "imported",
) -> None:
    """Print a schedule in the neutral format as text for incident.yaml."""
    from incident.neutral import write_schedule
    from service.cli.resolving import check_name, schedule_in
    from service.writing_yaml import write_yaml

    check_name(name)
    schedule = schedule_in(read_file(file))
    typer.echo(write_yaml({"schedules": {name: write_schedule(schedule)}}), nl=False)
    if people := sorted(schedule.people()):
        typer.echo(printable(f"names that must stand under people: {', '.join(people)}"), err=True)
