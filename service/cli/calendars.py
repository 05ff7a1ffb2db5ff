# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Which calendars go out, and what became of those that come in?"""

from typing import Annotated

import typer

from service.cli.app import print_json, printable, utc_now
from service.cli.incidents import Json
from service.cli.oncall import oncall


def add_to(_app: typer.Typer) -> None:
    """Add the commands of this module, under `incident oncall`."""
    for each in (feed, imports, vacations):
        oncall.command()(each)


def feed(
    schedule: Annotated[str | None, typer.Option(help="The calendar of a schedule.")] = None,
    person: Annotated[str | None, typer.Option(help="Or that of a person, over all schedules.")] = None,
    as_json: Json = False,  # noqa: FBT002  a flag
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


def imports(as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Show the calendars of others: when they were read, and what in them could not be used."""
    from service.cli.found import found_ledger
    from service.cli.importing import import_lines
    from service.cli.importing import imports as found

    with found_ledger() as ledger:
        if as_json:
            print_json([each.model_dump(mode="json") for each in ledger.read(found, utc_now())])
            return
        lines = ledger.read(import_lines, utc_now())
    for each in lines:
        typer.echo(printable(each))
    if not lines:
        typer.echo("no calendar is imported")


def vacations(as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Show who is on call in the next 90 days although they are away, and who could stand in."""
    from service.cli.found import found_ledger
    from service.cli.importing import Away, line, shifts_of_absent

    with found_ledger() as ledger:
        found = ledger.read(shifts_of_absent, utc_now())
    if as_json:
        print_json([Away.model_validate(each).model_dump(mode="json") for each in found])
        return
    for each in found:
        typer.echo("\n".join(map(printable, line(each).split("\n"))))
    if not found:
        typer.echo("nobody is on call while they are away")
