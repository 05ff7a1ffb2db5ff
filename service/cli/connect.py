# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How is a connection to a vendor set up? `incident connect` asks, saves, and tries it."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import print_json, printable


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(connect)


def connect(
    slug: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="Left out: lists the types.")] = None,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="How you call it, such as ops.")
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; may be repeated.")
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VARIABLE", help="A secret, from an environment variable."),
    ] = None,
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Whom the test goes to, or the schedule.")] = "",
    registration: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Matrix: of its application service; written if it is not there."),
    ] = None,
    no_trial: Annotated[bool, typer.Option("--no-trial", help="Save it without trying it.")] = False,  # noqa: FBT002
    as_json: Annotated[bool, typer.Option("--json", help="List the types for programs.")] = False,  # noqa: FBT002
) -> None:
    """Set up a connection to a vendor, and try it for real.

    Asks for its settings and saves it as a Prefect block.
    """
    from service.cli.connecting import known_types, set_up

    if slug is None and as_json:
        print_json([vars(each) for each in known_types()])
    elif slug is None:
        for each in known_types():
            typer.echo(f"{each.type:<22} {each.kind:<16} {each.name}")
    else:
        given = (slug, name or slug, setting or [], secret or [], to)
        for line in set_up(*given, trial=not no_trial, registration=registration):
            typer.echo(printable(line))
