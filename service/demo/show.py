"""How is the demo run? `incident demo`.

Starts everything in a folder of its own, plays the story, leaves nothing.
"""

import secrets
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import httpx
from rich.console import Console

from service.demo.phones import Phones, Stalled
from service.demo.story import Story
from service.processes import free_port, stop_on_sigterm
from service.up import Settings, System, clean_environment


def run_demo(*, keep: bool = False, home: Path = Path(".incident/demo")) -> None:
    """Play one incident from the alert to the retrospective, and narrate it.

    Raises:
        ConfigurationError: something is in the way; the message says what to do.
        Stalled: a step did not happen in time; the message says which.
    """
    console, began = Console(highlight=False), time.monotonic()

    def tell(what: str, text: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} s[/]  [bold]{what:<17}[/] {text}")

    stop_on_sigterm()
    phones = Phones()
    phones.start()
    fresh = home / time.strftime("%Y%m%d-%H%M%S")
    environment = {
        **clean_environment(),
        "DEMO_PHONES_URL": phones.url,
        "DEMO_PHONES_SECRET": secrets.token_hex(16),
    }
    with as_file(files("service.demo").joinpath("incident.yaml")) as configuration:
        settings = Settings(fresh, configuration, port=free_port(), prefect_port=free_port())
        system = System(settings, console.print, environment)
        try:
            tell("starting", "Prefect server, web service with watchdog, worker")
            system.start()
            tell("ready", f"Prefect UI {system.prefect_url} · incidents {system.base_url}")
            _play(system, phones, tell, console, fresh)
            if keep:
                console.print("\nEverything stays up for a look around; Ctrl-C ends it.")
                system.watch()
        except KeyboardInterrupt:
            console.print("\nstopping")
        except httpx.HTTPError as failure:
            raise Stalled(f"the web service did not take a step of the story: {failure}") from None
        finally:
            system.stop()
            phones.stop()
    console.print(f"[dim]{time.monotonic() - began:6.1f} s[/]  nothing is left running")


def _play(
    system: System, phones: Phones, tell: Callable[[str, str], None], console: Console, folder: Path
) -> None:
    with httpx.Client(timeout=10) as client:
        key = Story(system, phones, tell, client).play()
        page = f"{system.base_url}/incidents/{key}"
        pages = {
            "Prefect UI": f"{system.prefect_url}/runs",
            "incident page": page,
            "status page": f"{system.base_url}/status",
            "retrospective": f"{page}/retrospective",
        }
        console.print()
        for name, url in pages.items():
            saved = folder / f"{name.replace(' ', '-')}.html"
            if name != "Prefect UI":
                saved.write_text(client.get(url).text, encoding="utf-8")
            console.print(
                f"  {name:<14} {url}" + ("" if name == "Prefect UI" else f"  [dim](kept as {saved})[/]")
            )
