"""Which doors does the web service open, and which loops run behind them?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response

from service.watchdog import Watchdog
from service.web import alerts, health, pages, people, problems
from service.web.starting import Starter
from tasks.surroundings import Surroundings, here, within

DESCRIPTION = """Alerts in, incidents out. Monitors deliver to `/alerts/{source}`; people use the signed links in their
messages. Every accepted alert is durable before its answer leaves."""


def create_app(configuration_file: Path | None = None, surroundings: Surroundings | None = None) -> FastAPI:
    """The web service; without surroundings, those of the environment."""
    place = surroundings or here()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with within(place):
            app.state.starter = Starter()
            app.state.watchdog = Watchdog(configuration_file)
            loops = [asyncio.create_task(loop.run()) for loop in (app.state.starter, app.state.watchdog)]
            yield
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    app = FastAPI(title="incident response", description=DESCRIPTION, version="0.1.0", lifespan=lifespan)
    for door in (alerts, people, pages, health):
        app.include_router(door.router)
    problems.install(app)

    @app.middleware("http")
    async def in_its_place(
        request: Request, go_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        with within(place):
            return await go_on(request)

    return app
