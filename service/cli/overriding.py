# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How do people change a schedule for a time on the command line?"""

from enum import StrEnum
from typing import Annotated, Any

import typer

from service.cli.app import print_json, printable, utc_now
from service.cli.incidents import As, Json
from service.cli.oncall import oncall, read_file

override = typer.Typer(
    help="Change who is on call for a time; recorded with who and why.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**31 - 1, help="As the list shows it.")]
Why = Annotated[str, typer.Option(help="Why; others read it.")]
Only = Annotated[str | None, typer.Option(metavar="S", help="Only of this schedule.")]
Every = Annotated[bool, typer.Option("--all", help="Those that are over or withdrawn, too.")]


class Kind(StrEnum):
    """What an override does."""

    COVER = "cover"
    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"
    FIXED = "fixed"
    LIKE = "like"


def add_to(_app: typer.Typer) -> None:
    """Add the commands of this module, under `incident oncall`."""
    oncall.add_typer(override, name="override")


@override.command()
def add(
    schedule: Annotated[str, typer.Argument(metavar="SCHEDULE", help="A name under schedules:.")],
    kind: Annotated[Kind, typer.Argument(help="What it does; docs/oncall.md explains each.")],
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="Local to the schedule, or an offset.")
    ],
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="The first instant after it.")],
    user: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="Whom it is about; cover takes several.")
    ] = None,
    stand_in: Annotated[str | None, typer.Option("--with", metavar="PERSON", help="Who replaces.")] = None,
    priority: Annotated[int | None, typer.Option(help="Of several covers the highest wins.")] = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="fixed: a JSON list of {users, start, end}; - for stdin."),
    ] = None,
    other: Annotated[
        str | None, typer.Option("--schedule", metavar="S", help="like: the schedule that stands in.")
    ] = None,
    reason: Why = "",
    person: As = None,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Put others on call for a time: cover, replace, add, remove, fixed or like."""
    from incident.changes import Change
    from ledger.overrides import add_override
    from service.cli.changes_on_screen import override_line
    from service.cli.rota_door import by_hand
    from service.rota_words import override_told, read_wish

    given = {"with": stand_in, "priority": priority, "schedule": other}
    values: dict[str, Any] = {"kind": kind.value, "start": start, "end": end, **_about(kind, user or [])}
    values |= {name: value for name, value in given.items() if value is not None}
    if plan is not None:
        values["shifts"] = read_file(plan)
    change = read_wish(Change, {"schedule": schedule, "override": values, "reason": reason})
    now = utc_now()
    with by_hand(person) as (ledger, actor):
        told = override_told(ledger.write(add_override, change, actor, now), now)
    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    typer.echo(printable(override_line(told)))
    for warning in told.warnings:
        typer.echo(warning, err=True)


@override.command("list")
def list_overrides(schedule: Only = None, every: Every = False, as_json: Json = False) -> None:  # noqa: FBT002  flags
    """List what people have changed, and what they plan."""
    from ledger.overrides import overrides
    from service.cli.changes_on_screen import override_line
    from service.cli.found import found_ledger
    from service.rota_words import tell_override

    now = utc_now()
    with found_ledger() as ledger:
        rows = ledger.read(overrides, now, schedule=schedule, every=every)
    told = [tell_override(row, now) for row in rows]
    if as_json:
        print_json([each.model_dump(mode="json") for each in told])
        return
    for each in told:
        typer.echo(printable(override_line(each)))
    if not told:
        typer.echo("nothing is changed")


@override.command()
def withdraw(number: Number, reason: Why = "", person: As = None) -> None:
    """End an override now; before it began, it never was."""
    from ledger.overrides import withdraw_override
    from service.cli.changes_on_screen import override_line
    from service.cli.rota_door import by_hand
    from service.rota_words import tell_override

    now = utc_now()
    with by_hand(person) as (ledger, actor):
        row = ledger.write(withdraw_override, number, actor, now, reason=reason)
    typer.echo(printable(override_line(tell_override(row, now))))


def _about(kind: Kind, people: list[str]) -> dict[str, Any]:
    """Whom an override is about, as its kind calls them."""
    if kind is Kind.COVER:
        return {"users": people}
    if len(people) > 1:
        raise typer.BadParameter(f"{kind} is about one person; give the others a change of their own")
    return {"user": people[0]} if people else {}
