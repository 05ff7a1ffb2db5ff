# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""What would be understood of a monitor's message? `incident alerts parse` prints it without keeping it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from incident.errors import NotFoundError
from service.body import read_body
from service.cli.app import print_json, printable, utc_now

FIELDS = (
    "source",
    "fingerprint",
    "status",
    "title",
    "description",
    "severity",
    "severity_native",
    "service",
    "labels",
    "starts_at",
    "ends_at",
    "url",
)
"""What is printed of an alert: stable, documented in docs/cli.md."""

AUTO = "auto"
"""The source that stands for none in particular."""

alerts = typer.Typer(help="Look at what monitors send.", no_args_is_help=True, rich_markup_mode=None)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(alerts, name="alerts")


@alerts.callback()
def _group() -> None:
    """Look at what monitors send."""


@alerts.command()
def parse(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The message; - for standard input.")],
    source: Annotated[str, typer.Option(help="The dialect, such as alertmanager; auto recognises it.")],
    header: Annotated[
        list[str] | None, typer.Option(metavar="'K: V'", help="A header of the request; may be repeated.")
    ] = None,
) -> None:
    """Print the alerts of a message as a JSON list, as every part of the product will see them."""
    from incident.sources import read as understand

    for line in header or ():
        _header(line)
    payload = read_body(_bytes(file))
    found = understand(_recognised(payload) if source == AUTO else source, payload)
    for remark in found.remarks:
        typer.echo(f"not read: {printable(remark)}", err=True)
    print_json([_fields(alert.model_dump(mode="json")) for alert in found.alerts])


@alerts.command("list")
def list_alerts(
    source: Annotated[str, typer.Option(help="Only from this source.")] = "",
    state: Annotated[
        str, typer.Option(help="An end state such as opened or silenced; or rejected, or waiting.")
    ] = "",
    service: Annotated[str, typer.Option(help="Only of this service.")] = "",
    since: Annotated[str, typer.Option(help="Only what came since: 2026-11-23T03:10Z, or +01:00.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many lines.")] = 50,
    every: Annotated[bool, typer.Option("--every", help="Fold no repeats into one line.")] = False,  # noqa: FBT002  a flag
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """List what came in lately, what became of it and why; secrets are masked."""
    from service.cli.incoming import asked_for, list_incoming
    from service.cli.instants import instant

    asked = asked_for(source, state, service, instant(since, "--since") if since else None)
    list_incoming(asked, limit=limit, repeats=every, as_json=as_json)


@alerts.command("try")
def try_out(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The message; - for standard input.")],
    source: Annotated[str, typer.Option(help="A name under sources: in the configuration.")],
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Instead of the configuration in force.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """Read a message as a configured source would, and show what each expression of its mapping finds."""
    from service.cli.duty import configured
    from service.cli.trying import try_message

    trial = try_message(configured(config, utc_now()), source, _bytes(file))
    if as_json:
        print_json(trial.model_dump(mode="json"))
        return
    for line in trial.lines():
        typer.echo(printable(line))


@alerts.command()
def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The message; - for standard input.")],
    source: Annotated[
        str, typer.Option(metavar="S", help="A name under sources:, or a dialect; auto recognises it.")
    ],
    config: Annotated[
        Path | None,
        typer.Option("--config", "--configuration", metavar="FILE", help="Instead of the system's own."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002  a flag
) -> None:
    """Tell what would happen to a message now, and why, without keeping it."""
    from service.cli import explaining_on_screen
    from service.cli.explaining import explained

    found = explained(config, source, _bytes(file), utc_now())
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        explaining_on_screen.show(found)


def _recognised(payload: object) -> str:
    """The dialect of a message; what spoke for it is told beside the output."""
    from incident.sources.recognition import recognise

    recognition = recognise(payload)
    marks = ", ".join(recognition.reasons) or "no mark of any monitor"
    typer.echo(f"read as {recognition.dialect}: it has {marks}", err=True)
    return recognition.dialect


def _fields(alert: dict[str, Any]) -> dict[str, Any]:
    """What is printed of an alert; a message that only names a condition by its key has no title."""
    return {name: alert[name] for name in FIELDS} | {"title": alert["title"] or None}


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise typer.BadParameter(f"{line!r} is no header; write 'Name: value'", param_hint="--header")
    return name.strip(), value.strip()


def _bytes(file: str) -> bytes:
    try:
        return typer.get_binary_stream("stdin").read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise NotFoundError(f"{file}: {error.strerror or 'cannot be read'}") from None
