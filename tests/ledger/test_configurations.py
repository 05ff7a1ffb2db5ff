"""Which configuration is in force, and does an incident keep its own?"""

import pytest

from incident.errors import NotFoundError
from ledger import configurations
from ledger.configurations import (
    accept_configuration,
    configuration_in_force,
    configuration_of,
    configuration_of_version,
)
from ledger.engine import Ledger
from ledger.migrating import migrate
from ledger.tables import ConfigurationRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together

OTHER = organisation(organisation={"name": "Other"})


def test_without_any_the_operator_is_told_what_to_do(empty_url: str) -> None:
    ledger = Ledger(empty_url)
    migrate(ledger)
    with pytest.raises(NotFoundError, match="incident up"):
        ledger.read(configuration_in_force)
    ledger.close()


def test_the_same_configuration_keeps_its_version(ledger: Ledger) -> None:
    assert ledger.write(accept_configuration, organisation(), at(0)) == 1
    assert ledger.read(configuration_in_force) == (1, organisation())


def test_another_one_is_in_force_at_once_and_the_former_can_come_back(ledger: Ledger) -> None:
    assert ledger.write(accept_configuration, OTHER, at(0)) == 2
    assert ledger.read(configuration_in_force) == (2, OTHER)
    assert ledger.write(accept_configuration, organisation(), at(1)) == 3
    assert ledger.read(configuration_in_force) == (3, organisation())


def test_an_incident_keeps_the_configuration_it_was_opened_with(desk: Desk) -> None:
    incident = desk.open()
    desk.ledger.write(accept_configuration, OTHER, at(0))
    assert desk.ledger.read(configuration_of, incident) == organisation()


def test_processes_that_accept_the_same_file_at_once_make_one_version(desk: Desk) -> None:
    works = [lambda: desk.ledger.write(accept_configuration, OTHER, at(0))] * 6
    assert together(*works) == [2] * 6
    assert len(desk.rows(ConfigurationRow)) == 2


def test_a_version_that_is_not_there_is_said(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="version 7"):
        ledger.read(configuration_of_version, 7)


def test_a_document_is_read_once_per_process(ledger: Ledger) -> None:
    configurations._READ.clear()
    first = ledger.read(configuration_in_force)[1]
    assert ledger.read(configuration_in_force)[1] is first
    assert ledger.read(configuration_of_version, 1) is first
