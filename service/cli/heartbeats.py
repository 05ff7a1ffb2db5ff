# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Who is awaited, and who is silent? `incident heartbeats list` and `address`."""

from typing import Annotated

import typer

from service.cli.app import print_json, printable, utc_now

heartbeats = typer.Typer(
    help="Jobs that must call every so often.", no_args_is_help=True, rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(heartbeats, name="heartbeats")


@heartbeats.command("list")
def list_heartbeats(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """List who must call every so often, who called when, and who is silent."""
    from service.cli.awaiting import lines
    from service.cli.found import found_ledger

    with found_ledger() as ledger:
        found = ledger.read(lines, utc_now())
    if as_json:
        print_json([line.model_dump(mode="json") for line in found])
        return
    for line in found:
        typer.echo(printable(str(line)))
    if not found:
        typer.echo("nobody is awaited; heartbeats: in incident.yaml names who must call")


@heartbeats.command()
def address(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name under heartbeats:.")],
) -> None:
    """Show the address that a job calls, with its token: whoever has it can call in the job's name."""
    from service.cli.awaiting import address_of

    typer.echo(address_of(name))
