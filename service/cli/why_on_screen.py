"""How does a rehearsal look on a terminal?"""

from datetime import timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from incident.rehearsed import Entry, Happening
from service.cli.app import console, printable
from service.cli.rehearsing import Answer, Source
from service.cli.story_on_screen import COLOURS

A_MINUTE = timedelta(minutes=1)


def show(found: Answer) -> None:
    """The timeline in the zone of the schedule, and what comes after it."""
    parts: list[RenderableType] = [_headline(found), _timeline(found), _end(found)]
    parts += [Text(f"not rehearsed: {printable(each)}", "dim") for each in found.beside]
    parts += [Text(printable(each), "yellow") for each in found.notes]
    console.print(Group(*parts), soft_wrap=False)


def _headline(found: Answer) -> Text:
    text = Text()
    text.append(f"severity {int(found.severity)} ({found.severity.name.lower()})", COLOURS[found.severity])
    text.append(f" of {found.service} on {found.wall(found.at):%a %d %b %Y %H:%M} in {found.timezone}")
    text.append(f" · policy {found.policy} · nobody answers, and nothing is sent")
    if found.source is Source.LEDGER:
        text.append("\nwith everything that people have changed until now", "dim")
    return text


def _timeline(found: Answer) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for column, at_most in (("when", None), ("minute", None), ("level", None), ("who", 24), ("by", 24)):
        table.add_column(column, max_width=at_most, overflow="fold")
    table.add_column("why", overflow="fold")
    day = None
    for entry in found.entries:
        wall = found.wall(entry.at)
        when = f"{wall:%H:%M}" if wall.date() == day else f"{wall:%a %d %b %H:%M}"
        day = wall.date()
        table.add_row(
            Text(when, justify="right"),
            f"{entry.elapsed / A_MINUTE:g}",
            _level(entry),
            _who(entry),
            Text(printable(entry.method)),
            Text(printable(_why(entry))),
        )
    return table


def _level(entry: Entry) -> str:
    if entry.level is None:
        return ""
    name = str(entry.level) if entry.level else "fallback"
    again = f", round {entry.round}" if entry.level and entry.round and entry.round > 1 else ""
    return f"{name}{again}"


def _who(entry: Entry) -> Text:
    if entry.what is Happening.PAGED:
        return Text(entry.person, "bold")
    return Text(entry.what, "bold red" if entry.what is Happening.UNREACHED else "dim")


def _why(entry: Entry) -> str:
    """The person, the rule of the policy, and the personal rule."""
    return "; ".join(filter(None, (entry.because, entry.rule, entry.method_rule)))


def _end(found: Answer) -> Text:
    if found.reminded_at is None:
        return Text("it goes on beyond what is rehearsed", "yellow")
    reminded = f"{found.wall(found.reminded_at):%a %d %b %H:%M}"
    return Text(f"then the fallback is reminded, first on {reminded}, until somebody acknowledges")
