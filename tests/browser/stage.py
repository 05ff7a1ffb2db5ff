"""What does a person see? The demo, with the assessment given in the Prefect UI by a real browser.

`python -m tests.browser.stage` keeps what it saw as pictures for the README. That of the run is taken by
hand: one has to zoom into a run that mostly waited.
"""

import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Error, Locator, Page, ViewportSize, sync_playwright

from service.demo.phones import Phones
from service.demo.story import Story
from service.processes import free_port
from service.up import Settings, System, clean_environment

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TALL: ViewportSize = {"width": 1280, "height": 1700}
HALF: ViewportSize = {"width": 860, "height": 1500}
WITHIN_SECONDS = 120.0
ATTEMPTS = 3


def browser() -> str | None:
    """The Chromium of this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@dataclass
class Stage:
    """The running system, the people, and somebody's screen."""

    story: Story
    screen: Page
    pictures: Path

    def open_question(self, key: str) -> Locator:
        """Follow the run that waits into the form behind its button Resume."""
        self.screen.set_viewport_size(TALL)
        self.screen.goto(self.run_url(key, "Suspended"))
        self.screen.get_by_role("button", name="Resume").first.click()
        form = self.screen.locator(".p-modal__card")
        form.get_by_role("button", name="Submit").wait_for()
        return form

    def run_url(self, key: str, state: str) -> str:
        """The page of the run of an incident, as soon as it is in a state."""
        api = self.story.system.environment["PREFECT_API_URL"]
        wanted = {"flow_runs": {"name": {"like_": f"{key} "}, "state": {"name": {"any_": [state]}}}}
        until = time.monotonic() + WITHIN_SECONDS
        while time.monotonic() < until:
            for run in self.story.client.post(f"{api}/flow_runs/filter", json=wanted).json():
                return f"{self.story.system.prefect_url}/runs/flow-run/{run['id']}"
            time.sleep(0.2)
        raise TimeoutError(f"the run of {key} was not {state} in time")

    def told(self, key: str) -> dict[str, Any]:
        """What the incident's page knows, as data."""
        story: dict[str, Any] = self.story.client.get(f"{self.page_url(key)}.json").json()
        return story

    def page_url(self, key: str) -> str:
        """The incident's page."""
        return f"{self.story.system.base_url}/incidents/{key}"

    def picture(self, what: Page | Locator, name: str) -> None:
        """Keep what can be seen."""
        self.screen.wait_for_timeout(1000)  # pictures and fonts settle
        what.screenshot(path=self.pictures / name)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A system of its own with a browser before it, gone at the end; pictures go into the folder."""
    phones = Phones()
    phones.start()
    given = clean_environment() | {
        "DEMO_PHONES_URL": phones.url,
        "DEMO_PHONES_SECRET": secrets.token_hex(16),
    }
    with (
        tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as home,
        as_file(files("service.demo").joinpath("incident.yaml")) as configuration,
        httpx.Client(timeout=10) as client,
        sync_playwright() as playwright,
    ):
        system = System(
            Settings(Path(home), configuration, port=free_port(), prefect_port=free_port()), _say, given
        )
        try:
            system.start()
            chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
            screen = chromium.new_page(viewport=TALL)
            yield Stage(Story(system, phones, lambda *_: None, client), screen, folder)
            chromium.close()
        finally:
            system.stop()
            phones.stop()


def play(on: Stage) -> str:
    """One incident, assessed in the Prefect UI; pictures of the form and of the incident's page."""
    key = on.story.alert()
    on.story.escalation()
    on.story.phones.wait_for("bob@example.com", "message", "/decide/")  # he prefers the Prefect UI
    form = on.open_question(key)
    on.picture(form, "form.png")
    field(form, "Who are you").fill("bob")
    field(form, "impact on customers").fill("Nobody can pay: all instances are down")
    send(form)
    on.story.phones.wait_for("subscribers@example.com", "message")
    on.story.delegation()
    on.story.resolution()
    on.story.ending(key)
    on.screen.set_viewport_size(HALF)
    on.screen.goto(on.page_url(key))
    on.picture(on.screen, "incident.png")
    return key


def send(form: Locator) -> None:
    """Press the button until the form goes away: a server that is busy refuses now and then."""
    for _ in range(ATTEMPTS):
        form.get_by_role("button", name="Submit").click()
        with suppress(Error):
            form.wait_for(state="hidden", timeout=20_000)
            return
    raise AssertionError("the form does not go away")


def field(form: Locator, title: str) -> Locator:
    """Where one writes under a title of the form."""
    return form.locator(".schema-form-property", has_text=title).locator("textarea").first


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    with stage(PICTURES) as ready:
        play(ready)
