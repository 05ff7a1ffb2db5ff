"""How is the system? For load balancers and for Prometheus."""

from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from ledger.figures import Figures, figures, live_count
from service.watchdog import Watchdog
from tasks.surroundings import here

router = APIRouter(tags=["health"])

WATCHDOG_SILENCE = timedelta(seconds=30)
"""A watchdog that has not finished a look for this long is not well."""


class Health(BaseModel):
    """`ok`, or `degraded` with what is not well; the doors are open in both cases."""

    status: str
    prefect_answers: bool
    watchdog_seconds_ago: float | None
    live_incidents: int


@router.get("/health")
def health(request: Request) -> Health:
    """Is the ledger there (503 if not), does Prefect answer, does the watchdog look?"""
    live, watchdog = here().ledger.read(live_count), _watchdog(request)
    ago = here().now() - watchdog.looked_at if watchdog.looked_at else None
    well = watchdog.prefect_answers and ago is not None and ago < WATCHDOG_SILENCE
    return Health(
        status="ok" if well else "degraded",
        prefect_answers=watchdog.prefect_answers,
        watchdog_seconds_ago=round(ago.total_seconds(), 1) if ago is not None else None,
        live_incidents=live,
    )


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """The figures in Prometheus' format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(here().ledger.read(figures, here().now()), _watchdog(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The ledger's figures and the watchdog's, read at the moment of the scrape."""

    def __init__(self, read: Figures, watchdog: Watchdog) -> None:
        self._read, self._watchdog = read, watchdog

    def collect(self) -> Iterator[Metric]:
        """Every metric once."""
        read = self._read
        yield _counted("incident_alerts", "Accepted alerts.", ("source", "end_state"), read.alerts)
        yield _counted("incident_incidents", "Incidents.", ("status", "severity"), read.incidents)
        yield _counted("incident_pages", "Pages.", ("state", "method"), read.pages)
        repairs = {(what,): number for what, number in self._watchdog.repairs.items()}
        yield _counted("incident_watchdog_repairs", "What the watchdog repaired.", ("what",), repairs)
        rejected = "incident_deliveries_rejected"
        yield CounterMetricFamily(rejected, "Deliveries not understood.", value=read.rejected_deliveries)
        yield GaugeMetricFamily("incident_runs_owed", "Flow runs not started yet.", value=read.runs_owed)
        overdue = "incident_decisions_overdue"
        yield GaugeMetricFamily(overdue, "Questions past their deadline.", value=read.decisions_overdue)
        seconds = read.oldest_page_owed.total_seconds()
        yield GaugeMetricFamily("incident_oldest_page_owed_seconds", "Age of the oldest unsent page.", value=seconds)
        answers = float(self._watchdog.prefect_answers)
        yield GaugeMetricFamily("incident_prefect_answers", "1 while the Prefect API answers.", value=answers)


def _counted(name: str, text: str, labels: tuple[str, ...], counts: object) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    assert isinstance(counts, dict)
    for values, number in counts.items():
        family.add_metric(values, number)
    return family


def _watchdog(request: Request) -> Watchdog:
    watchdog: Watchdog = request.app.state.watchdog
    return watchdog
