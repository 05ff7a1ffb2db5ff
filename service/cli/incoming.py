"""Which alerts came in lately, and what became of them?"""

from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from incident.errors import AnswerError
from incident.incoming import Asked, Line
from ledger.incoming import incoming
from service.cli.app import console, print_json, printable
from service.cli.found import found_ledger
from templates.incoming import STATES


def asked_for(source: str, state: str, service: str, since: datetime | None) -> Asked:
    """What is asked for.

    Raises:
        AnswerError: there is no such state.
    """
    if state and state not in STATES:
        raise AnswerError([f"--state: {state!r} is none; write one of {', '.join(STATES)}"])
    return Asked(source=source, state=state, service=service, since=since)


def list_incoming(asked: Asked, *, limit: int, repeats: bool, as_json: bool) -> None:
    """Print them, newest first; secrets are masked."""
    with found_ledger() as ledger:
        found = ledger.read(incoming, asked, None, limit=limit, repeats=repeats)
    if as_json:
        print_json([_plain(line) for line in found.lines])
        return
    if not found.lines:
        console.print("nothing came in")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("alert", "came", "source", "status", "title", "became", "why"):
        table.add_column(title, overflow="fold")
    for line in found.lines:
        table.add_row(*_cells(line))
    console.print(table)


def _plain(line: Line) -> dict[str, Any]:
    came = line.came
    return {
        "alert": came.place.alert or None,
        "delivery": came.place.delivery,
        "source": came.source,
        "fingerprint": came.fingerprint or None,
        "title": came.alert.title if came.alert else None,
        "status": came.status,
        "severity": came.alert.severity if came.alert else None,
        "service": came.service,
        "received_at": came.received_at.isoformat(),
        "state": came.state or None,
        "reason": came.reason,
        "incident": came.incident,
        "url": came.alert.url if came.alert else None,
        "count": line.count,
        "since": line.since.isoformat(),
    }


def _cells(line: Line) -> list[Text]:
    came = line.came
    times = f" ×{line.count}" if line.count > 1 else ""
    became = f"{came.state} {came.incident or ''}".strip()
    texts = (
        str(came.place.alert or f"({came.place.delivery})"),
        f"{came.received_at:%d %b %H:%M:%S}",
        came.source,
        came.status or "",
        (came.alert.title if came.alert else "") + times,
        became,
        came.reason,
    )
    return [Text(printable(text)) for text in texts]
