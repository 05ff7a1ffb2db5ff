"""What holds for all tests? With `--no-skips`, as CI runs them, a test that was skipped has failed.

`make test` runs them in several processes, each file in one of them. The end-to-end tests share one system,
and take longest: one process begins with all of them, the others do the rest meanwhile. What else kills
programs and looks at the clock waits for its turn there.
"""

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from xdist.scheduler import LoadScopeScheduling

TAKES_TURNS = "tests/e2e/"
ALSO_TAKE_TURNS = ("tests/service/test_worker_kills.py",)

NOWHERE = "http://127.0.0.1:1/api"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that was skipped has failed")


def pytest_configure() -> None:
    """A test that wants a Prefect server starts one; else Prefect itself would, for whoever asks it."""
    os.environ["PREFECT_API_URL"] = NOWHERE


class OneProcessForWhoTakesTurns(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Each file in one process, and all of those that take turns in the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TAKES_TURNS if file.startswith(TAKES_TURNS) or file in ALSO_TAKE_TURNS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneProcessForWhoTakesTurns:
    return OneProcessForWhoTakesTurns(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith((TAKES_TURNS, *ALSO_TAKE_TURNS)))


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
