"""How does a test get a real Nagios with one check? `with nagios(folder, cfg, script) as nagios:`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.senders.pasted import pasted
from tests.senders.programs import account, folder, give_away, needed, running, soon

PACKAGES = "nagios4-core monitoring-plugins-basic"
HOST, CHECK = "web01", "HTTP"

MAIN = """\
log_file={home}/nagios.log
cfg_file={home}/objects.cfg
object_cache_file={home}/objects.cache
precached_object_file={home}/objects.precache
status_file={home}/status.dat
state_retention_file={home}/retention.dat
temp_file={home}/temporary
temp_path={home}
check_result_path={home}/results
lock_file={home}/nagios.pid
command_file={home}/nagios.cmd
query_socket={home}/nagios.qh
nagios_user={account}
nagios_group={account}
use_syslog=0
enable_notifications=1
execute_service_checks=1
execute_host_checks=1
interval_length=1
max_service_check_spread=1
max_host_check_spread=1
cached_host_check_horizon=0
cached_service_check_horizon=0
service_inter_check_delay_method=n
host_inter_check_delay_method=n
illegal_object_name_chars=`~!$%^&*|'"<>?,()=
"""
"""One second is the unit of intervals, so that a check is made every second."""

OBJECTS = """\
define command {{
    command_name            read
    command_line            {home}/check "$ARG1$"
}}
define host {{
    host_name               web01
    address                 192.0.2.10
    check_command           read!{home}/host
    check_period            incident-response
    notification_period     incident-response
    max_check_attempts      1
    check_interval          1
    notification_interval   300
    contacts                incident-response
}}
define service {{
    host_name               web01
    service_description     HTTP
    check_command           read!{home}/service
    check_period            incident-response
    notification_period     incident-response
    max_check_attempts      1
    check_interval          1
    retry_interval          1
    notification_interval   300
    action_url              https://runbooks.example.org/http
    contacts                incident-response
}}
"""

CHECK_SCRIPT = """\
#!/bin/sh
read -r state said < "$1"
printf '%s\\n' "$said"
exit "$state"
"""


@dataclass(frozen=True)
class Nagios:
    """A Nagios that checks what stands in two files."""

    home: Path

    @property
    def command_file(self) -> Path:
        """Where it takes commands."""
        return self.home / "nagios.cmd"

    def service_is(self, state: int, said: str) -> None:
        """What the check of the service finds from now on."""
        _write(self.home / "service", f"{state} {said}\n")

    def host_is(self, state: int, said: str) -> None:
        """What the check of the host finds from now on."""
        _write(self.home / "host", f"{state} {said}\n")

    def command(self, text: str) -> None:
        """Give it a command, as its web interface does."""
        with self.command_file.open("w") as pipe:
            pipe.write(f"[{int(time.time())}] {text}\n")

    def status(self) -> str:
        """How it sees everything now, in its own words."""
        return (self.home / "status.dat").read_text() if (self.home / "status.dat").exists() else ""


@contextmanager
def nagios(door: str, header: str) -> Iterator[Nagios]:
    """A real Nagios that notifies our door as the page tells."""
    program = needed("nagios4", PACKAGES)
    with folder("nagios") as home:
        _configure(home, door, header)
        monitor = Nagios(home)
        monitor.host_is(0, "alive")
        monitor.service_is(0, "HTTP OK")
        give_away(home)
        with running([program, str(home / "nagios.cfg")], home):
            soon(monitor.command_file.exists, lambda: f"Nagios runs; {(home / 'said').read_text()}")
            yield monitor


def _configure(home: Path, door: str, header: str) -> None:
    (home / "results").mkdir()
    files: Mapping[str, str] = {
        "token": header,
        "check": CHECK_SCRIPT,
        "send": pasted(
            "nagios.md",
            "nagios-to-incident-response",
            {
                "@/etc/nagios4/incident-response.header": f"@{home / 'token'}",
                "https://incidents.example.org/alerts/nagios": door,
            },
        ),
        "ours.cfg": pasted(
            "nagios.md",
            "objects/incident-response.cfg",
            {"/usr/local/bin/nagios-to-incident-response": str(home / "send")},
        ),
        "objects.cfg": OBJECTS.format(home=home),
        "nagios.cfg": MAIN.format(home=home, account=account())
        + "status_update_interval=1\n"
        + pasted(
            "nagios.md",
            "nagios.cfg",
            {"/etc/nagios4/objects/incident-response.cfg": str(home / "ours.cfg")},
        ),
    }
    for name, text in files.items():
        (home / name).write_text(text)
    for name in ("check", "send"):
        (home / name).chmod(0o755)


def _write(file: Path, text: str) -> None:
    """In one step: Nagios may be reading it."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o644)
    new.replace(file)
