# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""Why did alerts lead to an incident, and who would be woken for one, without waking anybody?"""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.app import print_json, utc_now
from service.cli.incidents import Json


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(why)


def why(
    key: Annotated[
        str,
        typer.Argument(metavar="[KEY]", help="Such as INC-1: why its alerts led there. Left out: rehearse."),
    ] = "",
    *,
    service: Annotated[str, typer.Option(metavar="S", help="A name under services:; the default one.")] = "",
    severity: Annotated[int, typer.Option(min=1, max=3, help="1 critical, 2 major, 3 minor.")] = 1,
    at: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="2027-03-28T02:30+01:00; without an offset on the clock of the schedule; now.",
        ),
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option("--config", "--configuration", metavar="FILE", help="Instead of the system's own."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell why an incident came about, or who would be paged."""
    if key:
        _why_alerts(key, as_json=as_json)
        return
    from incident.severity import Severity
    from service.cli import why_on_screen
    from service.cli.rehearsing import rehearsed

    found = rehearsed(file, service, Severity(severity), at, utc_now())
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        why_on_screen.show(found)


def _why_alerts(key: str, *, as_json: bool) -> None:
    from ledger.story import tell
    from service.cli import alert_reasons
    from service.cli.found import found_ledger

    with found_ledger() as ledger:
        found = alert_reasons.of(ledger.read(tell, key))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        alert_reasons.show(found)
