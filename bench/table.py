"""How is a figure written down?"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


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


def print_table(rows: Sequence[Row]) -> None:
    """In markdown."""
    print("| what | n | figure |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row.what} | {row.n} | {row.figure} |", flush=True)
