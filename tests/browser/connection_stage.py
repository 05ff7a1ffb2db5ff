"""What is seen of a connection in the Prefect UI? The form of a block that `incident connect` saved.

`python -m tests.browser.connection_stage` keeps one picture for each page of docs/connections/; with names of
pages behind it, only theirs.
"""

import asyncio
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright
from prefect.settings import PREFECT_API_URL, temporary_settings

from blocks.catalogue import TYPES
from blocks.saved import save_block
from tests.browser.light import light
from tests.browser.stage import PICTURES, WITHIN_SECONDS, browser
from tests.prefect_server import prefect_server

SAVED: dict[str, tuple[str, dict[str, Any]]] = {
    "apprise": ("apprise-push/pushover", {"url": "pover://user@token/{to}"}),
    "github": ("github-issues/tickets", {"repository": "example/operations", "token": "secret"}),
    "gitlab": ("gitlab-issues/tickets", {"project": "example/operations", "token": "secret"}),
    "jira": (
        "jira-tracker/tickets",
        {
            "site": "https://example.atlassian.net",
            "email": "incidents@example.com",
            "api_token": "secret",
            "project": "OPS",
            "issue_type": "Incident",
            "priorities": {1: "Highest", 2: "High", 3: "Low"},
        },
    ),
    "kannel": (
        "kannel-text/gateway",
        {
            "server": "http://127.0.0.1:13013",
            "username": "incidents",
            "password": "secret",
            "reply_password": "secret",
        },
    ),
    "matrix": (
        "matrix-chat/ops",
        {
            "homeserver": "https://matrix.example.com",
            "token": "secret",
            "as_token": "secret",
            "hs_token": "secret",
        },
    ),
    "mattermost": (
        "mattermost-chat/ops",
        {
            "server": "https://chat.example.com",
            "team": "operations",
            "token": "secret",
            "command_token": "secret",
            "answers_at": "https://incidents.example.com/mattermost/ops",
        },
    ),
    "ntfy": ("ntfy-push/push", {"token": "secret"}),
    "opsgenie": ("opsgenie-pager/og", {"account": "eu", "api_key": "secret"}),
    "pagerduty": ("pagerduty-pager/pd", {"routing_key": "secret", "api_token": "secret"}),
    "sip": ("sip-call/phone", {"domain": "sip.example.com", "user": "incidents", "password": "secret"}),
    "slack": ("slack-chat/ops", {"token": "secret", "signing_secret": "secret"}),
    "statuspage": ("atlassian-statuspage/customers", {"page_id": "kctbh9vrtdwd", "api_key": "secret"}),
    "teams": ("teams-workflow/on-call-teams", {"url": "https://teams.example.com/secret"}),
    "twilio": (
        "twilio-text/sms",
        {"account_sid": f"AC{'0123456789abcdef' * 2}", "auth_token": "secret", "sender": "+15017122661"},
    ),
    "zoom": (
        "zoom-video/calls",
        {
            "account_id": "Vq3xExampleAccount",
            "client_id": "Xk9ExampleClient",
            "client_secret": "secret",
            "host": "ops@example.com",
        },
    ),
}
"""By the name of the page: the reference that stands there, and settings like those there."""

TALL: ViewportSize = {"width": 1000, "height": 2400}
"""Higher than the longest form: Prefect scrolls inside of the page, where no screenshot follows."""
TOP, FORM = ".p-layout-default__header", ".p-layout-default__content > .p-card"
MARGIN = 16


def edit(screen: Page, ui: str, reference: str) -> None:
    """Open the form in which a saved block is edited."""
    slug, _, name = reference.partition("/")
    found = httpx.get(f"{ui}/api/block_types/slug/{slug}/block_documents/name/{name}", timeout=WITHIN_SECONDS)
    screen.goto(f"{ui}/blocks/block/{found.raise_for_status().json()['id']}/edit")
    screen.get_by_role("button", name="Save").wait_for()
    screen.locator("textarea").first.wait_for()


def photograph(screen: Page, path: Path) -> None:
    """Keep the form from its title to its buttons, whatever its height."""
    screen.wait_for_timeout(1000)  # icons and fonts settle
    top, form = screen.locator(TOP).bounding_box(), screen.locator(FORM).bounding_box()
    assert top is not None
    assert form is not None
    height = form["y"] + form["height"] + MARGIN - (start := top["y"] - MARGIN)
    clip = {"x": 0.0, "y": start, "width": float(TALL["width"]), "height": height}
    assert start + height <= TALL["height"], "the form is cut off"
    path.write_bytes(light(screen.screenshot(clip=clip)))


async def save(pages: Collection[str]) -> None:
    """Put the blocks of these pages into Prefect."""
    for page in pages:
        reference, settings = SAVED[page]
        slug, _, name = reference.partition("/")
        await save_block(TYPES[slug](**settings), name)


def main(pages: Collection[str], folder: Path) -> None:
    """Renew the pictures of these pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with prefect_server() as server:
        with temporary_settings(updates={PREFECT_API_URL: server.url}):
            asyncio.run(save(pages))  # before the browser, which brings a loop of its own
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
            screen = chromium.new_page(viewport=TALL)
            screen.set_default_timeout(WITHIN_SECONDS * 1000)
            for page in pages:
                edit(screen, server.url.removesuffix("/api"), SAVED[page][0])
                photograph(screen, folder / f"{page}.png")
            chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:] or SAVED, PICTURES / "connections")
