# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How do people silence alerts, or the paging of one incident, on the command line?"""

from typing import Annotated, Any

import typer

from service.cli.app import Commands, print_json, printable, utc_now
from service.cli.incidents import As, Json, Key

OF_INCIDENT = "incident"


class Silences(Commands):
    """The commands of `incident silence`; the key of an incident instead of a command silences its paging."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Which command is meant (its context is a private class of typer)."""
        if args and args[0] not in self.commands and args[0][:1].isupper():
            args = [OF_INCIDENT, *args]
        return super().resolve_command(ctx, args)


silence = typer.Typer(
    cls=Silences,
    help="Let alerts wake nobody for a while (INC-1 --for 30m).",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**31 - 1, help="As the list shows it.")]
For = Annotated[
    str | None, typer.Option("--for", metavar="DURATION", help="How long it lasts, such as 30m or 2h.")
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="TIME", help="Or when it ends: local to working hours, or an offset."),
]
Comment = Annotated[str, typer.Option("--comment", metavar="TEXT", help="Why; it is in every reason.")]
Every = Annotated[bool, typer.Option("--all", help="Those that are over, too.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(silence, name="silence")


@silence.command()
def add(
    matchers: Annotated[
        list[str], typer.Argument(metavar="MATCHER...", help="Such as 'host=~\"db.*\"'; all must be met.")
    ],
    comment: Comment,
    duration: For = None,
    until: Until = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="When it begins; left out: now.")
    ] = None,
    person: As = None,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Silence the alerts that meet all matchers; what still fires at the end opens an incident."""
    _add({"matchers": matchers, "start": start, **_times(comment, duration, until)}, person, as_json=as_json)


@silence.command(OF_INCIDENT)
def of_incident(
    key: Key,
    comment: Comment = "silenced by hand",
    duration: For = None,
    until: Until = None,
    person: As = None,
    as_json: Json = False,  # noqa: FBT002  a flag
) -> None:
    """Hold back the paging of one incident; the word may be left out: incident silence INC-1."""
    _add({"incident": key, **_times(comment, duration, until)}, person, as_json=as_json)


@silence.command("list")
def list_silences(every: Every = False, as_json: Json = False) -> None:  # noqa: FBT002  flags
    """List the silences that hold or are to come."""
    from ledger.silences import silences
    from service.cli.found import found_ledger
    from service.cli.quiet_on_screen import silence_line
    from service.quiet_words import tell_silences

    now = utc_now()
    with found_ledger() as ledger:
        told = tell_silences(ledger.read(silences, now, every=every), now)
    if as_json:
        print_json([each.model_dump(mode="json") for each in told])
        return
    for each in told:
        typer.echo(printable(silence_line(each)))
    if not told:
        typer.echo("nothing is silenced")


@silence.command()
def extend(number: Number, duration: For = None, until: Until = None, person: As = None) -> None:
    """Give a silence another end: so long from now, or then; earlier is possible, too."""
    from ledger.silences import move_silence

    end = _end(duration, until)
    _changed(lambda ledger, actor, now: ledger.write(move_silence, number, end, actor, now), person)


@silence.command()
def end(number: Number, person: As = None) -> None:
    """End a silence now; what still fires is looked at at once."""
    from ledger.silences import end_silence

    _changed(lambda ledger, actor, now: ledger.write(end_silence, number, actor, now), person)


def _add(values: dict[str, Any], person: str | None, *, as_json: bool) -> None:
    from incident.silences import NewSilence
    from ledger.quiet_listing import preview
    from ledger.silences import add_silence
    from service.cli.quiet_on_screen import preview_line, silence_line
    from service.cli.rota_door import by_hand
    from service.quiet_words import read_wanted, tell_silence

    wanted = read_wanted(NewSilence, {name: value for name, value in values.items() if value is not None})
    now = utc_now()
    with by_hand(person) as (ledger, actor):
        row = ledger.write(add_silence, wanted, actor, now)
        found = ledger.read(preview, wanted.covers, now)
    told = tell_silence(row, wanted.incident, now)
    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    typer.echo(printable(silence_line(told)))
    if wanted.matchers:
        typer.echo(printable(preview_line(found)))


def _times(comment: str, duration: str | None, until: str | None) -> dict[str, Any]:
    return {"comment": comment, "for": duration, "end": until}


def _end(duration: str | None, until: str | None) -> Any:
    """When a silence is to end: with an offset, or so long from now."""
    from pydantic import TypeAdapter, ValidationError

    from incident.duration import PositiveDuration
    from service.cli.instants import instant

    if (duration is None) == (until is None):
        raise typer.BadParameter("write either --for or --until")
    if until is not None:
        return instant(until, "--until")
    try:
        return utc_now() + TypeAdapter(PositiveDuration).validate_python(duration)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(message, param_hint="--for") from None


def _changed(change: Any, person: str | None) -> None:
    from service.cli.quiet_on_screen import silence_line
    from service.cli.rota_door import by_hand
    from service.quiet_words import tell_silence

    now = utc_now()
    with by_hand(person) as (ledger, actor):
        row = change(ledger, actor, now)
    typer.echo(printable(silence_line(tell_silence(row, None, now))))
