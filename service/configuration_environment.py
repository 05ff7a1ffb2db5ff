"""Which variables of the environment does a configuration need that are not set?"""

from collections.abc import Iterator, Mapping

from incident.calendar_checks import calendars_of
from incident.configuration import Configuration
from incident.environment import FromEnvironment
from incident.findings import Finding


def unset_variables(configuration: Configuration, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Those of sources and of calendars; connections tell about their own."""
    yield from _tokens(configuration, environment)
    yield from _calendars(configuration, environment)


def _tokens(configuration: Configuration, environment: Mapping[str, str]) -> Iterator[Finding]:
    for name, source in configuration.sources.items():
        if source.token and not environment.get(source.token.env):
            message = (
                f"the environment variable {source.token.env} is not set; set it, or leave token: out, "
                "and `incident up` makes one"
            )
            yield Finding(place=("sources", name, "token", "env"), message=message)


def _calendars(configuration: Configuration, environment: Mapping[str, str]) -> Iterator[Finding]:
    for place, calendar in calendars_of(configuration):
        if isinstance(calendar.url, FromEnvironment) and not environment.get(calendar.url.env):
            message = f"the environment variable {calendar.url.env} is not set; it holds the whole address"
            yield Finding(place=(*place, "url", "env"), message=message)
