"""Which figures are claimed? `make bench` measures them all; `make bench ARGS='latency'` only one part."""

import argparse
from collections.abc import Callable

from bench import escalations, intake, many, memory, oncall, page
from bench.table import Row, print_table

PARTS: dict[str, Callable[[int | None], list[Row]]] = {
    "latency": page.latency,
    "memory": memory.idle,
    "suspended": many.suspended,
    "at-once": many.at_once,
    "intake": intake.intake,
    "oncall": lambda count: [*oncall.questions(count), *escalations.thousand_open(count)],
}


def main() -> None:
    """Measure and print a table in markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument(
        "--count", type=int, default=None, help="incidents, for a quick look; of intake: seconds"
    )
    options = parser.parse_args()
    for name in options.parts or PARTS:
        print(f"\n## {name}\n", flush=True)
        print_table(PARTS[name](options.count))


if __name__ == "__main__":
    main()
