# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Do people's contacts work? `incident contacts list`, `verify` and `confirm`."""

from typing import Annotated

import typer

from service.cli.app import print_json, printable

contacts = typer.Typer(
    help="Which contacts people have, and whether messages arrive.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Who = Annotated[str, typer.Argument(metavar="PERSON", help="A name under people:.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(contacts, name="contacts")


@contacts.command("list")
def list_contacts(
    person: Annotated[str | None, typer.Argument(metavar="[PERSON]", help="Only this one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """List everybody's contacts, and who has confirmed that messages arrive."""
    from service.cli.verifying import lines

    found = lines(person)
    if as_json:
        print_json([line.model_dump(mode="json") for line in found])
        return
    for line in found:
        typer.echo(printable(str(line)))


@contacts.command()
def verify(
    person: Who,
    by: Annotated[str | None, typer.Option(metavar="METHOD", help="Only this contact; all of them.")] = None,
    speaker: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", envvar="INCIDENT_PERSON", help="Who asks for it.")
    ] = None,
) -> None:
    """Send a test message to the contacts of a person, with a code and a link to confirm it."""
    from service.cli.verifying import verify as send_tests

    for sentence in send_tests(person, by, speaker):
        typer.echo(printable(sentence))


@contacts.command()
def confirm(
    person: Who, code: Annotated[str, typer.Argument(metavar="CODE", help="What the test message says.")]
) -> None:
    """Confirm that a test message arrived."""
    from service.cli.verifying import confirm as keep

    typer.echo(printable(keep(person, code)))
