"""Does a storm of alerts lose nothing, open one incident per cause, and page for each of the worst?

The web service is killed twice meanwhile; the senders come again as Alertmanager does. The small storm is
part of the suite, `INCIDENT_STORM=full` is the one that docs/benchmarks.md tells of.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, func, select

from incident.severity import Severity
from ledger.audit import audit
from ledger.engine import Ledger
from ledger.runs import runs_owed
from ledger.tables import AlertRow, IncidentRow, PageRow
from tests.e2e.organisation import STORMY
from tests.e2e.system import WEB, Running, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.kill]

CONNECTIONS = 32
BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds; Alertmanager begins with half a second and goes up to minutes: here nobody waits so long."""
SEVERITIES = ("critical", "error", "warning")


@dataclass(frozen=True)
class Size:
    """How large a storm is."""

    posts: int
    fingerprints: int
    causes: int
    seconds: float
    settled_within: float


SMALL = Size(posts=600, fingerprints=60, causes=12, seconds=10, settled_within=240)
FULL = Size(posts=20_000, fingerprints=2_000, causes=60, seconds=60, settled_within=300)
STORM = FULL if os.environ.get("INCIDENT_STORM") == "full" else SMALL


@dataclass
class Senders:
    """Monitors that deliver every alert until it is accepted.

    They run beside what they load, so they write their requests by hand: a client of the usual kind takes
    more of the two processors than the door that it knocks at.
    """

    system: Running
    accepted: dict[int, float] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)

    async def send(self, size: Size) -> None:
        """All posts, evenly over the time of the storm."""
        posts = iter(range(size.posts))
        began = time.monotonic()
        await asyncio.gather(*(self._sender(posts, began, size) for _ in range(CONNECTIONS)))

    async def _sender(self, posts: Iterator[int], began: float, size: Size) -> None:
        connection = Connection(httpx.URL(self.system.url))
        for number in posts:
            await asyncio.sleep(max(0.0, began + number * size.seconds / size.posts - time.monotonic()))
            await self._deliver(connection, number, size)
        connection.close()

    async def _deliver(self, connection: Connection, number: int, size: Size) -> None:
        body = json.dumps(_alert(number, size)).encode()
        for attempt in range(1_000):
            try:
                async with asyncio.timeout(20):
                    status = await connection.post("/alerts/generic", self.system.authorization, body)
                if status == 202:
                    self.accepted[number] = time.monotonic()
                    return
                assert status in (429, 503), status
                self.troubles[str(status)] += 1
            except (OSError, EOFError) as away:  # a time-out is an OSError
                connection.close()
                self.troubles[type(away).__name__] += 1
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
        raise TimeoutError(f"post {number} was never accepted")


@dataclass
class Connection:
    """One connection to the door, which stays open; opened again when it broke."""

    url: httpx.URL
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send it and read the answer; returns its status.

        Raises:
            OSError, EOFError: the connection broke, and nobody knows whether it arrived.
        """
        self._streams = self._streams or await asyncio.open_connection(self.url.host, self.url.port)
        reader, writer = self._streams
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.url.host}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        answered = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head.splitlines())
        }
        await reader.readexactly(int(answered["content-length"]))
        return int(head.split(" ", 2)[1])

    def close(self) -> None:
        """The next post opens a new one."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


def _alert(number: int, size: Size) -> dict[str, Any]:
    """An alert of one of the conditions; a cause is a service, a third of which is critical."""
    condition = number % size.fingerprints
    cause = condition % size.causes
    return {
        "title": f"cause {cause} is failing",
        "fingerprint": f"condition {condition}",
        "service": _service(cause),
        "severity": SEVERITIES[cause % len(SEVERITIES)],
        "labels": {"instance": f"host-{condition}"},
    }


def _service(cause: int) -> str:
    return f"{STORMY}-{cause}"


def test_a_storm_loses_nothing_and_pages_for_every_grave_cause(system: Running) -> None:
    senders, began = Senders(system), time.monotonic()
    first = datetime.now(UTC)
    asyncio.run(_storm_with_two_kills(senders, STORM))
    sent_for = time.monotonic() - began
    assert len(senders.accepted) == STORM.posts

    found = _until_settled(system, STORM)
    assert found.alerts >= STORM.posts  # what was accepted when its answer was lost came twice
    assert found.untriaged == 0
    assert found.incidents == Counter(_service(cause) for cause in range(STORM.causes))
    assert found.unpaged == []
    _tell(found, senders, first, sent_for)


async def _storm_with_two_kills(senders: Senders, size: Size) -> None:
    storm = asyncio.create_task(senders.send(size))
    for _ in range(2):
        await asyncio.sleep(size.seconds / 3)
        senders.system.kill(WEB)
    await storm


@dataclass(frozen=True)
class Found:
    """What the storm left in the ledger."""

    alerts: int
    untriaged: int
    runs_owed: int
    incidents: Counter[str]
    unpaged: list[str]
    first_pages: list[datetime]
    lateness: list[float]


def _look(session: Session) -> Found:
    incidents = session.exec(select(IncidentRow).where(col(IncidentRow.service).startswith(STORMY))).all()
    sent = select(PageRow.incident_id, func.min(PageRow.sent_at)).where(col(PageRow.sent_at).is_not(None))
    paged = dict(session.exec(sent.group_by(col(PageRow.incident_id))).all())
    grave = [incident for incident in incidents if incident.severity is Severity.CRITICAL]
    alerts = select(func.count(col(AlertRow.id))).where(col(AlertRow.fingerprint).startswith("condition"))
    return Found(
        alerts=session.exec(alerts).one(),
        untriaged=session.exec(alerts.where(col(AlertRow.end_state).is_(None))).one(),
        runs_owed=len(runs_owed(session)),
        incidents=Counter(incident.service for incident in incidents),
        unpaged=[incident.key for incident in grave if incident.id not in paged],
        first_pages=sorted(_aware(paged[each.id]) for each in grave if each.id in paged),
        lateness=sorted(
            (_aware(paged[each.id]) - each.opened_at).total_seconds() for each in grave if each.id in paged
        ),
    )


def _aware(at: datetime | None) -> datetime:
    assert at is not None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _until_settled(system: Running, size: Size) -> Found:
    """Wait until nothing is left to be done; then nothing may have been left lying."""
    last: list[Found] = []

    def settled() -> bool:
        last[:] = [system.ledger.read(_look)]
        waits = last[0].untriaged or last[0].unpaged or last[0].runs_owed
        return not waits and _all_well(system.ledger)

    wait_until(settled, size.settled_within, lambda: f"{last}: {_violations(system.ledger)[:5]}")
    return last[0]


def _all_well(ledger: Ledger) -> bool:
    return not _violations(ledger)


def _violations(ledger: Ledger) -> list[Any]:
    return list(ledger.read(audit, datetime.now(UTC)).violations)


def _tell(found: Found, senders: Senders, began: datetime, sent_for: float) -> None:
    """The figures, for docs/benchmarks.md (`pytest -s`)."""
    pages = [(at - began).total_seconds() for at in found.first_pages]
    late = found.lateness
    print(
        f"\nstorm: {STORM.posts} posts in {sent_for:.0f} s, {found.alerts} alerts, {dict(senders.troubles)}"
    )
    print(f"severity 1: {len(pages)} incidents, first page after {pages[0]:.1f} s, last {pages[-1]:.1f} s")
    print(f"from opening to first page: median {late[len(late) // 2]:.1f} s, max {late[-1]:.1f} s")
