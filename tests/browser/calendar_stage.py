"""What does a person see of schedules? The calendar of a small shop, before a real browser without scripts.

`python -m tests.browser.calendar_stage` keeps the month as a picture for docs/oncall.md.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from incident.configuration import Configuration
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from service.processes import free_port
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.links import Links
from tasks.surroundings import Surroundings
from tests.browser.stage import PICTURES, browser

NOW = datetime(2027, 3, 17, 10, 30, tzinfo=UTC)
"""A Wednesday in the month in which the clocks change."""
NAMES = ("Alice Rossi", "Bob Bianchi", "Carla Neri", "Dan Miller", "Erin Jones", "Frank Weber")


def shop(language: str) -> Configuration:
    """A week each, and a schedule of days and nights; with overrides and a gap."""
    people = {name.split()[0].lower(): {"name": name, "contacts": [{"via": "console"}]} for name in NAMES}
    return Configuration.model_validate(
        {
            "organisation": {"name": "Example Shop", "language": language},
            "people": people,
            "schedules": {
                "payments": {
                    "timezone": "Europe/Rome",
                    "layers": [{"users": ["alice", "bob", "carla"], **_weekly("09:00")}],
                    "overrides": [
                        _override("replace", "09T09:00", "11T18:00", user="bob", **{"with": "dan"}),
                        _override("replace", "16T06:00", "16T09:00", user="carla", **{"with": "dan"}),
                        _override("add", "19T00:00", "21T00:00", user="frank"),
                        _override("remove", "27T20:00", "28T08:00", user="alice"),
                    ],
                },
                "platform": {
                    "timezone": "Europe/Rome",
                    "layers": [
                        _half(["bob", "frank"], "08:00", "20:00"),
                        _half(["dan", "erin"], "20:00", "08:00"),
                    ],
                },
            },
            "policies": {"all": {"levels": [{"targets": [{"schedule": "payments"}]}]}},
            "services": {"shop": {"policy": "all"}},
            "default_service": "shop",
        }
    )


def _override(kind: str, start: str, end: str, **of: Any) -> dict[str, Any]:
    return {"kind": kind, "start": f"2027-03-{start}", "end": f"2027-03-{end}", **of}


def _weekly(start: str) -> dict[str, Any]:
    return {"start": f"2026-01-05T{start}", "handoff": {"unit": "week"}}


def _half(users: list[str], start: str, end: str) -> dict[str, Any]:
    """A layer for one half of the day."""
    window = {"type": "daily", "start": start, "end": end}
    return {"users": users, **_weekly(start), "restrictions": [window]}


@dataclass
class Wall:
    """Where the calendar hangs in each language, and the browser that looks at it."""

    urls: dict[str, str]
    chromium: Browser

    def look(self, path: str, *, width: int, dark: bool = False, language: str = "en") -> Page:
        """Open a page on a screen of this width; scripts are switched off."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=False,
        )
        page = context.new_page()
        page.goto(f"{self.urls[language]}{path}")
        return page


@contextmanager
def wall() -> Iterator[Wall]:
    """The web services of the shop with a browser before them, gone at the end."""
    with served("en") as english, served("it") as italian, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield Wall({"en": english, "it": italian}, chromium)
        chromium.close()


@contextmanager
def served(language: str) -> Iterator[str]:
    """The address of the shop's web service, while it is open."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with tempfile.TemporaryDirectory(prefix="calendar-") as home:
        ledger = Ledger(f"sqlite:///{Path(home) / 'ledger.db'}")
        migrate(ledger)
        ledger.write(accept_configuration, shop(language), datetime(2026, 1, 1, tzinfo=UTC))
        place = Surroundings(ledger, Links(url, "a key"), {}, lambda: NOW)
        app = create_app(surroundings=place, watchdog=Watchdog(None))
        settings = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join()
            ledger.close()


if __name__ == "__main__":
    with wall() as ready:
        ready.look("/calendar", width=1280).screenshot(path=PICTURES / "calendar.png")
