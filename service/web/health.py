"""How is the system? For load balancers and for Prometheus."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from incident.errors import LedgerUnavailable
from ledger.figures import Figures, figures, live_count
from ledger.imported import Standing, standings
from service.calendar_words import calendar_problems
from service.watchdog import Watchdog
from tasks.surroundings import here

router = APIRouter(tags=["health"])

WATCHDOG_SILENCE = timedelta(seconds=30)
"""A watchdog that has not finished a look for this long is not well."""


class Condition(StrEnum):
    """How the system is. The doors are open unless it is down."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Health(BaseModel):
    """How the system is, and what is not well."""

    status: Condition
    problems: list[str]
    prefect_answers: bool
    watchdog_seconds_ago: float | None
    live_incidents: int | None


@router.get("/health", responses={503: {"model": Health, "description": "The ledger cannot be read."}})
def health(request: Request, response: Response) -> Health:
    """Is the ledger there (503 if not), does Prefect answer, does the watchdog look?"""
    watchdog = _watchdog(request)
    ago = here().now() - watchdog.looked_at if watchdog.looked_at else None
    problems = [] if watchdog.prefect_answers else ["Prefect does not answer; the watchdog pages by itself"]
    if ago is None or ago > WATCHDOG_SILENCE:
        problems.append("the watchdog has not finished a look lately")
    if problem := request.app.state.mail.problem:
        problems.append(problem)
    status, live = Condition.DEGRADED if problems else Condition.OK, None
    try:
        live = here().ledger.read(live_count)
        if stale := calendar_problems(here().ledger.read(standings, here().now()), here().now()):
            problems += stale
            status = Condition.DEGRADED
    except LedgerUnavailable as unavailable:
        status, response.status_code = Condition.DOWN, 503
        problems.append(str(unavailable))
    return Health(
        status=status,
        problems=problems,
        prefect_answers=watchdog.prefect_answers,
        watchdog_seconds_ago=round(ago.total_seconds(), 1) if ago is not None else None,
        live_incidents=live,
    )


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """The figures in Prometheus' format."""
    registry = CollectorRegistry(auto_describe=False)
    now = here().now()
    registry.register(_Figures(here().ledger.read(figures, now), _watchdog(request)))
    registry.register(_Calendars(here().ledger.read(standings, now), now))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The ledger's figures and the watchdog's, read at the moment of the scrape."""

    def __init__(self, read: Figures, watchdog: Watchdog) -> None:
        self._read, self._watchdog = read, watchdog

    def collect(self) -> Iterator[Metric]:
        """Every metric once."""
        read, watchdog = self._read, self._watchdog
        ended = {labels: number for labels, number in read.alerts.items() if labels[-1]}
        untriaged = sum(read.alerts.values()) - sum(ended.values())
        repairs = {(what,): number for what, number in watchdog.repairs.items()}
        oldest = read.oldest_page_owed.total_seconds()
        yield _counter("alerts", "Accepted alerts by what became of them.", ended, "source", "end_state")
        yield _counter("deliveries_rejected", "Deliveries not understood.", {(): read.rejected_deliveries})
        yield _counter("watchdog_repairs", "What the watchdog repaired since it started.", repairs, "what")
        yield _gauge("alerts_untriaged", "Accepted alerts without an end state.", {(): untriaged})
        yield _gauge("incidents", "Incidents.", read.incidents, "status", "severity")
        yield _gauge("pages", "Pages.", read.pages, "state", "method")
        yield _gauge("runs_owed", "Flow runs not started yet.", {(): read.runs_owed})
        yield _gauge("decisions_overdue", "Questions past their deadline.", {(): read.decisions_overdue})
        yield _gauge("oldest_page_owed_seconds", "Age of the oldest unsent page.", {(): oldest})
        yield _gauge("prefect_answers", "1 while Prefect answers.", {(): int(watchdog.prefect_answers)})


class _Calendars(Collector):
    """How it stands with the calendars of others."""

    def __init__(self, found: Iterable[Standing], now: datetime) -> None:
        self._found, self._now = tuple(found), now

    def collect(self) -> Iterator[Metric]:
        """Every metric once; a calendar that was never read has no age."""
        failing = {(each.whose, each.name): int(bool(each.problem)) for each in self._found}
        ages = {
            (each.whose, each.name): age.total_seconds()
            for each in self._found
            if (age := each.age(self._now)) is not None
        }
        text = "1 while a calendar of others cannot be read."
        yield _gauge("calendar_failing", text, failing, "whose", "name")
        yield _gauge("calendar_age_seconds", "Since it was read well.", ages, "whose", "name")


Counts = Mapping[Any, float]
"""Numbers by their label values, a tuple."""


def _counter(name: str, text: str, counts: Counts, *labels: str) -> Metric:
    return _filled(CounterMetricFamily(f"incident_{name}", text, labels=labels), counts)


def _gauge(name: str, text: str, counts: Counts, *labels: str) -> Metric:
    return _filled(GaugeMetricFamily(f"incident_{name}", text, labels=labels), counts)


def _filled(family: CounterMetricFamily | GaugeMetricFamily, counts: Counts) -> Metric:
    for values, number in counts.items():
        family.add_metric(values, number)
    return family


def _watchdog(request: Request) -> Watchdog:
    watchdog: Watchdog = request.app.state.watchdog
    return watchdog
