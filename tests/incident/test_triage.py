"""Does every alert get exactly one outcome, and the right one? The rules of triage as tables."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from incident.alert import Alert, AlertSeverity, AlertStatus, EndState
from incident.condition import Condition
from incident.flapping import Flapping
from incident.grouping import Grouping
from incident.inhibition import Inhibitor
from incident.outcomes import Attach, Open, Outcome, Resolve, Suppress, end_state
from incident.quiet import Quiet, QuietKind
from incident.routing import Routed
from incident.severity import Proposal, Severity
from incident.thresholds import Tally, Threshold
from incident.triage import QUESTIONS, consider, triage
from tests.incident.alerts import NOW, THEN, ago, alert, condition, incident, situation

LATER = NOW + timedelta(minutes=5)
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
OVER = incident(live=False)
MINOR = {"severity": Severity.MINOR, "proposed": Severity.MINOR}
SILENCE = Quiet(kind=QuietKind.SILENCE, name="7", until=LATER, comment="known", by="alice")
MAINTENANCE = Quiet(kind=QuietKind.MAINTENANCE, name="db", until=LATER, comment="upgrade")
CAUSE = Inhibitor(rule=0, key="k", title="Cluster down", incident="INC-9")
RARE = Threshold.model_validate({"match": ["a=b"], "at_least": 3, "within": "10m"})
SAME = "INC-1 is open for the same service, checkout"
RESTLESS = (ago(25), ago(20), ago(15), ago(10), ago(5))
"""Five changes; the sixth within half an hour is flapping."""


def restless(status: AlertStatus, **changes: Any) -> Condition:
    return condition(status=status, changes=RESTLESS, **changes)


@pytest.mark.parametrize(
    ("arrives", "before", "around", "reason"),
    [
        pytest.param(alert(), None, {}, "nothing is open for checkout", id="the first one"),
        pytest.param(
            alert(), condition(OVER), {}, "nothing is open for checkout", id="a new firing after the end"
        ),
        pytest.param(
            alert(starts_at=None),
            condition(OVER, starts_at=None),
            {},
            "nothing is open for checkout",
            id="without a start, any firing after the end",
        ),
        pytest.param(
            alert(starts_at=THEN),
            condition(incident(service="database", live=False)),
            {},
            "nothing is open for checkout",
            id="what joined another service's incident and fires when that is over",
        ),
        pytest.param(
            alert(),
            None,
            {"group": incident(last_alert_at=ago(61))},
            "the last alert of INC-1 came more than 1h ago",
            id="the group's incident has been quiet for longer than its window",
        ),
        pytest.param(
            alert(),
            None,
            {"group": incident(assessed=True, last_alert_at=NOW, **MINOR)},
            "INC-1 was assessed as severity 3, and this one would be severity 1",
            id="worse than what people assessed",
        ),
        pytest.param(
            alert(),
            None,
            {"tally": Tally(rule=0, threshold=RARE, came=3)},
            "nothing is open for checkout; thresholds[0]: 3 of 3 alerts within 10m",
            id="the last one that a threshold asks for",
        ),
        pytest.param(
            alert(severity=AlertSeverity.UNKNOWN),
            None,
            {"minimum_severity": AlertSeverity.CRITICAL},
            "nothing is open for checkout",
            id="an unknown severity is never below a minimum",
        ),
        pytest.param(
            alert(),
            None,
            {"routed": Routed(service="checkout", reason="routes[0] (a=b): severity 1", by_route=True)},
            "nothing is open for checkout; routes[0] (a=b): severity 1",
            id="a route that had a say is named",
        ),
    ],
)
def test_it_opens_an_incident(
    arrives: Alert, before: Condition | None, around: dict[str, Any], reason: str
) -> None:
    assert triage(arrives, situation(arrives, before, **around)) == Open(reason=reason)


@pytest.mark.parametrize(
    ("arrives", "before", "around", "key", "reason"),
    [
        pytest.param(
            alert(), condition(), {}, "INC-1", "it fires again while INC-1 is open for it", id="a re-fire"
        ),
        pytest.param(
            alert(starts_at=THEN),
            condition(status=RESOLVED, told=RESOLVED),
            {},
            "INC-1",
            "it fires again while INC-1 is open for it",
            id="a re-fire after a recovery, even with the old start",
        ),
        pytest.param(
            alert(),
            condition(),
            {"group": incident("INC-2", last_alert_at=NOW)},
            "INC-1",
            "it fires again while INC-1 is open for it",
            id="its own incident comes before its group's",
        ),
        pytest.param(
            alert(),
            None,
            {"group": incident("INC-2", last_alert_at=ago(59))},
            "INC-2",
            "INC-2 is open for the same service, checkout",
            id="another condition of the service, within the window",
        ),
        pytest.param(
            alert(),
            None,
            {
                "grouping": Grouping(by=("region",)),
                "labels": {"region": "eu"},
                "group": incident(last_alert_at=NOW),
            },
            "INC-1",
            "INC-1 is open for the same service, checkout, region=eu",
            id="another condition of the service and the region",
        ),
        pytest.param(
            alert(),
            None,
            {"group": incident(assessed=True, severity=Severity.MINOR, last_alert_at=NOW)},
            "INC-1",
            SAME + "; alone it would be severity 1, people assessed it as 3",
            id="no worse than what people knew when they assessed it",
        ),
        pytest.param(
            alert(),
            None,
            {"group": incident(last_alert_at=NOW, **MINOR), "grouping": Grouping(raises=False)},
            "INC-1",
            SAME + "; alone it would be severity 1, the incident stays at 3",
            id="a worse one that may not raise it is visible",
        ),
        pytest.param(
            alert(AlertStatus.ACKNOWLEDGED),
            condition(),
            {},
            "INC-1",
            "acknowledged at the monitor; INC-1 is open for it",
            id="an acknowledgement at the monitor",
        ),
        pytest.param(
            alert(severity=AlertSeverity.WARNING),
            None,
            {"minimum_severity": AlertSeverity.ERROR, "group": incident(last_alert_at=NOW)},
            "INC-1",
            "INC-1 is open for the same service, checkout",
            id="the minimum is for opening: what is milder shows where something is open",
        ),
    ],
)
def test_it_belongs_to_an_open_incident(
    arrives: Alert, before: Condition | None, around: dict[str, Any], key: str, reason: str
) -> None:
    assert triage(arrives, situation(arrives, before, **around)) == Attach(incident=key, reason=reason)


def test_a_worse_alert_raises_an_incident_that_nobody_has_assessed() -> None:
    outcome = triage(alert(), situation(group=incident(last_alert_at=NOW, **MINOR)))

    assert outcome == Attach(
        incident="INC-1",
        reason="INC-1 is open for the same service, checkout; it raises the incident from severity 3 to 1",
        rises=Proposal(severity=Severity.CRITICAL, reason="a critical alert"),
    )


def test_it_joins_the_incident_of_a_service_that_its_service_needs_and_is_looked_at_again() -> None:
    down = incident("INC-3", service="database", last_alert_at=THEN)

    assert triage(alert(), situation(dependency=down)) == Attach(
        incident="INC-3",
        reason="checkout depends on database, which is down (INC-3)",
        until=LATER,
        by="dependency INC-3",
    )


@pytest.mark.parametrize(
    ("arrives", "before", "around", "reason"),
    [
        pytest.param(
            alert(RESOLVED), condition(), {}, "the monitor reports recovery; INC-1 is told", id="at once"
        ),
        pytest.param(
            alert(RESOLVED),
            condition(),
            {"silence": SILENCE, "maintenance": MAINTENANCE, "inhibitor": CAUSE},
            "the monitor reports recovery; INC-1 is told",
            id="whatever silences or inhibits it",
        ),
        pytest.param(
            alert(RESOLVED, starts_at=THEN, ends_at=ago(16)),
            condition(status=RESOLVED, changes=(*RESTLESS, ago(16)), flapping=True, told=None),
            {},
            "it has calmed down, and the monitor reports recovery; INC-1 is told",
            id="when it has been calm for long enough after flapping",
        ),
    ],
)
def test_a_recovery_is_told_to_its_incident(
    arrives: Alert, before: Condition, around: dict[str, Any], reason: str
) -> None:
    outcome = triage(arrives, situation(arrives, before, **around))

    assert outcome == Resolve(incident="INC-1", reason=reason)


@pytest.mark.parametrize(
    ("arrives", "before", "reason"),
    [
        pytest.param(
            alert(RESOLVED),
            None,
            "resolved without an open incident for this condition",
            id="a recovery of nothing",
        ),
        pytest.param(
            alert(RESOLVED),
            condition(OVER),
            "resolved without an open incident for this condition",
            id="a recovery after the end",
        ),
        pytest.param(
            alert(RESOLVED),
            condition(status=RESOLVED, told=RESOLVED),
            "INC-1 was told of this recovery before",
            id="a recovery again",
        ),
        pytest.param(
            alert(RESOLVED, starts_at=ago(90), ends_at=ago(70)),
            condition(),
            "the recovery of an earlier firing came late; it has fired again since",
            id="a recovery that was overtaken by the next firing",
        ),
        pytest.param(
            alert(AlertStatus.ACKNOWLEDGED),
            None,
            "acknowledged without an open incident for this condition",
            id="an acknowledgement of nothing",
        ),
        pytest.param(
            alert(starts_at=THEN),
            condition(),
            "the same firing was delivered before, for INC-1",
            id="the same firing again",
        ),
        pytest.param(
            alert(starts_at=THEN),
            condition(OVER),
            "the same firing was delivered before, for INC-1",
            id="a firing that people have dealt with, as long as it lasts",
        ),
        pytest.param(
            alert(starts_at=None),
            condition(starts_at=None),
            "the same firing was delivered before, for INC-1",
            id="without a start, while it is open",
        ),
    ],
)
def test_it_is_known(arrives: Alert, before: Condition | None, reason: str) -> None:
    outcome = triage(arrives, situation(arrives, before))

    assert outcome == Suppress(end_state=EndState.DUPLICATE, reason=reason)


@pytest.mark.parametrize(
    ("around", "state", "by", "until", "reason"),
    [
        pytest.param(
            {"silence": SILENCE, "maintenance": MAINTENANCE},
            EndState.SILENCED,
            "silence 7",
            LATER,
            "silence 7 of alice lasts until Mon 23 Nov 04:05 UTC: known",
            id="by a silence, before a maintenance",
        ),
        pytest.param(
            {"maintenance": MAINTENANCE, "inhibitor": CAUSE},
            EndState.IN_MAINTENANCE,
            "maintenance db",
            LATER,
            "maintenance db lasts until Mon 23 Nov 04:05 UTC: upgrade",
            id="by a maintenance, before an inhibition",
        ),
        pytest.param(
            {"inhibitor": CAUSE, "group": incident(last_alert_at=NOW)},
            EndState.INHIBITED,
            "inhibition k",
            LATER,
            "inhibit_rules[0]: it is a consequence of 'Cluster down' (INC-9), which fires",
            id="by a cause that fires, before it could join others",
        ),
        pytest.param(
            {"tally": Tally(rule=0, threshold=RARE, key="k", came=2), "group": incident(last_alert_at=NOW)},
            EndState.BELOW_THRESHOLD,
            "threshold k",
            None,
            "thresholds[0]: 2 of 3 alerts within 10m",
            id="by a threshold, before it could join others",
        ),
    ],
)
def test_it_is_kept_back(
    around: dict[str, Any], state: EndState, by: str, until: datetime | None, reason: str
) -> None:
    outcome = triage(alert(), situation(**around))

    assert outcome == Suppress(end_state=state, reason=reason, until=until, by=by)


def test_what_is_milder_than_the_minimum_opens_nothing() -> None:
    mild = alert(severity=AlertSeverity.WARNING)

    outcome = triage(mild, situation(mild, minimum_severity=AlertSeverity.ERROR))

    reason = "warning is milder than error, from which incidents of checkout open"
    assert outcome == Suppress(end_state=EndState.BELOW_THRESHOLD, reason=reason)


def test_information_wakes_nobody() -> None:
    outcome = triage(alert(AlertStatus.INFO), situation(alert(AlertStatus.INFO), condition()))

    reason = "the monitor calls it information; nothing is firing"
    assert outcome == Suppress(end_state=EndState.BELOW_THRESHOLD, reason=reason)


class TestAConditionThatGoesOnAndOff:
    flaps = "it flaps: 6 changes within 30m; until it has been calm for 15m, further changes are kept back"
    calm_at = NOW + timedelta(minutes=15)

    def test_becomes_one_alert_that_says_so(self) -> None:
        outcome = triage(alert(), situation(before=restless(RESOLVED)))

        assert outcome == Attach(incident="INC-1", reason=self.flaps, until=self.calm_at, by="flapping")

    @pytest.mark.parametrize(("arrives", "was"), [(FIRING, RESOLVED), (RESOLVED, FIRING)])
    def test_further_changes_are_kept_back(self, arrives: AlertStatus, was: AlertStatus) -> None:
        of = alert(arrives)

        outcome = triage(of, situation(of, restless(was, flapping=True)))

        assert outcome == Suppress(
            end_state=EndState.DUPLICATE,
            reason=f"INC-1 knows that {self.flaps}",
            until=self.calm_at,
            by="flapping",
        )

    def test_fires_steadily_when_it_has_calmed_down(self) -> None:
        calm = restless(FIRING, starts_at=NOW, flapping=True, told=None)

        outcome = triage(alert(), situation(before=calm, now=ago(5) + Flapping().calm))

        assert isinstance(outcome, Attach)
        assert outcome.reason == "it fires again, steadily after it flapped while INC-1 is open for it"

    def test_opens_an_incident_that_says_so_when_none_is_open(self) -> None:
        outcome = triage(alert(), situation(before=restless(RESOLVED, incident=OVER)))

        assert outcome == Open(reason=f"nothing is open for checkout; {self.flaps}")


def test_every_question_that_was_asked_is_shown_with_its_answer() -> None:
    steps = list(consider(alert(), situation()))

    assert [step.question for step in steps] == [name for name, _ in QUESTIONS]
    assert all(step.reason for step in steps)
    assert [step.outcome is not None for step in steps] == [False] * (len(steps) - 1) + [True]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Open(reason="r"), "opened"),
        (Attach(incident="INC-1", reason="r"), "attached"),
        (Resolve(incident="INC-1", reason="r"), "resolved"),
        (Suppress(end_state=EndState.SILENCED, reason="r"), "silenced"),
    ],
    ids=["open", "attach", "resolve", "suppress"],
)
def test_an_outcome_leads_to_its_end_state(outcome: Outcome, state: str) -> None:
    assert end_state(outcome) == state
