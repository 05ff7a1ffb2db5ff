"""What holds for all tests? With `--no-skips`, as CI runs them, a test that was skipped has failed.

`make test` runs them in several processes, each file in one of them. The end-to-end tests take longest, they
mostly wait, and those of a process share one system: two processes begin with them, each with a half. What
else kills programs and looks at the clock waits for its turn there.
"""

import gc
import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from xdist.scheduler import LoadScopeScheduling

TAKE_TURNS = (
    ("tests/e2e/test_kill_", "tests/e2e/test_story.py", "tests/e2e/test_process_pool.py"),
    ("tests/e2e/", "tests/service/test_worker_kills.py"),
)
"""Where the tests are that share a process, in their order; the longest first."""

NOWHERE = "http://127.0.0.1:1/api"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that was skipped has failed")


def pytest_configure() -> None:
    """A test that wants a Prefect server starts one; else Prefect itself would, for whoever asks it."""
    os.environ["PREFECT_API_URL"] = NOWHERE


class OneProcessForWhoTakesTurns(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Each file in one process, and all of those that take turns with each other in the same one."""

    def _split_scope(self, nodeid: str) -> str:
        turns = _turns(nodeid)
        return nodeid.partition("::")[0] if turns == len(TAKE_TURNS) else f"turns {turns}"


def _turns(nodeid: str) -> int:
    """With which of those that take turns a test stands; past the last one: with none."""
    return next((n for n, those in enumerate(TAKE_TURNS) if nodeid.startswith(those)), len(TAKE_TURNS))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneProcessForWhoTakesTurns:
    return OneProcessForWhoTakesTurns(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What was collected stays: to look for garbage in it again and again takes a tenth of the whole run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turns(item.nodeid))


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
