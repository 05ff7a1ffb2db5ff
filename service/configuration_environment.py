"""Which variables of the environment does a configuration need that are not set?"""

from collections.abc import Iterator, Mapping

from incident.calendar_checks import calendars_of
from incident.configuration import Configuration
from incident.environment import FromEnvironment
from incident.findings import Finding, Place
from incident.trust_checks import needs_given_secret, needs_secret
from service.secrets import token_variable


def unset_variables(configuration: Configuration, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Those of sources and of calendars; connections tell about their own."""
    yield from _tokens(configuration, environment)
    yield from _calendars(configuration, environment)


def _tokens(configuration: Configuration, environment: Mapping[str, str]) -> Iterator[Finding]:
    for name, source in configuration.sources.items():
        place: Place = ("sources", name)
        variable = token_variable(name, source)
        if needs_secret(source) and not environment.get(variable):
            if needs_given_secret(source):
                message = (
                    f"the environment variable {variable} is not set; it holds the secret by which the "
                    "sender signs, and which the sender shows when the webhook is made"
                )
                yield Finding(place=(*place, "verify"), message=message)
            elif source.token:
                message = (
                    f"the environment variable {variable} is not set; set it, or leave token: out, "
                    "and `incident up` makes one"
                )
                yield Finding(place=(*place, "token", "env"), message=message)
        for number, other in enumerate(source.verify.also):
            if not environment.get(other.env):
                message = f"the environment variable {other.env} is not set; set it, or take it out of also:"
                yield Finding(place=(*place, "verify", "also", number), message=message)


def _calendars(configuration: Configuration, environment: Mapping[str, str]) -> Iterator[Finding]:
    for place, calendar in calendars_of(configuration):
        if isinstance(calendar.url, FromEnvironment) and not environment.get(calendar.url.env):
            message = f"the environment variable {calendar.url.env} is not set; it holds the whole address"
            yield Finding(place=(*place, "url", "env"), message=message)
