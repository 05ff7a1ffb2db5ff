# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How does the incident manager answer on the command line?"""

import sys
from typing import Annotated, Any

import typer

from incident.configuration import Role
from incident.decisions import Affected, Outcome, Step
from service.cli.incidents import As, Key


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(decide)


def decide(
    key: Key,
    person: As = None,
    question: Annotated[str | None, typer.Option(help="Such as assess-1; the open one if left out.")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Any field; may be repeated.")
    ] = None,
    severity: Annotated[int | None, typer.Option(min=1, max=3, help="1 critical, 2 major, 3 minor.")] = None,
    impact: Annotated[str | None, typer.Option(help="What customers or colleagues cannot do.")] = None,
    symptoms: Annotated[str | None, typer.Option(help="What they see.")] = None,
    affected: Annotated[Affected | None, typer.Option(help="How many customers.")] = None,
    started_at: Annotated[str | None, typer.Option(help="When it began: 2026-11-23T03:10, UTC.")] = None,
    support_cases: Annotated[int | None, typer.Option(min=0, help="How many are open.")] = None,
    other_factors: Annotated[str | None, typer.Option(help="Social media, security, data loss.")] = None,
    not_an_incident: Annotated[
        str | None, typer.Option(metavar="REASON", help="Close it: this is no incident, and why.")
    ] = None,
    step: Annotated[Step | None, typer.Option(help="What next, while it is worked on.")] = None,
    text: Annotated[str | None, typer.Option(help="The step in words.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="What an experiment showed.")] = None,
    role: Annotated[Role | None, typer.Option(help="Which role is handed over.")] = None,
    to: Annotated[str | None, typer.Option(metavar="PERSON", help="Who takes the role over.")] = None,
) -> None:
    """Answer the open question of an incident."""
    from service.cli.deciding import answer_question

    options = {
        "severity": severity,
        "impact": impact,
        "symptoms": symptoms,
        "affected": affected,
        "started_at": started_at,
        "support_cases": support_cases,
        "other_factors": other_factors,
        "step": step,
        "text": text,
        "outcome": outcome,
        "role": role,
        "person": to,
    }
    dismissal = {} if not_an_incident is None else {"is_incident": False, "reason": not_an_incident}
    said = {name: value for name, value in options.items() if value is not None}
    values: dict[str, Any] = {**said, **dismissal, **_fields(given or [])}
    if not values and not sys.stdin.isatty():
        raise typer.BadParameter(
            "say what you decide, such as --severity 1 --impact '...' or --step resolve --text '...'"
        )
    typer.echo(answer_question(key, question, values, person))


def _fields(given: list[str]) -> dict[str, str]:
    fields = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise typer.BadParameter(f"{each!r} is no FIELD=VALUE", param_hint="--set")
        fields[name.strip().replace("-", "_")] = value
    return fields
