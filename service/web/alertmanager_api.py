"""How do Prometheus and amtool talk to us as to an Alertmanager? Its API, version 2, at the same paths.

Prometheus needs no Alertmanager between: under `alerting:` it gets our address and the token of a source.
Silences, which the same API has, are in a module of their own.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from incident.lasting import RESOLVE_TIMEOUT
from incident.matching import match_all
from ledger.lasting import still_lasting
from service.believed import read_in_force
from service.in_force import in_force
from service.intake import BODY_LIMIT
from service.posting import take_posted
from service.web.alertmanager_access import AlertmanagerRoute, AlertmanagerSender, filter_matcher
from service.web.alertmanager_told import (
    AlertTold,
    GroupTold,
    ReceiverTold,
    ServerTold,
    grouped,
    tell_alert,
    tell_server,
)
from service.web.bodies import read_body
from service.web.compatible import KnownSender, wake
from service.web.compatible_examples import ALERTMANAGER_POST, ALERTMANAGER_PROBLEMS
from tasks.surroundings import here

router = APIRouter(tags=["Alertmanager API"], route_class=AlertmanagerRoute)

STARTED_AT = datetime.now(UTC)

Expressions = Annotated[
    list[str], Query(alias="filter", max_length=100, description="Matchers; all of them must be met.")
]
Wanted = Annotated[bool, Query(description="False leaves out alerts in this state.")]


@router.post(
    "/api/v2/alerts",
    summary="Post alerts as Prometheus does",
    response_class=Response,
    responses=ALERTMANAGER_PROBLEMS,
    openapi_extra={"requestBody": ALERTMANAGER_POST},
)
async def post_alerts(request: Request, sender: AlertmanagerSender) -> Response:
    """Take a list of alerts, durable before this answers; an alert that is repeated moves its end on."""
    body = await read_body(request, BODY_LIMIT)
    timeout = sender.source.resolve_timeout or RESOLVE_TIMEOUT
    await run_in_threadpool(take_posted, here(), sender.name, body, timeout)
    wake(request)
    return Response()


@router.get("/api/v2/alerts", summary="Alerts that hold now", responses=ALERTMANAGER_PROBLEMS)
def get_alerts(
    sender: AlertmanagerSender,
    expressions: Expressions = [],  # noqa: B006  FastAPI copies it
    *,
    active: Wanted = True,
    silenced: Wanted = True,
    inhibited: Wanted = True,
    unprocessed: Wanted = True,
) -> list[AlertTold]:
    """What was posted here by this source and is not over, with what became of it."""
    unwanted = {
        state
        for state, wanted in {
            "active": active,
            "silenced": silenced,
            "inhibited": inhibited,
            "unprocessed": unprocessed,
        }.items()
        if not wanted
    }
    return [alert for alert in _told(sender, expressions) if alert.status.kind not in unwanted]


@router.get("/api/v2/alerts/groups", summary="The same by service", responses=ALERTMANAGER_PROBLEMS)
def get_groups(sender: AlertmanagerSender, expressions: Expressions = []) -> list[GroupTold]:  # noqa: B006
    """The alerts that hold now; a group is what one service receives."""
    return grouped(_told(sender, expressions))


@router.get("/api/v2/receivers", summary="Who receives alerts", responses=ALERTMANAGER_PROBLEMS)
def get_receivers(_sender: AlertmanagerSender) -> list[ReceiverTold]:
    """Our services."""
    return [ReceiverTold(name=name) for name in sorted(in_force(here()).services)]


@router.get("/api/v2/status", summary="What answers here", responses=ALERTMANAGER_PROBLEMS)
def get_status(_sender: AlertmanagerSender) -> ServerTold:
    """A single server without a cluster; its configuration is no Alertmanager's."""
    return tell_server(STARTED_AT)


@router.get("/-/healthy", summary="Does it run?", response_class=PlainTextResponse)
@router.get("/-/ready", summary="Can it take alerts?", response_class=PlainTextResponse)
def ready() -> str:
    """Whoever asks reads 200 when alerts can be taken, 503 when the ledger cannot be read."""
    read_in_force(here().ledger)
    return "OK"


def _told(sender: KnownSender, expressions: list[str]) -> list[AlertTold]:
    matchers = [filter_matcher(expression) for expression in expressions]
    rows = here().ledger.read(still_lasting, sender.name, here().now())
    return [tell_alert(row, accepted) for row, accepted in rows if match_all(matchers, row.alert.labels)]
