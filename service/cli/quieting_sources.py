# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How does a person have monitors keep quiet about an incident, by the command line?"""

from typing import Annotated

import typer

from service.cli.incidents import As, Key


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(silence_source)


def silence_source(
    key: Key,
    *,
    duration: Annotated[
        str, typer.Option("--for", metavar="DURATION", help="How long, such as 30m or 2h.")
    ] = "",
    end: Annotated[bool, typer.Option("--end", help="Instead: let the monitors speak again.")] = False,
    person: As = None,
) -> None:
    """Silence an incident at the monitors themselves."""
    from service.cli.source_silences import end_silences, silence

    if bool(duration) == end:
        raise typer.BadParameter("write either --for DURATION or --end")
    typer.echo(end_silences(key, person) if end else silence(key, duration, person))
