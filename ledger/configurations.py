"""Which configuration is in force, and with which one was an incident opened?"""

import hashlib
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session, desc, select

from incident.configuration import Configuration
from incident.errors import NotFoundError
from ledger.tables import ConfigurationRow, IncidentRow


def accept_configuration(session: Session, configuration: Configuration, now: datetime) -> int:
    """Put a valid configuration in force; one that is in force already keeps its version."""
    digest = hashlib.sha256(configuration.model_dump_json().encode()).hexdigest()
    latest = _latest(session)
    if latest and latest.digest == digest:
        return _known(latest.version)
    row = ConfigurationRow(accepted_at=now, digest=digest, document=configuration)
    session.add(row)
    session.flush()
    return _known(row.version)


def configuration_in_force(session: Session) -> tuple[int, Configuration]:
    """The newest configuration and its version.

    Raises:
        NotFoundError: none was ever accepted.
    """
    latest = session.exec(select(ConfigurationRow.version).order_by(desc(ConfigurationRow.version))).first()
    if latest is None:
        raise NotFoundError(
            "no configuration was accepted yet; run `incident up`, or `incident check --accept FILE`"
        )
    return latest, configuration_of_version(session, latest)


def configuration_of(session: Session, incident: IncidentRow) -> Configuration:
    """The configuration that an incident was opened with."""
    return configuration_of_version(session, incident.configuration_version)


def configuration_of_version(session: Session, version: int) -> Configuration:
    """A configuration by its version; versions never change, so each is read once per process and database."""
    return _read(_Database(session), version)


def _latest(session: Session) -> ConfigurationRow | None:
    return session.exec(select(ConfigurationRow).order_by(desc(ConfigurationRow.version))).first()


class _Database:
    """A cache key that is equal for sessions of one database and still gives the session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.url = str(session.get_bind().engine.url)

    def __hash__(self) -> int:
        return hash(self.url)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Database) and other.url == self.url


@lru_cache(maxsize=16)
def _read(database: _Database, version: int) -> Configuration:
    row = database.session.get(ConfigurationRow, version)
    if row is None:
        raise NotFoundError(f"configuration version {version} is not in the ledger")
    return row.document


def _known(version: int | None) -> int:
    assert version is not None, "a flushed row has its key"
    return version
