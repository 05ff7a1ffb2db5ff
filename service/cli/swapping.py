# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How do people give their shifts to each other on the command line?"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.app import print_json, printable, utc_now
from service.cli.incidents import As, Json
from service.cli.oncall import oncall
from service.cli.overriding import Every, Number, Only, Why

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from ledger.rota_tables import SwapRow
    from ledger.rota_turn import Actor
    from service.rota_words import SwapTold

swap = typer.Typer(
    help="Offer a shift, or take somebody's; the first answer wins.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Said = Annotated[str, typer.Option(help="What you say with it.")]


def add_to(_app: typer.Typer) -> None:
    """Add the commands of this module, under `incident oncall`."""
    oncall.add_typer(swap, name="swap")


@swap.command()
def offer(
    schedule: Annotated[str, typer.Argument(metavar="SCHEDULE", help="A name under schedules:.")],
    shift: Annotated[
        str | None, typer.Option(metavar="TIME", help="Any time in your shift: the whole of it.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Or a part of it: from ...")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="... until.")] = None,
    whom: Annotated[
        str | None, typer.Option("--ask", metavar="PERSON", help="Who is asked; anybody if left out.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when it can be taken; until the shift ends.")
    ] = None,
    reason: Why = "",
    person: As = None,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Offer a shift of yours, to somebody or to anybody."""
    from incident.swaps import Proposal
    from ledger.swaps import offer_swap
    from service.cli.rota_door import by_hand
    from service.rota_words import read_wish, tell_swap

    given = {"shift": shift, "start": start, "end": end, "to": whom, "expires_at": expires}
    values = {name: value for name, value in given.items() if value is not None}
    proposal = read_wish(Proposal, {"schedule": schedule, "reason": reason, **values})
    now = utc_now()
    with by_hand(person) as (ledger, actor):
        row = ledger.write(offer_swap, proposal, actor, now)
    _show(tell_swap(row, now), as_json=as_json)


@swap.command()
def take(number: Number, say: Said = "", person: As = None, as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Take an offered shift: you are on call for it from then on."""
    from ledger.swaps import take_swap
    from service.cli.rota_door import by_hand
    from service.rota_words import swap_told

    now = utc_now()
    with by_hand(person) as (ledger, actor):
        taken = ledger.write(take_swap, number, actor, now, said=say)
    _show(swap_told(taken, now), as_json=as_json)


@swap.command()
def decline(number: Number, say: Said = "", person: As = None) -> None:
    """Say no to a shift that was offered to you."""
    from ledger.swaps import decline_swap

    _answer(decline_swap, number, say, person)


@swap.command()
def withdraw(number: Number, say: Said = "", person: As = None) -> None:
    """Keep a shift that you have offered."""
    from ledger.swaps import withdraw_swap

    _answer(withdraw_swap, number, say, person)


@swap.command("list")
def list_swaps(schedule: Only = None, every: Every = False, as_json: Json = False) -> None:  # noqa: FBT002  flags
    """List the shifts that can be taken."""
    from ledger.swaps import swaps
    from service.cli.changes_on_screen import swap_line
    from service.cli.found import found_ledger
    from service.rota_words import tell_swap

    now = utc_now()
    with found_ledger() as ledger:
        rows = ledger.read(swaps, now, schedule=schedule, every=every)
    told = [tell_swap(row, now) for row in rows]
    if as_json:
        print_json([each.model_dump(mode="json") for each in told])
        return
    for each in told:
        typer.echo(printable(swap_line(each)))
    if not told:
        typer.echo("no shift is offered")


def _answer(
    act: "Callable[[Session, int, Actor, datetime, str], SwapRow]", number: int, said: str, person: str | None
) -> None:
    from service.cli.rota_door import by_hand
    from service.rota_words import tell_swap

    now = utc_now()
    with by_hand(person) as (ledger, actor):
        row = ledger.write(act, number, actor, now, said)
    _show(tell_swap(row, now), as_json=False)


def _show(told: "SwapTold", *, as_json: bool) -> None:
    from service.cli.changes_on_screen import swap_line

    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    typer.echo(printable(swap_line(told)))
    for warning in told.warnings:
        typer.echo(warning, err=True)
