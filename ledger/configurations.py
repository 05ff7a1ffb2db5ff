"""Which configuration is in force, and with which one was an incident opened?"""

import hashlib
from datetime import datetime

from sqlmodel import Session, col, desc, select

from incident.configuration import Configuration
from incident.errors import NotFoundError
from ledger.tables import ConfigurationRow, IncidentRow
from ledger.turns import Turn, take_turn
from ledger.versions import record_versions

_READ: dict[str, Configuration] = {}
"""What this process has read, by digest: reading a large one takes longer than most transactions."""


def accept_configuration(session: Session, configuration: Configuration, now: datetime) -> int:
    """Put a valid configuration in force; one that is in force already keeps its version."""
    take_turn(session, Turn.CONFIGURE)
    digest = hashlib.sha256(configuration.model_dump_json().encode()).hexdigest()
    newest = _newest(session)
    if newest and newest[1] == digest:
        return newest[0]
    row = ConfigurationRow(accepted_at=now, digest=digest, document=configuration)
    session.add(row)
    session.flush()
    assert row.version is not None, "a flushed row has its key"
    record_versions(session, row.version, configuration.schedules, now)
    return row.version


def configuration_in_force(session: Session) -> tuple[int, Configuration]:
    """The newest configuration and its version.

    Raises:
        NotFoundError: none was ever accepted.
    """
    newest = _newest(session)
    if newest is None:
        raise NotFoundError(
            "no configuration was accepted yet; run `incident up`, or `incident check --accept FILE`"
        )
    version, digest = newest
    return version, _document(session, version, digest)


def configuration_of(session: Session, incident: IncidentRow) -> Configuration:
    """The configuration that an incident was opened with, and the people of today.

    Its policies and settings stay (E1). But whoever is on call today is paged by their contacts of today, and
    can then do whatever the people of an incident can.
    """
    opened_with = configuration_of_version(session, incident.configuration_version)
    newest, today = configuration_in_force(session)
    return opened_with if newest == incident.configuration_version else with_people_of(opened_with, today)


def with_people_of(configuration: Configuration, today: Configuration) -> Configuration:
    """A configuration with the people, contacts and teams of a newer one; those who have gone are kept."""
    people = {
        "people": configuration.people | today.people,
        "teams": configuration.teams | today.teams,
        # What the incident has used so far keeps its settings; a new contact may need a new connection.
        "connections": today.connections | configuration.connections,
    }
    return configuration.model_copy(update=people)


def configuration_of_version(session: Session, version: int) -> Configuration:
    """A configuration by its version.

    Raises:
        NotFoundError: there is no such version.
    """
    query = select(ConfigurationRow.digest).where(ConfigurationRow.version == version)
    digest = session.exec(query).first()
    if digest is None:
        raise NotFoundError(f"configuration version {version} is not in the ledger")
    return _document(session, version, digest)


def _newest(session: Session) -> tuple[int, str] | None:
    query = select(ConfigurationRow.version, ConfigurationRow.digest)
    newest = session.exec(query.order_by(desc(col(ConfigurationRow.version)))).first()
    return (newest[0] or 0, newest[1]) if newest else None


def _document(session: Session, version: int, digest: str) -> Configuration:
    """The same digest is the same configuration, whatever database it stands in."""
    if digest not in _READ:
        _READ[digest] = session.get_one(ConfigurationRow, version).document
    return _READ[digest]
