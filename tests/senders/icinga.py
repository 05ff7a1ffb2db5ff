"""How does a test get a real Icinga 2 with one host and one check? `with icinga(door, header) as icinga:`."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.prefect_server import free_port
from tests.senders.pasted import pasted
from tests.senders.programs import account, folder, give_away, needed, running, soon

PACKAGE = "icinga2-bin"
HOST, CHECK = "web01", "HTTP"
NAME = "localhost"
"""Its certificate is made out to this name."""
OPERATOR, PASSWORD = "operator", "a password of this test"
FOLDERS = {
    "ConfigDir": "conf",
    "DataDir": "data",
    "CacheDir": "cache",
    "InitRunDir": "run",
    "LogDir": "log",
    "SpoolDir": "spool",
}

MAIN = """\
include <itl>
const NodeName = "{name}"
object Endpoint NodeName {{ }}
object Zone "master" {{ endpoints = [ NodeName ] }}
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object FileLogger "log" {{ path = "{home}/log/icinga2.log" }}
object ApiListener "api" {{
  bind_host = "127.0.0.1"
  bind_port = {port}
}}
object ApiUser "{operator}" {{
  password = "{password}"
  permissions = [ "*" ]
}}
object Host "web01" {{
  check_command = "passive"
  enable_active_checks = false
  max_check_attempts = 1
  address = "192.0.2.10"
  action_url = "https://runbooks.example.org/web01"
}}
object Service "HTTP" {{
  host_name = "web01"
  check_command = "passive"
  enable_active_checks = false
  max_check_attempts = 1
}}
"""


@dataclass(frozen=True)
class Icinga:
    """An Icinga that is told by its API what its checks find."""

    url: str
    ca_file: Path
    api: httpx.Client

    def service_is(self, state: int, said: str) -> None:
        """What the check of the service finds."""
        self._result("Service", f"{HOST}!{CHECK}", state, said)

    def host_is(self, state: int, said: str) -> None:
        """What the check of the host finds."""
        self._result("Host", HOST, state, said)

    def act(self, action: str, **what: Any) -> None:
        """Do something to it, as its web interface does."""
        self.api.post(f"/v1/actions/{action}", json=what).raise_for_status()

    def service(self) -> dict[str, Any]:
        """How it sees the service now."""
        return self._seen(f"/v1/objects/services/{HOST}!{CHECK}")

    def host(self) -> dict[str, Any]:
        """How it sees the host now."""
        return self._seen(f"/v1/objects/hosts/{HOST}")

    def comments(self) -> list[tuple[str, str]]:
        """Who has said what about anything, oldest first."""
        found = [each["attrs"] for each in self.api.get("/v1/objects/comments").json()["results"]]
        return [(said["author"], said["text"]) for said in sorted(found, key=lambda said: said["entry_time"])]

    def _seen(self, path: str) -> dict[str, Any]:
        (found,) = self.api.get(path).raise_for_status().json()["results"]
        seen: dict[str, Any] = found["attrs"]
        return seen

    def _result(self, kind: str, name: str, state: int, said: str) -> None:
        about = {"type": kind, kind.lower(): name}
        self.act("process-check-result", **about, exit_status=state, plugin_output=said)


@contextmanager
def icinga(door: str, header: str, more: str = "") -> Iterator[Icinga]:
    """A real Icinga that notifies our door as the page tells; `more` stands in its configuration, too."""
    program = needed("icinga2", PACKAGE)
    with folder("icinga") as home:
        port = free_port()
        _configure(home, port, door, header, more)
        make_certificates(home / "data" / "certs")
        give_away(home)
        command = [program, "daemon", "-c", str(home / "conf" / "icinga2.conf")]
        for name, place in FOLDERS.items():
            command += ["-D", f"{name}={home / place}"]
        command += ["-D", f"RunAsUser={account()}", "-D", f"RunAsGroup={account()}"]
        ca_file = home / "data" / "certs" / "ca.crt"
        url = f"https://{NAME}:{port}"
        trust = ssl.create_default_context(cafile=ca_file)
        with (
            running(command, home),
            httpx.Client(
                base_url=url,
                auth=(OPERATOR, PASSWORD),
                verify=trust,
                headers={"Accept": "application/json"},
            ) as api,
        ):
            monitor = Icinga(url, ca_file, api)
            soon(lambda: _answers(api), lambda: f"Icinga answers; {(home / 'said').read_text()}")
            yield monitor


def make_certificates(place: Path) -> None:
    """An authority of its own, and a certificate by it, as `icinga2 node setup` makes them in more time."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    own = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    authority = ["-subj", "/CN=Icinga CA", "-keyout", "ca.key", "-out", "ca.crt"]
    by_it = ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"]
    for what in (authority, [*own, *by_it, "-keyout", f"{NAME}.key", "-out", f"{NAME}.crt"]):
        command = ["openssl", "req", "-x509", *key, *what]
        subprocess.run(command, cwd=place, check=True, capture_output=True)


def _configure(home: Path, port: int, door: str, header: str, more: str) -> None:
    for name in (*FOLDERS.values(), "data/certs", "spool/tmp", "spool/perfdata"):
        (home / name).mkdir(parents=True, exist_ok=True)
    main = MAIN.format(home=home, name=NAME, port=port, operator=OPERATOR, password=PASSWORD)
    ours = pasted(
        "icinga2.md",
        "conf.d/incident-response.conf",
        {
            "@/etc/icinga2/incident-response.header": f"@{home / 'token'}",
            "https://incidents.example.org/alerts/icinga2": door,
        },
    )
    files: Mapping[str, str] = {"token": header, "conf/icinga2.conf": f"{main}\n{ours}\n{more}"}
    for name, text in files.items():
        (home / name).write_text(text)


def _answers(api: httpx.Client) -> bool:
    try:
        return api.get("/v1/status/CIB").is_success
    except httpx.TransportError:
        return False
