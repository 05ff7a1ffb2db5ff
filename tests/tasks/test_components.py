"""How does a part of the product fare on a status page?"""

import pytest

from blocks.interfaces import ComponentState
from incident.decisions import Affected, Assessment
from incident.severity import Severity
from incident.story import UpdateState
from ledger.affected import Burden
from tasks.components import components, fares


def assessed(affected: Affected) -> Assessment:
    return Assessment(severity=Severity.CRITICAL, impact="Nobody can pay", affected=affected)


@pytest.mark.parametrize(
    ("severity", "affected", "state"),
    [
        (Severity.CRITICAL, Affected.ALL, ComponentState.MAJOR_OUTAGE),
        (Severity.CRITICAL, Affected.SOME, ComponentState.PARTIAL_OUTAGE),
        (Severity.CRITICAL, Affected.NONE, ComponentState.DEGRADED),
        (Severity.MAJOR, Affected.ALL, ComponentState.PARTIAL_OUTAGE),
        (Severity.MINOR, Affected.ALL, ComponentState.DEGRADED),
        (Severity.MINOR, Affected.SOME, ComponentState.DEGRADED),
    ],
)
def test_it_is_as_bad_as_the_severity_and_as_those_affected(
    severity: Severity, affected: Affected, state: ComponentState
) -> None:
    assert fares(severity, assessed(affected)) is state


def test_without_an_assessment_the_severity_says_it() -> None:
    assert fares(Severity.CRITICAL, None) is ComponentState.MAJOR_OUTAGE


def test_at_the_end_it_is_operational_again() -> None:
    found = components(["Web shop"], Severity.CRITICAL, None, UpdateState.RESOLVED, [])
    assert found == {"Web shop": ComponentState.OPERATIONAL}


def test_the_end_of_one_incident_does_not_hide_another_one() -> None:
    other = Burden(("Web shop", "App"), Severity.MINOR, None)
    found = components(["Web shop", "API"], Severity.CRITICAL, None, UpdateState.RESOLVED, [other])
    assert found == {"Web shop": ComponentState.DEGRADED, "API": ComponentState.OPERATIONAL}
