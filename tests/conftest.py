"""What holds for all tests? With `--no-skips`, as CI runs them, a test that was skipped has failed.

`make test` runs them in several processes, each file in one of them. The end-to-end tests share one system,
and take longest: one process begins with all of them, the others do the rest meanwhile. What else kills
programs and looks at the clock waits for its turn there.
"""

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

END_TO_END = Path(__file__).parent / "e2e"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that was skipped has failed")


@pytest.hookimpl(tryfirst=True)  # before the processes are told what belongs together
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not _takes_turns(item))
    for item in items:
        group = END_TO_END.name if _takes_turns(item) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


def _takes_turns(item: pytest.Item) -> bool:
    return item.path.is_relative_to(END_TO_END) or item.get_closest_marker("kill") is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _judged((yield), item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _judged((yield), collector.config)


def _judged(report: Report, config: pytest.Config) -> Report:
    if report.skipped and config.getoption("--no-skips"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome, report.longrepr = "failed", f"with --no-skips a skip is a failure: {reason}"
    return report
