# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How does one read a handoff note on the command line, and write something for the next?"""

from typing import Annotated

import typer

from service.cli.app import print_json, printable, utc_now
from service.cli.incidents import As, Json
from service.cli.oncall import oncall


def add_to(_app: typer.Typer) -> None:
    """Nothing more: the commands of this module stand under `incident oncall`."""


@oncall.command()
def handoff(
    schedule: Annotated[str | None, typer.Option(help="Only of this one of the schedules.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="The last change before it; 2027-03-28T02:30+01:00.")
    ] = None,
    draft: Annotated[  # noqa: FBT002  a flag
        bool, typer.Option("--draft", help="What a note would say if it were written then.")
    ] = False,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """The note that was written when the duty last changed hands, of each schedule."""
    from service.cli.handoff_notes import as_text, notes
    from service.cli.instants import instant

    found = notes(schedule, instant(at) if at else utc_now(), drafts=draft)
    if as_json:
        print_json([note.model_dump(mode="json") for _, note in found])
        return
    for number, note in found:
        typer.echo("\n".join(printable(line) for line in as_text(number, note).splitlines()))
    if not found:
        typer.echo("no duty has changed hands yet; --draft tells what a note would say now")


@oncall.command(name="remark")
def write_remark(
    schedule: Annotated[str, typer.Argument(metavar="SCHEDULE", help="A name under schedules:.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the next should know.")],
    person: As = None,
) -> None:
    """Write something for whoever comes on call next: it goes into the next handoff note."""
    from ledger.remarks import remark
    from service.cli.rota_door import by_hand

    with by_hand(person) as (ledger, actor):
        ledger.write(remark, schedule, text, by=actor.person, via=actor.via, now=utc_now())
    typer.echo(f"{schedule}: it goes into the next handoff note")
