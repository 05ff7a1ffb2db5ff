# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How is the whole system started, checked and audited?"""

import os
from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import print_json, printable, utc_now

Json = Annotated[bool, typer.Option("--json", help="For programs; docs/cli.md names the fields.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, demo, check, audit):
        app.command()(command)


def up(
    file: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="incident.yaml here, else a minimum.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of the web service.")] = 8080,
    prefect_port: Annotated[int, typer.Option(min=1, max=65535, help="Of the Prefect server.")] = 4200,
) -> None:
    """Run everything on this machine until Ctrl-C."""
    from service.configuration import find_file
    from service.home import home_of
    from service.up import Settings, run_up

    configuration = find_file(file, Path.cwd())
    home = home_of(os.environ).path
    run_up(Settings(home=home, configuration=configuration, port=port, prefect_port=prefect_port))


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards, for a look around.")] = False,  # noqa: FBT002
) -> None:
    """Play one incident from alert to retrospective."""
    from service.demo.show import run_demo

    run_demo(keep=keep)


def check(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="incident.yaml.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema, for editors.")] = False,  # noqa: FBT002
    accept: Annotated[bool, typer.Option("--accept", help="Put a valid file in force.")] = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Check a configuration file, line by line."""
    from service.cli import checking

    if schema:
        print_json(checking.schema())
        return
    report = checking.check(file or Path(checking.FILE_NAME), accept=accept)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        for line in report.lines():
            typer.echo(line)
    if not report.ok:
        raise typer.Exit(1)


def audit(as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Prove that nothing was lost (exit code 1 if it was)."""
    from ledger.audit import audit as audit_ledger
    from service.cli.auditing import lines
    from service.cli.found import found_ledger

    with found_ledger() as ledger:
        found = ledger.read(audit_ledger, utc_now())
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        for line in lines(found):
            typer.echo(printable(line))
    if not found.ok:
        raise typer.Exit(1)
