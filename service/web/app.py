"""Which doors does the web service open, and which loops run behind them?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI

from blocks.heartbeat import Heartbeat
from blocks.sns import Certificates
from service.calendar_reading import CalendarReader
from service.intake_line import IntakeLine
from service.lines import serving
from service.mail_server import MailServer
from service.matrix_listening import Listeners
from service.passing_on import PassingOn
from service.slack_hearing import SlackApps
from service.watchdog import Watchdog
from service.web import (
    acknowledging,
    alertmanager_api,
    alertmanager_silences,
    alerts,
    calendar,
    callbacks,
    calling,
    changing,
    confirming,
    deciding,
    escalating,
    feeds,
    handing_over,
    health,
    incoming,
    matrix,
    mattermost,
    merging,
    noting,
    opsgenie_alerts,
    opsgenie_heartbeats,
    pagerduty_events,
    pages,
    problems,
    quiet_api,
    quieting,
    rehearsing,
    rota_api,
    slack,
    source_silences,
    testing_contacts,
    texting,
    victorops_alerts,
)
from service.web.documented import name_every_answer
from service.web.envelope import Envelope
from service.web.starting import Starter
from tasks.background import all_done
from tasks.surroundings import Surroundings, here

HEARTBEAT_URL = "INCIDENT_HEARTBEAT_URL"
PROMISES_KEPT_WITHIN = timedelta(seconds=5)

DESCRIPTION = """Alerts in, incidents out. Monitors deliver to `/alerts/{source}`; people use the signed
links in their messages. Every accepted alert is durable before its answer leaves."""


def create_app(
    configuration_file: Path | None = None,
    surroundings: Surroundings | None = None,
    watchdog: Watchdog | None = None,
) -> FastAPI:
    """The web service, in its environment unless given other surroundings; its loops run while it serves."""
    place = surroundings or here()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        endless = (app.state.starter, app.state.watchdog, app.state.calendars, app.state.mail, PassingOn())
        line = IntakeLine(place.ledger, place.now, opened=_from_its_thread(app.state.starter.wake))
        with serving(place.ledger, line):
            loops = [asyncio.create_task(loop.run()) for loop in endless]
            yield
            await _what_was_promised()
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    app = FastAPI(
        title="incident response", description=DESCRIPTION, version="0.1.0", lifespan=lifespan, redoc_url=None
    )
    app.state.starter, app.state.certificates = Starter(), Certificates()
    app.state.calendars, app.state.mail = CalendarReader(), MailServer(place)
    app.state.listeners, app.state.slack = Listeners(), SlackApps()
    app.state.watchdog = watchdog or Watchdog(configuration_file, heartbeat=_heartbeat(place))
    for door in (
        alerts,
        alertmanager_api,
        alertmanager_silences,
        pagerduty_events,
        opsgenie_alerts,
        opsgenie_heartbeats,
        victorops_alerts,
        matrix,
        slack,
        calling,
        acknowledging,
        texting,
        callbacks,
        mattermost,
        testing_contacts,
        confirming,
        deciding,
        escalating,
        noting,
        merging,
        source_silences,
        pages,
        incoming,
        calendar,
        rehearsing,
        handing_over,
        changing,
        rota_api,
        quiet_api,
        quieting,
        feeds,
        health,
    ):
        app.include_router(name_every_answer(door.router))
    problems.install(app)
    app.add_middleware(Envelope, place=place)
    return app


async def _what_was_promised() -> None:
    """Who was told that it takes longer still hears of it, before this process ends."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PROMISES_KEPT_WITHIN.total_seconds()):
            await all_done()


def _from_its_thread(call: Callable[[], None]) -> Callable[[], None]:
    """The call for another thread: it happens in this loop, a moment later."""
    loop = asyncio.get_running_loop()

    def soon() -> None:
        loop.call_soon_threadsafe(call)

    return soon


def _heartbeat(place: Surroundings) -> Heartbeat | None:
    url = place.environment.get(HEARTBEAT_URL)
    return Heartbeat(url) if url else None
