# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Who is on call, by the configured schedules or by one in a file?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from incident.errors import MalformedPayload, NotFoundError
from service.body import read_json
from service.cli.app import print_json, printable, utc_now

oncall = typer.Typer(
    help="Who is on call, now or at any time.", invoke_without_command=True, rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(oncall, name="oncall")


@oncall.callback()
def show(
    context: typer.Context,
    schedule: Annotated[str | None, typer.Option(help="Only this one of the schedules.")] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="2027-03-28T02:30+01:00; now.")] = None,
    file: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Instead of the configuration in force.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """Who is on call, until when, and who is next."""
    if context.invoked_subcommand is not None:
        return
    from service.cli.duty import duties, schedules
    from service.cli.instants import instant

    moment = instant(at) if at else utc_now()
    found = duties(schedules(file, schedule, moment), moment)
    if as_json:
        print_json([duty.model_dump(mode="json") for duty in found])
        return
    for duty in found:
        typer.echo(printable(str(duty)))
    if not found:
        typer.echo("no schedule is configured")


@oncall.command()
def resolve(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="One schedule, as JSON; - for stdin.")
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Who is on call then?")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Who, from then on?")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="And until when?")] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="FILE", help="{cases: [{schedule, at | from, to}]} as JSON.")
    ] = None,
) -> None:
    """Calculate a schedule in the neutral format: names at an instant, or intervals over a window."""
    from service.cli.resolving import answer_batch, answer_case

    if batch is not None:
        answers, failed = answer_batch(read_file(batch))
        print_json(answers)
        if failed:
            raise typer.Exit(1)
        return
    if file is None:
        raise typer.BadParameter("name a FILE with a schedule, or --batch FILE")
    question = _question(at, start, end)
    print_json(answer_case({"schedule": read_file(file), **question}))


def _question(at: str | None, start: str | None, end: str | None) -> dict[str, Any]:
    match at, start, end:
        case str(), None, None:
            return {"at": at}
        case None, str(), str():
            return {"from": start, "to": end}
        case _:
            raise typer.BadParameter("ask either --at TIME, or --from TIME --to TIME")


def read_file(file: str) -> Any:
    """What a JSON file holds, or the standard input for `-`.

    Raises:
        NotFoundError: it cannot be read.
        MalformedPayload: it is no JSON.
    """
    try:
        return read_json(typer.get_binary_stream("stdin").read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise NotFoundError(f"{file}: {error.strerror or 'cannot be read'}") from None
    except MalformedPayload as error:
        raise MalformedPayload(f"{file}: {error}") from None
