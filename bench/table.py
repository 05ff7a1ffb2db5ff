"""How is a figure written down?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import process_time
from timeit import Timer


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, on how much, and what came out."""

    what: str
    n: int
    figure: str


def spread(seconds: Sequence[float]) -> str:
    """The median, the 95th percentile and the largest of some times, in seconds."""
    ordered = sorted(seconds)
    p95 = quantiles(ordered, n=20)[18] if len(ordered) > 1 else ordered[0]
    return f"p50 {ordered[len(ordered) // 2]:.2f} s, p95 {p95:.2f} s, max {ordered[-1]:.2f} s"


def quantile(times: Sequence[float], share: float) -> float:
    """The time that this share of all stays below."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def print_table(rows: Sequence[Row]) -> None:
    """In markdown."""
    print("| what | n | figure |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row.what} | {row.n} | {row.figure} |", flush=True)


@dataclass(frozen=True)
class Timing:
    """How long one call takes, in seconds: the median of some rounds, the fastest and the slowest of them."""

    median: float
    fastest: float
    slowest: float
    calls: int

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.fastest)} to {_short(self.slowest)})"


def timed(call: Callable[[], object]) -> Timing:
    """Time a call by the processor's clock, on which the work of others beside it hardly counts.

    Nine rounds of at least a fifth of a second; three of a call that takes longer than that.
    """
    timer = Timer(call, timer=process_time)
    calls, _ = timer.autorange()
    rounds = 9 if calls > 1 else 3
    seconds = sorted(total / calls for total in timer.repeat(rounds, calls))
    return Timing(median(seconds), seconds[0], seconds[-1], rounds * calls)


def _short(seconds: float) -> str:
    """In the unit that keeps the number readable."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
