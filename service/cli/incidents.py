# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Which incidents are there, what is known about one, and what do people do to it?"""

from typing import Annotated

import typer

from incident.configuration import Role
from incident.decisions import Via
from service.cli.app import print_json, utc_now

Key = Annotated[str, typer.Argument(metavar="KEY", help="Such as INC-1.")]
Json = Annotated[bool, typer.Option("--json", help="For programs; docs/cli.md names the fields.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="PERSON", envvar="INCIDENT_PERSON", help="Who you are: a name under people:."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("list")(list_incidents)
    for command in (show, declare, ack, escalate, note, assign, merge, split, repair):
        app.command()(command)


def list_incidents(
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,  # noqa: FBT002  a flag
    limit: Annotated[int, typer.Option(min=1, help="At most so many of --all, newest first.")] = 200,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """List the incidents that need people."""
    from service.cli import story_on_screen
    from service.cli.found import found_ledger
    from service.cli.reading import Line, lines

    with found_ledger() as ledger:
        found: list[Line] = ledger.read(lines, limit=limit if every else None)
    if as_json:
        print_json([line.model_dump(mode="json") for line in found])
    else:
        story_on_screen.show_list(found)


def show(key: Key, as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Show everything that is known about an incident."""
    from ledger.story import tell
    from service.cli import story_on_screen
    from service.cli.found import found_ledger, here
    from service.cli.reading import as_plain

    place = here()
    with found_ledger(place) as ledger:
        story = ledger.read(tell, key)
    if as_json:
        print_json(as_plain(story, place.base_url))
    else:
        story_on_screen.show_story(story, place.base_url)


def declare(
    service: Annotated[str, typer.Option(help="A name under services:.")],
    title: Annotated[str, typer.Option(help="What is wrong, in a few words.")],
    description: Annotated[str, typer.Option(help="What else is known.")] = "",
    severity: Annotated[
        str, typer.Option(metavar="WORD", help="critical, error, warning or info; a person decides later.")
    ] = "critical",
    person: As = None,
) -> None:
    """Open an incident that no monitor has seen."""
    from service.cli.declaring import Declaration
    from service.cli.declaring import declare as declare_it

    declaration = Declaration(service=service, title=title, description=description, severity=severity)
    typer.echo(declare_it(declaration, person))


def ack(key: Key, person: As = None) -> None:
    """Acknowledge: you take it, and nobody else is paged."""
    from ledger.by_hand import acknowledge_all
    from ledger.incidents import configuration_for
    from service.cli.found import found_ledger, speaker

    with found_ledger() as ledger:
        incident, configuration = ledger.read(configuration_for, key)
        who = speaker(person, configuration.people)
        purposes = ledger.write(acknowledge_all, key, who, via=Via.CLI, now=utc_now())
    if purposes:
        typer.echo(f"{who} acknowledged {key} ({', '.join(purposes)})")
    else:
        before = f"; {incident.acknowledged_by} has acknowledged" if incident.acknowledged_by else ""
        typer.echo(f"nobody is being paged for {key}{before}")


def escalate(
    key: Key,
    purpose: Annotated[
        str | None, typer.Option(help="What it pages for; left out: the incident manager.")
    ] = None,
    person: As = None,
) -> None:
    """Page the next level now, even after an acknowledgement."""
    from service.cli.climbing import escalate as escalate_it

    typer.echo(escalate_it(key, purpose, person))


def note(key: Key, text: Annotated[str, typer.Argument(metavar="TEXT")], person: As = None) -> None:
    """Write a line into the timeline."""
    from ledger.by_hand import write_note
    from ledger.incidents import configuration_for
    from service.cli.found import found_ledger, speaker

    if not text.strip():
        raise typer.BadParameter("a note needs words", param_hint="TEXT")
    with found_ledger() as ledger:
        _, configuration = ledger.read(configuration_for, key)
        who = speaker(person, configuration.people)
        ledger.write(write_note, key, text.strip(), who, via=Via.CLI, now=utc_now())
    typer.echo(f"noted in {key}")


def assign(
    key: Key,
    role: Annotated[Role, typer.Argument(help="What they do from now on.")],
    whom: Annotated[str, typer.Argument(metavar="PERSON", help="Who takes the role.")],
    person: As = None,
) -> None:
    """Give a role of an incident to somebody."""
    from service.cli.assigning import assign as assign_it

    typer.echo(assign_it(key, role, whom, person))


def merge(
    key: Key,
    into: Annotated[str, typer.Option(metavar="KEY", help="The incident that goes on for both.")],
    person: As = None,
) -> None:
    """Merge an incident into another of the same problem."""
    from service.cli.merging import merge as merge_it

    typer.echo(merge_it(key, into, person))


def split(
    key: Key,
    alert: Annotated[
        int, typer.Option(min=1, max=2**31 - 1, help="Its number, as `incident alerts list` has it.")
    ],
    person: As = None,
) -> None:
    """Split an alert off an incident: it opens one of its own."""
    from service.cli.merging import split as split_it

    typer.echo(split_it(key, alert, person))


def repair(key: Key, as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Try again now what tools have not given an incident."""
    from service.cli.found import found_ledger
    from service.cli.repairing import repair as repair_it
    from service.cli.repairing import sentences

    with found_ledger() as ledger:
        outcomes = repair_it(ledger, key, utc_now)
    if as_json:
        print_json([each.model_dump(mode="json") for each in outcomes])
    else:
        for sentence in sentences(key, outcomes):
            typer.echo(sentence)
    if any(each.state != "there" for each in outcomes):
        raise typer.Exit(1)
