"""What happens when a command fails? One clear sentence on stderr and exit code 1, never a trace."""

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from incident.errors import AnswerError, ConfigurationError, IncidentError


class Commands(TyperGroup):
    """A group of commands that turns our errors into sentences."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command (its context is a private class of typer)."""
        try:
            return super().invoke(ctx)
        except IncidentError as error:
            for sentence in sentences(error):
                typer.echo(sentence, err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Commands,
    name="incident",
    help="Incident response: from the first alert to the retrospective.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
console = Console(highlight=False)


def sentences(error: IncidentError) -> list[str]:
    """What an error tells a person, one thing a line."""
    match error:
        case ConfigurationError() | AnswerError():
            return error.problems
        case _:
            return [str(error)]


def print_json(value: Any) -> None:
    """Print JSON for programs: plain, and never broken over lines by a narrow terminal."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def printable(text: str) -> str:
    """The text without control characters: an alert's title must not be able to move the cursor."""
    return "".join(char for char in text if unicodedata.category(char) != "Cc")


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)
