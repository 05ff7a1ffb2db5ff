# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Which calendars go out, and what became of those that come in?"""

from typing import Annotated

import typer

from service.cli.app import print_json
from service.cli.oncall import oncall


def add_to(_app: typer.Typer) -> None:
    """Nothing to add: the commands of this module belong to `incident oncall`."""


@oncall.command()
def feed(
    schedule: Annotated[str | None, typer.Option(help="The calendar of a schedule.")] = None,
    person: Annotated[str | None, typer.Option(help="Or that of a person, over all schedules.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """Show the address to which a calendar program subscribes; whoever has it can read that calendar."""
    from incident.publication import CalendarOf
    from service.cli.feeding import address

    match schedule, person:
        case str(), None:
            url = address(CalendarOf.SCHEDULE, schedule)
        case None, str():
            url = address(CalendarOf.PERSON, person)
        case _:
            raise typer.BadParameter("name either --schedule S or --person P")
    if as_json:
        print_json({"schedule": schedule, "person": person, "url": url})
    else:
        typer.echo(url)
