"""What holds for every alert in every situation? One outcome with a reason; nothing critical is dropped."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from incident.alert import Alert, AlertSeverity, AlertStatus, EndState
from incident.condition import Condition
from incident.flapping import Flapping
from incident.grouping import Grouping, OpenIncident
from incident.inhibition import Inhibitor
from incident.outcomes import Attach, Open, Outcome, Resolve, Suppress, end_state
from incident.quiet import Quiet, QuietKind
from incident.severity import Severity
from incident.thresholds import Tally, Threshold
from incident.triage import consider, triage
from incident.triage_situation import Situation
from tests.incident.alerts import NOW, THEN, alert, incident, situation

CHANGES = st.lists(st.integers(0, 60), max_size=12).map(
    lambda minutes: tuple(NOW - timedelta(minutes=each) for each in sorted(minutes, reverse=True))
)
INCIDENTS = st.builds(
    OpenIncident,
    key=st.sampled_from(["INC-1", "INC-2"]),
    service=st.sampled_from(["checkout", "database"]),
    live=st.booleans(),
    assessed=st.booleans(),
    severity=st.sampled_from(Severity),
    proposed=st.sampled_from(Severity),
    last_alert_at=st.sampled_from([None, THEN, NOW]),
)
CONDITIONS = st.builds(
    Condition,
    status=st.sampled_from([AlertStatus.FIRING, AlertStatus.RESOLVED]),
    starts_at=st.sampled_from([None, THEN, NOW]),
    told=st.sampled_from([None, AlertStatus.FIRING, AlertStatus.RESOLVED]),
    changes=CHANGES,
    flapping=st.booleans(),
    incident=st.none() | INCIDENTS,
)
ALERTS = st.builds(
    alert,
    status=st.sampled_from(AlertStatus),
    starts_at=st.sampled_from([None, THEN, NOW]),
    ends_at=st.sampled_from([None, THEN, NOW]),
    severity=st.sampled_from(AlertSeverity),
)
LIVE = INCIDENTS.map(lambda each: each.model_copy(update={"live": True}))
RULE = Threshold.model_validate({"match": ["a=b"], "at_least": 3, "within": "10m"})
SURROUNDINGS = st.fixed_dictionaries(
    {},
    optional={
        "silence": st.just(Quiet(kind=QuietKind.SILENCE, name="1", until=NOW, comment="c")),
        "maintenance": st.just(Quiet(kind=QuietKind.MAINTENANCE, name="m", until=NOW, comment="c")),
        "inhibitor": st.just(Inhibitor(rule=0, key="k", title="t")),
        "tally": st.integers(1, 4).map(lambda came: Tally(rule=0, threshold=RULE, came=came)),
        "minimum_severity": st.sampled_from(AlertSeverity),
        "group": LIVE,
        "dependency": LIVE,
        "grouping": st.builds(Grouping, raises=st.booleans()),
    },
)


@given(ALERTS, CONDITIONS, SURROUNDINGS)
def test_every_alert_gets_exactly_one_outcome_with_a_reason(
    arrives: Alert, before: Condition, around: dict[str, Any]
) -> None:
    found = situation(arrives, before, **around)
    steps = list(consider(arrives, found))

    assert [step.outcome is not None for step in steps] == [False] * (len(steps) - 1) + [True]
    assert all(step.reason for step in steps)
    assert end_state(triage(arrives, found)) in EndState


@given(ALERTS, CONDITIONS, SURROUNDINGS)
def test_an_alert_only_ever_belongs_to_an_incident_that_is_open(
    arrives: Alert, before: Condition, around: dict[str, Any]
) -> None:
    found = situation(arrives, before, **around)
    outcome = triage(arrives, found)

    if isinstance(outcome, Attach | Resolve):
        known = (found.condition.live, found.group, found.dependency)
        assert outcome.incident in {each.key for each in known if each is not None}


@given(CONDITIONS, SURROUNDINGS)
def test_a_critical_alert_is_never_dropped_unless_something_names_it(
    before: Condition, around: dict[str, Any]
) -> None:
    arrives = alert(severity=AlertSeverity.CRITICAL)
    outcome = triage(arrives, situation(arrives, before, **around))

    if isinstance(outcome, Suppress):
        names = ("silence", "maintenance", "inhibit_rules", "thresholds", "it flaps", "the same firing")
        assert any(name in outcome.reason for name in names), outcome.reason


@given(ALERTS, CONDITIONS, SURROUNDINGS)
def test_a_recovery_is_never_silenced(arrives: Alert, before: Condition, around: dict[str, Any]) -> None:
    recovery = arrives.model_copy(update={"status": AlertStatus.RESOLVED})

    assert triage(recovery, situation(recovery, before, **around)) == triage(
        recovery, situation(recovery, before)
    )


@given(CONDITIONS, SURROUNDINGS)
def test_whatever_is_kept_back_for_a_time_says_for_what(before: Condition, around: dict[str, Any]) -> None:
    outcome = triage(alert(), situation(before=before, **around))

    assert outcome.until is None or outcome.by


class Monitor:
    """Takes alerts of one condition as the ledger would, with an incident that stays open."""

    def __init__(self) -> None:
        self.condition, self.opened = Condition(), 0

    def take(self, arrives: Alert) -> Outcome:
        found: Situation = situation(arrives, self.condition, flapping=Flapping(changes=100))
        outcome = triage(arrives, found)
        after = found.condition.after(outcome, flapping=found.flapping_after(outcome))
        if isinstance(outcome, Open):
            self.opened += 1
            after = after.model_copy(update={"incident": incident()})
        self.condition = after
        return outcome


@given(st.lists(ALERTS.filter(lambda each: each.status is AlertStatus.FIRING), min_size=1, max_size=4))
def test_the_same_alerts_in_any_order_open_one_incident(delivered: list[Alert]) -> None:
    for order in permutations(delivered * 2 if len(delivered) < 3 else delivered):
        monitor = Monitor()
        for each in order:
            monitor.take(each)
        assert monitor.opened == 1
