"""How does a command change a schedule? In the ledger of the system, by somebody who is known there."""

from collections.abc import Iterator
from contextlib import contextmanager

from incident.decisions import Via
from ledger.configurations import configuration_in_force
from ledger.engine import Ledger
from ledger.rota_turn import Actor
from service.cli.found import found_ledger, speaker


@contextmanager
def by_hand(person: str | None) -> Iterator[tuple[Ledger, Actor]]:
    """The ledger, and who changes something in it.

    Raises:
        ConfigurationError: there is no system.
        NotFoundError: the person is nobody under people:.
    """
    with found_ledger() as ledger:
        _, configuration = ledger.read(configuration_in_force)
        yield ledger, Actor(speaker(person, configuration.people), Via.CLI)
