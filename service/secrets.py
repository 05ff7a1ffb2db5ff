"""Where is the secret of a source? In the environment, under a name that the configuration gives or we do."""

from collections.abc import Mapping

from incident.configuration import Source


def token_variable(name: str, source: Source) -> str:
    """The environment variable that holds the token of a source."""
    if source.token:
        return source.token.env
    return f"INCIDENT_TOKEN_{name.upper().replace('-', '_').replace('.', '_')}"


def secrets_of(name: str, source: Source, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What the source may prove itself with: its token, and others while that is being changed."""
    variables = (token_variable(name, source), *(other.env for other in source.verify.also))
    return tuple(filter(None, (environment.get(variable, "") for variable in variables)))
