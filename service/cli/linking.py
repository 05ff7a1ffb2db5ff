# ruff: noqa: PLC0415  commands import what they need when they run: see service/cli/__init__.py
"""How does a person get to their own page about schedules?"""

import typer

from service.cli.app import print_json, utc_now
from service.cli.incidents import As, Json
from service.cli.oncall import oncall


def add_to(_app: typer.Typer) -> None:
    """Nothing to add: the command of this module belongs to `incident oncall`."""


@oncall.command()
def link(person: As = None, as_json: Json = False) -> None:  # noqa: FBT002  a flag
    """Show the personal link to change schedules and swap shifts; whoever has it speaks for that person."""
    from service.cli.found import here
    from service.cli.rota_door import by_hand
    from service.cli.signing import signed_links
    from tasks.links import VALID, May

    now = utc_now()
    with by_hand(person) as (_, actor):
        url = signed_links(here()).rota(actor.person, now)
    if as_json:
        until = (now + VALID[May.ROTA]).isoformat()
        print_json({"person": actor.person, "url": url, "token": url.partition("?as=")[2], "until": until})
    else:
        typer.echo(url)
