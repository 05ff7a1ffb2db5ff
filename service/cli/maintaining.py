# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How do people say on the command line that something is being worked on?"""

from typing import Annotated, Any

import typer

from service.cli.app import print_json, printable, utc_now
from service.cli.incidents import As, Json

maintenance = typer.Typer(
    help="When something is worked on: its alerts wake nobody.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As the list shows it, such as M1.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(maintenance, name="maintenance")


@maintenance.command()
def add(
    comment: Annotated[str, typer.Option(metavar="TEXT", help="What is being done; it is in every reason.")],
    service: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A name under services:; may be repeated.")
    ] = None,
    matcher: Annotated[
        list[str] | None,
        typer.Option(metavar="MATCHER", help="Or alerts: 'host=~\"db.*\"'; all are met."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="When it begins (first); left out: now.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="When it ends (first), on the wall clock.")
    ] = None,
    duration: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="Or how long it lasts each time.")
    ] = None,
    repeat: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="daily, weekdays, weekly, monthly, yearly, or an RRULE."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="From when on it does not begin again.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Left out: that of the working hours.")
    ] = None,
    person: As = None,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Make a window, now or in the future; what still fires at its end opens an incident."""
    values = {
        "comment": comment,
        "services": service or [],
        "matchers": matcher or [],
        "start": start or utc_now().isoformat(),
        "end": end,
        "for": duration,
        "repeat": repeat,
        "until": until,
        "timezone": timezone,
    }
    _add({name: value for name, value in values.items() if value is not None}, person, as_json=as_json)


@maintenance.command("list")
def list_maintenance(
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,  # noqa: FBT002  a flag
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """List the windows that hold or are to come, of incident.yaml too."""
    from ledger.quiet_listing import maintenances
    from service.cli.found import found_ledger
    from service.cli.quiet_on_screen import maintenance_line
    from service.quiet_words import tell_maintenance

    now = utc_now()
    with found_ledger() as ledger:
        told = [tell_maintenance(*found, now) for found in ledger.read(maintenances, now, every=every)]
    if as_json:
        print_json([each.model_dump(mode="json") for each in told])
        return
    for each in told:
        typer.echo(printable(maintenance_line(each)))
    if not told:
        typer.echo("no maintenance is planned")


@maintenance.command()
def end(
    name: Name,
    only_this_time: Annotated[  # noqa: FBT002  a flag
        bool, typer.Option("--this-time", help="Of one that repeats: the next time comes all the same.")
    ] = False,
    person: As = None,
) -> None:
    """End a window now; of one in incident.yaml only the time that is now."""
    from ledger.maintenance import end_maintenance, maintenance_row
    from service.cli.quiet_on_screen import maintenance_line
    from service.cli.rota_door import by_hand
    from service.quiet_words import tell_maintenance

    now = utc_now()
    with by_hand(person) as (ledger, actor):
        ended = ledger.write(end_maintenance, name, actor, now, only_this_time=only_this_time)
        row = ledger.read(maintenance_row, name)
    typer.echo(printable(maintenance_line(tell_maintenance(ended, row, now))))


def _add(values: dict[str, Any], person: str | None, *, as_json: bool) -> None:
    from ledger.configurations import configuration_in_force
    from ledger.maintenance import add_maintenance, maintenance_row
    from ledger.quiet_listing import preview
    from service.cli.quiet_on_screen import maintenance_line, preview_line
    from service.cli.rota_door import by_hand
    from service.quiet_words import NewMaintenance, read_wanted, tell_maintenance

    now = utc_now()
    with by_hand(person) as (ledger, actor):
        _, configuration = ledger.read(configuration_in_force)
        here = {"timezone": configuration.organisation.working_hours.timezone}
        wanted = read_wanted(NewMaintenance, {"window": here | values})
        made = ledger.write(add_maintenance, wanted.window, actor, now)
        row = ledger.read(maintenance_row, made.name)
        found = ledger.read(preview, wanted.window.covers, now)
    told = tell_maintenance(made, row, now)
    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    typer.echo(printable(maintenance_line(told)))
    typer.echo(printable(preview_line(found)))
