"""What do the doors have in common that speak another product's language? Whose token it is, whose words.

A sender that was made for PagerDuty, Opsgenie, Alertmanager or Splunk On-Call only gets another address and
key: the key names the source, and what is wrong is said as that product says it.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from incident.configuration import Source
from incident.errors import ConfidenceError, IncidentError, PayloadError
from incident.trust.tokens import TokenWay, is_one_of
from service.in_force import in_force_soon
from service.secrets import secrets_of
from service.web.problems import headers_of, sentence_of, status_of
from service.web.starting import Starter
from tasks.surroundings import here


@dataclass(frozen=True)
class KnownSender:
    """The source whose key was given."""

    name: str
    source: Source


@dataclass(frozen=True)
class Trouble:
    """What is wrong, before it is said in a vendor's words; ``field`` is the first that is wrong, if any."""

    status: int
    sentence: str
    field: str
    headers: Mapping[str, str]


async def sender_with(key: str, *dialects: str) -> KnownSender:
    """The source of one of these dialects whose token is this key; the first, if several have the same.

    Every token is compared, and as digests: the time it takes tells neither length nor place.

    Raises:
        ConfidenceError: no source has it.
        LedgerUnavailable: there is no configuration to look into.
    """
    surroundings = here()
    configuration = await in_force_soon(surroundings)
    candidates = {name: each for name, each in configuration.sources.items() if each.dialect in dialects}
    return _matching(key, candidates, surroundings.environment)


def _matching(key: str, candidates: Mapping[str, Source], environment: Mapping[str, str]) -> KnownSender:
    same = [name for name, each in candidates.items() if is_one_of(key, _keys(name, each, environment))]
    if not same:
        raise ConfidenceError("the key is wrong: it is that of no source of this kind")
    return KnownSender(same[0], candidates[same[0]])


def _keys(name: str, source: Source, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The tokens of a source; one that has to sign what it sends is not known by its secret alone."""
    return secrets_of(name, source, environment) if isinstance(source.verify, TokenWay) else ()


def answering_as(say: Callable[[Trouble], Response]) -> type[APIRoute]:
    """Routes at which everything that goes wrong is said in a vendor's form."""

    class InTheirForm(APIRoute):
        """A route of a compatible door."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Answer, and translate what we raise on purpose."""
            answer = super().get_route_handler()

            async def answer_in_form(request: Request) -> Response:
                try:
                    return await answer(request)
                except (IncidentError, HTTPException, RequestValidationError) as error:
                    return say(_trouble(error))

            return answer_in_form

    return InTheirForm


def wake(request: Request) -> None:
    """Start at once what is owed now."""
    starter: Starter = request.app.state.starter
    starter.wake()


def _trouble(error: Exception) -> Trouble:
    status = status_of(error)
    field = error.field if isinstance(error, PayloadError) else ""
    return Trouble(status, sentence_of(error, status), field, headers_of(error, status))
