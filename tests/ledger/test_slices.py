"""Does an alert that is triaged together with others end as it would by itself?"""

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident.alert import Alert, AlertSeverity, AlertStatus
from ledger.configurations import accept_configuration
from ledger.deliveries import Delivery, accept_deliveries
from ledger.engine import Ledger
from ledger.slices import triage_next
from ledger.tables import AlertRow, IncidentRow, PageRow, RunRow
from ledger.triage_tables import ConditionRow, InhibitorRow, TallyRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, alert, at
from tests.ledger.test_triaging import BLIPS, RULE, SERVICES

TABLES = (AlertRow, IncidentRow, ConditionRow, InhibitorRow, TallyRow, PageRow, RunRow)
RULES: dict[str, Any] = {
    "services": SERVICES,
    "inhibit_rules": [RULE],
    "thresholds": [BLIPS],
    "flapping": {"changes": 3, "within": "30m", "calm": "10m"},
}


@st.composite
def storms(draw: st.DrawFn) -> list[Alert]:
    """Few conditions, of which much is said."""
    kinds = st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([AlertStatus.FIRING, AlertStatus.FIRING, AlertStatus.RESOLVED]),
        st.sampled_from([AlertSeverity.CRITICAL, AlertSeverity.WARNING]),
        st.sampled_from(["checkout", "api", "database"]),
        st.sampled_from(["ClusterDown", "PodDown", "Blip"]),
        st.integers(0, 3),
    )
    return [
        alert(
            fingerprint=fingerprint,
            status=status,
            severity=severity,
            service=service,
            starts_at=at(minute),
            labels={"alertname": name, "cluster": "x", "severity": severity.value},
        )
        for fingerprint, status, severity, service, name, minute in draw(
            st.lists(kinds, min_size=1, max_size=14)
        )
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(storm=storms(), most=st.integers(2, 20))
def test_together_they_end_as_one_by_one(prepared_file: Path, storm: list[Alert], most: int) -> None:
    assert left_by(prepared_file, storm, most) == left_by(prepared_file, storm, 1, apart=True)


def left_by(prepared_file: Path, storm: list[Alert], most: int, *, apart: bool = False) -> list[list[Any]]:
    """All that a storm leaves in the ledger that triage writes or reads, told in slices of so many alerts."""
    with TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{shutil.copy(prepared_file, folder)}")
        ledger.write(accept_configuration, organisation(**RULES), at(-1))
        ledger.write(accept_deliveries, [Delivery("alertmanager", b"{}", at(4), (each,)) for each in storm])
        more = True
        while more:
            _, more = ledger.write(triage_next, most, clock, bool, apart=apart)
        desk = Desk(ledger)
        left = [[row.model_dump() for row in desk.rows(table)] for table in TABLES]
        timeline = [list(each) for each in desk.timeline()]
        ledger.close()
    return [*left, timeline]


def clock() -> datetime:
    return at(5)
