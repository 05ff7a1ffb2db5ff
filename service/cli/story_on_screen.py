"""How does an incident look on a terminal?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from incident.story import PageSent, Story
from service.cli.app import console, printable
from service.cli.reading import Line, links

COLOURS = {1: "bold red", 2: "yellow", 3: "cyan"}


def show_list(found: Iterable[Line]) -> None:
    """One line per incident."""
    found = list(found)
    if not found:
        console.print("no incident needs anybody")
        return
    table = _table("key", "severity", "status", "title", "service", "opened", "acknowledged by")
    for line in found:
        severity = Text(f"{int(line.severity)} {line.severity.name.lower()}", COLOURS[line.severity])
        opened, by = f"{line.opened_at:%Y-%m-%d %H:%M}", line.acknowledged_by or "-"
        table.add_row(line.key, severity, line.status, _words(line.title), line.service, opened, _words(by))
    console.print(table)


def show_story(story: Story, base_url: str) -> None:
    """Everything, the newest at the end, where the eye is."""
    parts: list[RenderableType] = [_headline(story)]
    parts += [Text(f"{link['name']}: {link['url']}", "dim") for link in links(story, base_url)]
    for title, table in (
        ("phases", _phases(story)),
        ("roles", _roles(story)),
        ("pages", _pages(story)),
        ("decisions", _decisions(story)),
        ("timeline", _timeline(story)),
    ):
        if table.row_count:
            parts += [Text(f"\n{title}", "bold"), table]
    console.print(Group(*parts), soft_wrap=False)


def _headline(story: Story) -> Text:
    severity = f"severity {int(story.severity)} ({story.severity.name.lower()})"
    text = Text()
    text.append(f"{story.key}  {printable(story.title)}\n", "bold")
    text.append(severity, COLOURS[story.severity])
    text.append(f" · {story.status} · {story.phase} · {story.service_title}")
    text.append(f" · manager: {story.manager or 'nobody yet'}")
    if decision := story.open_decision:
        text.append(f"\nwaits for an answer to {decision.key}, due {_moment(decision.due_at)}", "bold yellow")
    return text


def _phases(story: Story) -> Table:
    table = _table("phase", "began", "took")
    for times in story.phases:
        took = times.finished_at - times.started_at if times.started_at and times.finished_at else None
        table.add_row(times.phase, _moment(times.started_at), _span(took))
    return table


def _roles(story: Story) -> Table:
    table = _table("role", "person", "since", "until")
    for held in story.roles:
        table.add_row(
            held.role.replace("_", " "), Text(held.person), _moment(held.since), _moment(held.until)
        )
    return table


def _pages(story: Story) -> Table:
    table = _table("person", "level", "state", "method", "sent", "answered", "outcome")
    for page in story.pages:
        level = f"{page.level or 'fallback'}{f', round {page.round}' if page.round > 1 else ''}"
        times = _moment(page.sent_at), _moment(page.acknowledged_at)
        method = _methods(page) if len(page.notifications) > 1 else page.method
        table.add_row(Text(page.person), level, page.state, method, *times, _words(page.outcome))
    return table


def _methods(page: PageSent) -> str:
    """Every method that was planned, one a line: `sms owed 23 Nov 03:12:00`."""
    return "\n".join(
        f"{each.method} {each.state} {_moment(each.sent_at or each.due_at)}" for each in page.notifications
    )


def _decisions(story: Story) -> Table:
    table = _table("question", "asked", "answered", "by", "via", "late")
    for decision in story.decisions:
        late = ", ".join(answer.by for answer in decision.late)
        times = _moment(decision.asked_at), _moment(decision.answered_at)
        table.add_row(decision.key, *times, Text(decision.by or ""), decision.via or "", Text(late))
    return table


def _timeline(story: Story) -> Table:
    table = _table("at", "what", "", "by")
    for fact in story.timeline:
        table.add_row(_moment(fact.at), fact.kind, _words(fact.text), _words(fact.by))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _words(text: str) -> Text:
    return Text(printable(text))


def _moment(at: datetime | None) -> str:
    return f"{at:%d %b %H:%M:%S}" if at else ""


def _span(took: timedelta | None) -> str:
    if took is None:
        return ""
    return f"{took.total_seconds():.1f} s" if took < timedelta(minutes=1) else str(took).split(".")[0]
