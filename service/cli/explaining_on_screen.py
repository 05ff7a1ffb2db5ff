"""How does the way of an alert through triage look on a terminal?"""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from incident.alert import EndState
from incident.explaining import Explained
from service.cli.app import console, printable
from service.cli.explaining import Explanation

LOUD = {EndState.OPENED: "bold red", EndState.ATTACHED: "bold yellow", EndState.RESOLVED: "bold green"}


def show(found: Explanation) -> None:
    """Each alert with the questions that were asked, the deciding one last."""
    parts: list[RenderableType] = []
    for number, each in enumerate(found.alerts, 1):
        parts += [_headline(number, len(found.alerts), each), _steps(each), _end(each), Text("")]
    if not found.alerts:
        parts.append(Text("no alert: the message is accepted, and nothing happens"))
    parts += [Text(printable(note), "yellow") for note in found.notes]
    console.print(Group(*parts), soft_wrap=False)


def _headline(number: int, of: int, alert: Explained) -> Text:
    text = Text(f"alert {number} of {of}: ")
    text.append(printable(alert.title), "bold")
    text.append(f" · {alert.status} · {alert.severity} · service {alert.service}")
    return text


def _steps(alert: Explained) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in alert.steps:
        style = "bold" if step.decides else "dim"
        mark = "=" if step.decides else "-"
        table.add_row(Text(mark, style), Text(step.question, style), Text(printable(step.reason), style))
    return table


def _end(alert: Explained) -> Text:
    text = Text("it would be ")
    text.append(alert.end_state.replace("_", " "), LOUD.get(alert.end_state, "bold"))
    if alert.incident:
        text.append(f" ({printable(alert.incident)})")
    if alert.end_state is EndState.OPENED:
        text.append(f": severity {int(alert.proposed_severity)}, {printable(alert.proposed_because)}")
        text.append(f"; policy {alert.policy} pages")
    if alert.until:
        text.append(f"; looked at again at {alert.until:%a %d %b %H:%M UTC}")
    return text
