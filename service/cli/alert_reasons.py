"""Why did alerts lead to an incident? Each of them with what triage made of it, and the severity's reason."""

from pydantic import AwareDatetime, BaseModel, ConfigDict
from rich.console import Group
from rich.table import Table
from rich.text import Text

from incident.alert import AlertStatus
from incident.severity import Severity
from incident.story import Story
from service.cli.app import console, printable
from service.cli.story_on_screen import COLOURS


class AlertReason(BaseModel):
    """One alert of the incident."""

    model_config = ConfigDict(frozen=True)

    received_at: AwareDatetime
    source: str
    title: str
    status: AlertStatus
    end_state: str
    reason: str


class Reasons(BaseModel):
    """An incident, and the alerts that led to it, oldest first."""

    model_config = ConfigDict(frozen=True)

    incident: str
    service: str
    severity: Severity
    severity_reason: str
    alerts: tuple[AlertReason, ...]


def of(story: Story) -> Reasons:
    """What the ledger knows of it."""
    fields = set(AlertReason.model_fields)
    return Reasons(
        incident=story.key,
        service=story.service,
        severity=story.severity,
        severity_reason=story.severity_reason,
        alerts=tuple(AlertReason(**alert.model_dump(include=fields)) for alert in story.alerts),
    )


def show(found: Reasons) -> None:
    """A line for the incident, and one for each alert."""
    text = Text(f"{found.incident} · service {found.service} · ")
    text.append(f"severity {int(found.severity)}", COLOURS[found.severity])
    text.append(f" · proposed because: {printable(found.severity_reason)}")
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for column in ("came at", "alert", "status", "became"):
        table.add_column(column, overflow="fold")
    table.add_column("because", overflow="fold", ratio=1)
    for alert in found.alerts:
        table.add_row(
            f"{alert.received_at:%a %d %b %H:%M:%S}",
            Text(printable(f"{alert.title} ({alert.source})")),
            alert.status,
            alert.end_state.replace("_", " "),
            Text(printable(alert.reason)),
        )
    console.print(Group(text, table), soft_wrap=False)
