"""When does the first page about a new incident leave? At once, or in the morning (E2)."""

from datetime import datetime

from incident.configuration import Configuration
from incident.severity import Severity


def first_page_at(configuration: Configuration, service: str, severity: Severity, now: datetime) -> datetime:
    """Now, or for a severity 3 the next working hours, unless the service wants to be paged at night."""
    waits = severity is Severity.MINOR and not configuration.services[service].page_at_night
    return configuration.organisation.working_hours.next_open(now) if waits else now
