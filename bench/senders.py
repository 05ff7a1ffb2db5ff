"""How fast do alerts go in? Senders that keep their connections and do nothing but send and wait."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from bench.table import quantile

CONDITIONS = 2_000


@dataclass
class Taken:
    """What the senders saw: how long each answer took, and which answers there were."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    def row(self, alerts: int) -> str:
        """The rate and the times, for the table; any answer that is no 2xx is named."""
        rate = len(self.times) / self.seconds
        refused = {status: count for status, count in self.answers.items() if status // 100 != 2}
        p50, p99 = (1e3 * quantile(self.times, share) for share in (0.5, 0.99))
        said = f"{rate:,.0f} posts/s, {rate * alerts:,.0f} alerts/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        return f"{said}; refused: {refused}" if refused else said


@dataclass(frozen=True)
class Target:
    """Where the alerts go, and how they are wrapped there."""

    name: str
    port: int
    path: str
    token: str = ""
    enveloped: bool = True

    def request(self, alerts: Sequence[dict[str, Any]]) -> bytes:
        """One POST, as bytes: nothing is left to be done while it is measured."""
        message: Any = alerts
        if self.enveloped:
            message = {
                "version": "4",
                "status": "firing",
                "alerts": [{"status": "firing", **a} for a in alerts],
            }
        body = json.dumps(message).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def alert(number: int, starts_at: str) -> dict[str, Any]:
    """An alert as Prometheus sends it; there are two thousand conditions."""
    return {
        "labels": {
            "alertname": "ErrorRate",
            "severity": "critical",
            "service": "s1",
            "instance": f"db{number % CONDITIONS}:9100",
            "env": "prod",
        },
        "annotations": {"summary": "Errors above 5 %", "description": "For five minutes."},
        "startsAt": starts_at,
        "generatorURL": "http://prometheus.example/graph?g0.expr=errors",
    }


def requests(target: Target, alerts: int, starts_at: str) -> list[bytes]:
    """Different posts, together all conditions."""
    numbers = range(0, CONDITIONS, alerts)
    return [target.request([alert(n + i, starts_at) for i in range(alerts)]) for n in numbers]


async def send(target: Target, posts: Sequence[bytes], connections: int, seconds: float) -> Taken:
    """Send over so many connections, each waiting for its answer, for so long."""
    taken, endless, began = Taken(), cycle(posts), time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(_one(target.port, endless, until, taken) for _ in range(connections)))
    taken.seconds = time.perf_counter() - began
    return taken


async def _one(port: int, posts: Any, until: float, taken: Taken) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (sent := time.perf_counter()) < until:
        writer.write(next(posts))
        head = await reader.readuntil(b"\r\n\r\n")
        if length := _length(head):
            await reader.readexactly(length)
        taken.times.append(time.perf_counter() - sent)
        taken.answers[int(head[9:12])] += 1
    writer.close()


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length: ")
    return int(rest.partition(b"\r\n")[0]) if found else 0
