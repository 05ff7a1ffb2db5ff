"""Who may talk to the doors that speak Alertmanager's API, and how are they refused?

Prometheus, amtool and dashboards send the token of a source of dialect `alertmanager`, as a bearer token or
as the password of basic authentication, whose user name is free. The source is the one that a webhook of
Alertmanager would use, so that a team that drops its Alertmanager keeps the names of its conditions.
"""

from typing import Annotated

from fastapi import Depends, Security
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer
from pydantic import ValidationError

from incident.errors import PayloadError
from incident.matching import Matcher
from service.web.compatible import KnownSender, Trouble, answering_as, sender_with

DIALECT = "alertmanager"

_BEARER = HTTPBearer(
    auto_error=False, scheme_name="alertmanager bearer", description="The token of the source."
)
_BASIC = HTTPBasic(
    auto_error=False, scheme_name="alertmanager basic", description="The token of the source as password."
)


def _said(trouble: Trouble) -> Response:
    """A text, as Alertmanager answers; its description knows no 422."""
    status = {415: 400, 422: 400}.get(trouble.status, trouble.status)
    headers = dict(trouble.headers)
    if status == 401:  # noqa: PLR2004  the one status that asks who it is
        headers["WWW-Authenticate"] = 'Basic realm="alertmanager", Bearer'
    return JSONResponse(trouble.sentence, status, headers)


AlertmanagerRoute = answering_as(_said)


async def _sender(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    basic: Annotated[HTTPBasicCredentials | None, Security(_BASIC)],
) -> KnownSender:
    """The source whose token was given.

    Raises:
        ConfidenceError: none was given, or it is that of no such source.
        LedgerUnavailable: there is no configuration to look into.
    """
    given = bearer.credentials if bearer else basic.password if basic else ""
    return await sender_with(given, DIALECT)


AlertmanagerSender = Annotated[KnownSender, Depends(_sender)]
"""What a door that speaks Alertmanager's API asks for; its router has `route_class=AlertmanagerRoute`."""


def filter_matcher(expression: str) -> Matcher:
    """What `filter=` asks for.

    Raises:
        PayloadError: it is no matcher.
    """
    try:
        return Matcher.model_validate(expression)
    except ValidationError as error:
        raise PayloadError(error.errors()[0]["msg"], field="filter") from None
