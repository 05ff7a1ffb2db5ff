"""Does every alert get exactly one outcome, and the right one?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.alert import Alert, AlertStatus, EndState
from incident.triage import Attach, Open, Outcome, Resolve, Seen, Situation, Suppress, end_state, triage

THEN = datetime(2026, 11, 23, 3, tzinfo=UTC)
NOW = THEN + timedelta(hours=1)


def alert(status: AlertStatus = AlertStatus.FIRING, starts_at: datetime | None = NOW) -> Alert:
    return Alert(source="generic", fingerprint="f", status=status, title="t", starts_at=starts_at)


def seen(
    status: AlertStatus = AlertStatus.FIRING,
    starts_at: datetime | None = THEN,
    *,
    incident: str = "INC-1",
    live: bool = True,
    same: bool = True,
) -> Seen:
    return Seen(incident=incident, live=live, same_condition=same, status=status, starts_at=starts_at)


OVER, OTHER = seen(live=False), seen(same=False, incident="INC-9")
NEIGHBOUR_OVER = seen(same=False, live=False)
UNDATED, UNDATED_OVER = seen(starts_at=None), seen(starts_at=None, live=False)
RECOVERED = seen(AlertStatus.RESOLVED)
AT_WORK = seen(AlertStatus.ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("fires", "before", "outcome"),
    [
        pytest.param(alert(), (), "nothing is open for checkout", id="the first one opens"),
        pytest.param(alert(), (OVER,), "nothing is open for checkout", id="a re-fire after the end opens"),
        pytest.param(
            alert(), (NEIGHBOUR_OVER,), "nothing is open for checkout", id="a neighbour's end does not matter"
        ),
        pytest.param(
            alert(starts_at=None),
            (UNDATED_OVER,),
            "nothing is open for checkout",
            id="without a start a firing after the end opens, too",
        ),
    ],
)
def test_an_alert_opens_an_incident(fires: Alert, before: tuple[Seen, ...], outcome: str) -> None:
    assert triage(fires, Situation(service="checkout", seen=before)) == Open(reason=outcome)


@pytest.mark.parametrize(
    ("arrives", "before", "incident", "reason"),
    [
        pytest.param(
            alert(), (seen(),), "INC-1", "it fires again while INC-1 is open for it", id="a re-fire"
        ),
        pytest.param(
            alert(starts_at=THEN),
            (RECOVERED, seen()),
            "INC-1",
            "it fires again while INC-1 is open for it",
            id="a re-fire after a recovery, even with the old start",
        ),
        pytest.param(
            alert(),
            (OTHER,),
            "INC-9",
            "INC-9 is open for the same service, checkout",
            id="another condition of the service",
        ),
        pytest.param(
            alert(),
            (OTHER, seen()),
            "INC-1",
            "it fires again while INC-1 is open for it",
            id="its own incident comes before its service's",
        ),
        pytest.param(
            alert(AlertStatus.ACKNOWLEDGED),
            (seen(),),
            "INC-1",
            "acknowledged at the monitor; INC-1 is open for it",
            id="an acknowledgement at the monitor",
        ),
    ],
)
def test_an_alert_belongs_to_an_open_incident(
    arrives: Alert, before: tuple[Seen, ...], incident: str, reason: str
) -> None:
    expected = Attach(incident=incident, reason=reason)

    assert triage(arrives, Situation(service="checkout", seen=before)) == expected


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((seen(),), id="an open incident"),
        pytest.param((OVER, seen()), id="an open one behind one that is over"),
        pytest.param((OTHER, seen()), id="its own and not its neighbour's"),
    ],
)
def test_a_recovery_is_told_to_the_incident_of_its_condition(before: tuple[Seen, ...]) -> None:
    outcome = triage(alert(AlertStatus.RESOLVED), Situation(service="checkout", seen=before))

    assert outcome == Resolve(incident="INC-1", reason="the monitor reports recovery; INC-1 is told")


@pytest.mark.parametrize(
    ("arrives", "before", "state", "reason"),
    [
        pytest.param(
            alert(AlertStatus.INFO),
            (seen(),),
            "below_threshold",
            "the monitor calls it information; nothing is firing",
            id="information",
        ),
        pytest.param(
            alert(AlertStatus.RESOLVED),
            (),
            "duplicate",
            "resolved without an open incident for this condition",
            id="a recovery of nothing",
        ),
        pytest.param(
            alert(AlertStatus.RESOLVED),
            (OVER,),
            "duplicate",
            "resolved without an open incident for this condition",
            id="a recovery after the end",
        ),
        pytest.param(
            alert(AlertStatus.RESOLVED),
            (OTHER,),
            "duplicate",
            "resolved without an open incident for this condition",
            id="a neighbour's recovery",
        ),
        pytest.param(
            alert(AlertStatus.ACKNOWLEDGED),
            (),
            "duplicate",
            "acknowledged without an open incident for this condition",
            id="an acknowledgement of nothing",
        ),
        pytest.param(
            alert(starts_at=THEN),
            (seen(),),
            "duplicate",
            "the same firing was delivered before, for INC-1",
            id="the same firing again",
        ),
        pytest.param(
            alert(starts_at=THEN),
            (AT_WORK, seen()),
            "duplicate",
            "the same firing was delivered before, for INC-1",
            id="also after an acknowledgement",
        ),
        pytest.param(
            alert(starts_at=THEN),
            (OVER,),
            "duplicate",
            "the same firing was delivered before, for INC-1",
            id="a firing that people have dealt with, as long as it lasts",
        ),
        pytest.param(
            alert(starts_at=None),
            (UNDATED,),
            "duplicate",
            "the same firing was delivered before, for INC-1",
            id="without a start, while it is open",
        ),
    ],
)
def test_an_alert_needs_nobody(arrives: Alert, before: tuple[Seen, ...], state: str, reason: str) -> None:
    expected = Suppress(end_state=EndState(state), reason=reason)

    assert triage(arrives, Situation(service="checkout", seen=before)) == expected


STARTS = st.sampled_from([None, THEN, NOW])
SEEN = st.builds(
    Seen,
    incident=st.sampled_from(["INC-1", "INC-2"]),
    live=st.booleans(),
    same_condition=st.booleans(),
    status=st.sampled_from(AlertStatus),
    starts_at=STARTS,
)


@given(st.sampled_from(AlertStatus), STARTS, st.lists(SEEN, max_size=5))
def test_every_alert_gets_exactly_one_outcome_with_a_reason(
    status: AlertStatus, starts_at: datetime | None, before: list[Seen]
) -> None:
    outcome: Outcome = triage(alert(status, starts_at), Situation(service="checkout", seen=tuple(before)))

    assert outcome.reason
    assert end_state(outcome) in EndState
    if isinstance(outcome, Attach | Resolve):
        assert outcome.incident in {each.incident for each in before if each.live}


@given(STARTS, st.lists(SEEN, max_size=5))
def test_a_firing_condition_that_was_never_seen_is_never_suppressed(
    starts_at: datetime | None, before: list[Seen]
) -> None:
    strangers = tuple(each for each in before if not each.same_condition)

    outcome = triage(alert(starts_at=starts_at), Situation(service="checkout", seen=strangers))

    assert isinstance(outcome, Open | Attach)


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
