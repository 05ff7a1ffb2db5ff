"""Do two incidents become one, is nobody lost on the way, and does an alert leave when it should?"""

from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from incident.decisions import Question, Via
from incident.errors import NotFoundError, TransitionError
from incident.lifecycle import Status
from incident.progress import Stage
from ledger.configurations import accept_configuration
from ledger.decisions import answer_of, decisions_overdue, decisions_unseen
from ledger.escalations import acknowledge, advance
from ledger.incidents import find_incident
from ledger.merging import Merged, merge
from ledger.runs import run_started
from ledger.splitting import split
from ledger.story import tell
from ledger.tables import AlertRow, DecisionRow, EscalationRow, FactRow, IncidentRow, RunRow
from tests.incident.organisations import organisation, written
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import ask_about, assess

TWO: dict[str, Any] = {
    "policies": written()["policies"]
    | {"database": {"levels": [{"targets": [{"person": "bob"}]}, {"targets": [{"person": "alice"}]}]}},
    "services": {"checkout": {"policy": "checkout"}, "database": {"policy": "database"}},
}
"""Two services, each with a policy of its own."""


@pytest.fixture(autouse=True)
def incidents(desk: Desk) -> None:
    """INC-1 of the checkout, and INC-2 of its database."""
    desk.ledger.write(accept_configuration, organisation(**TWO), at(-30))
    desk.open(at(0))
    desk.open(at(1), fingerprint="db", title="Database slow", service="database")


def merged(desk: Desk, key: str = "INC-2", into: str = "INC-1", minutes: float = 3) -> Merged:
    return desk.ledger.write(merge, key, into, "alice", via=Via.CLI, now=at(minutes))


def incident(desk: Desk, number: int) -> IncidentRow:
    return desk.rows(IncidentRow)[number - 1]


def told(desk: Desk, number: int, kind: str) -> list[str]:
    return [row.text for row in desk.rows(FactRow) if row.incident_id == number and row.kind == kind]


def engaged(desk: Desk, number: int) -> list[tuple[str, str, int]]:
    rows = [row for row in desk.rows(EscalationRow) if row.incident_id == number]
    return [(row.purpose, row.stage.value, row.progress.level) for row in rows]


def test_the_alerts_move_and_both_timelines_say_so(desk: Desk) -> None:
    assert merged(desk).alerts == 1
    assert [row.incident_id for row in desk.rows(AlertRow)] == [1, 1]
    assert desk.rows(AlertRow)[1].reason.endswith("; alice merged INC-2 into INC-1")
    assert told(desk, 2, "merged") == ["merged into INC-1, with 1 alert"]
    assert told(desk, 1, "merged")[0] == "INC-2 is merged into this, with 1 alert: Database slow"
    links = [row.data["incident"] for row in desk.rows(FactRow) if "incident" in row.data]
    assert links == ["INC-1", "INC-2"]


def test_the_merged_incident_is_over_and_names_the_one_that_goes_on(desk: Desk) -> None:
    merged(desk)
    assert incident(desk, 2).status is Status.MERGED
    assert incident(desk, 1).status is Status.OPEN
    assert desk.ledger.read(tell, "INC-2").merged_into == "INC-1"


def test_what_is_heard_later_of_its_conditions_attaches_to_the_target(desk: Desk) -> None:
    merged(desk)
    for minutes, status in ((5, "resolved"), (9, "firing")):
        changes = {"fingerprint": "db", "service": "database", "starts_at": at(minutes)}
        found = desk.take(at(minutes), status=status, **changes)
        assert found is not None
        assert found.key == "INC-1"


def test_a_policy_that_nobody_has_answered_is_engaged_at_the_target_where_it_stands(desk: Desk) -> None:
    for minutes in (1, 7):
        desk.ledger.write(advance, 2, at(minutes))
    merged(desk, minutes=8)
    assert engaged(desk, 2)[0][1] == "ended"
    assert engaged(desk, 1)[1:] == [("incident manager of INC-2", "climbing", 1)]
    runs = [run.key for run in desk.rows(RunRow) if run.key.startswith("INC-1/page") and not run.ended_at]
    assert len(runs) == 2
    desk.ledger.write(advance, 3, at(8))
    assert [page for page in desk.pages() if page[1] == "owed"] == [("alice", "owed")]


def test_the_same_policy_wakes_nobody_twice(desk: Desk) -> None:
    desk.ledger.write(
        accept_configuration,
        organisation(services=TWO["services"] | {"search": {"policy": "checkout"}}, policies=TWO["policies"]),
        at(2),
    )
    desk.open(at(2), fingerprint="s", title="Search slow", service="search")
    merged(desk, "INC-3")
    assert engaged(desk, 1) == [("incident manager", "climbing", 0)]
    assert told(desk, 1, "merged")[-1] == (
        "incident manager of INC-3: the same policy is engaged here (incident manager)"
    )


def test_whoever_answered_the_same_policy_has_the_target_too(desk: Desk) -> None:
    both = {"checkout": {"policy": "checkout"}, "search": {"policy": "checkout"}}
    desk.ledger.write(accept_configuration, organisation(services=both), at(2))
    desk.open(at(2), fingerprint="s", title="Search slow", service="search")
    desk.ledger.write(acknowledge, 3, "bob", Via.WEB, at(2))
    merged(desk, "INC-3")
    assert engaged(desk, 1)[0][1] == Stage.ACKNOWLEDGED
    assert incident(desk, 1).acknowledged_by == "bob"
    assert desk.ledger.read(tell, "INC-1").manager == "bob"
    assert told(desk, 1, "merged")[-1] == "from INC-3 join: bob"


def test_whoever_answered_another_policy_joins_and_the_target_goes_on_paging(desk: Desk) -> None:
    desk.ledger.write(acknowledge, 2, "bob", Via.WEB, at(2))
    merged(desk)
    assert engaged(desk, 1) == [("incident manager", "climbing", 0)]
    assert desk.ledger.read(tell, "INC-1").manager is None
    (joined,) = [row for row in desk.rows(FactRow) if "people" in row.data]
    assert joined.data["people"] == ["bob"]


def test_a_free_role_is_kept_by_whoever_has_it(desk: Desk) -> None:
    desk.ledger.write(acknowledge, 2, "bob", Via.WEB, at(2))
    desk.ledger.write(acknowledge, 1, "alice", Via.WEB, at(2))
    merged(desk)
    assert desk.ledger.read(tell, "INC-1").manager == "alice"


def test_the_worse_severity_is_proposed_and_wakes_people_who_were_left_to_sleep(desk: Desk) -> None:
    desk.open(at(2), fingerprint="w", title="Slow", severity="warning", service="checkout", starts_at=at(2))
    desk.ledger.write(_calm, 1)
    row = desk.escalation(1)
    assert row.next_at is not None
    ask_about(desk)
    result = merged(desk)
    assert incident(desk, 1).severity == 1
    assert desk.rows(DecisionRow)[0].proposal["severity"] == 1
    assert desk.escalation(1).next_at == at(3)
    assert result.brought_forward == ()


def _calm(session: Session, number: int) -> None:
    """An incident of severity 3 whose first page waits for the morning."""
    row = session.get_one(IncidentRow, number)
    row.severity = row.severity_proposed = 3  # type: ignore[assignment]  # as the column reads it
    escalation = session.get_one(EscalationRow, number)
    escalation.next_at = at(300)
    escalation.progress = escalation.progress.model_copy(update={"next_at": at(300)})
    session.add_all([row, escalation])


def test_an_assessed_severity_stays_a_persons_and_the_timeline_asks(desk: Desk) -> None:
    assess(desk, 2, severity=3)
    merged(desk)
    assert incident(desk, 1).severity == 3
    assert "INC-2 was severity 1, this is 3: change the severity if that holds for both" in told(
        desk, 1, "merged"
    )


def test_the_question_that_stood_is_settled_and_its_run_goes_on(desk: Desk) -> None:
    ask_about(desk)
    desk.ledger.write(_start_runs)
    assert merged(desk, "INC-1", "INC-2").waiting == "run-1"
    (row,) = desk.rows(DecisionRow)
    assert (row.by, row.via, row.answer) == ("alice", Via.CLI, {"merged_into": "INC-2"})
    assert desk.ledger.read(decisions_overdue, at(60)) == []
    assert [row.key for row in desk.ledger.read(decisions_unseen, at(4))] == ["assess-1"]
    assert desk.ledger.write(answer_of, "INC-1", "assess-1", at(4)) is None
    assert desk.ledger.read(decisions_unseen, at(5)) == []


def _start_runs(session: Session) -> None:
    for number in (1, 2):
        run_started(session, number, f"run-{number}")


@pytest.mark.parametrize(
    ("key", "into", "sentence"),
    [
        pytest.param("INC-1", "INC-1", "cannot be merged into itself", id="into itself"),
        pytest.param("INC-2", "INC-9", "no incident INC-9", id="into one that is not there"),
        pytest.param("INC-9", "INC-1", "no incident INC-9", id="one that is not there"),
    ],
)
def test_what_cannot_be_merged_is_said(desk: Desk, key: str, into: str, sentence: str) -> None:
    with pytest.raises((TransitionError, NotFoundError), match=sentence):
        merged(desk, key, into)
    assert told(desk, 1, "merged") == []


def test_nothing_is_merged_twice_or_into_what_is_over(desk: Desk) -> None:
    merged(desk)
    with pytest.raises(TransitionError, match="INC-2 was merged into INC-1; nothing is left to merge"):
        merged(desk)
    with pytest.raises(TransitionError, match="INC-2 was merged into INC-1; merge INC-1 with that one"):
        merged(desk, "INC-1", "INC-2")
    assess(desk, 5, is_incident=False, reason="a drill")
    desk.open(at(6), fingerprint="n", service="database")
    with pytest.raises(TransitionError, match="INC-1 is dismissed"):
        merged(desk, "INC-3", "INC-1")


def test_people_who_merge_crosswise_at_once_merge_once(desk: Desk) -> None:
    def attempt(key: str, into: str) -> str:
        try:
            merged(desk, key, into)
        except TransitionError as refused:
            return str(refused)
        return "merged"

    results = together(partial(attempt, "INC-1", "INC-2"), partial(attempt, "INC-2", "INC-1"))
    assert sorted(result == "merged" for result in results) == [False, True]
    assert sorted(row.status for row in desk.rows(IncidentRow)) == ["merged", "open"]


def test_a_stranger_merges_nothing(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="'eve' is not under people:"):
        desk.ledger.write(merge, "INC-2", "INC-1", "eve", via=Via.CLI, now=at(3))
    assert incident(desk, 2).status is Status.OPEN


class TestSplitting:
    def split(self, desk: Desk, alert: int, key: str = "INC-1") -> IncidentRow:
        return desk.ledger.write(split, key, alert, "alice", via=Via.WEB, now=at(9))

    def test_an_alert_opens_an_incident_of_its_own_that_pages(self, desk: Desk) -> None:
        merged(desk)
        opened = self.split(desk, 2)
        assert (opened.key, opened.service, opened.title) == ("INC-3", "database", "Database slow")
        assert [row.incident_id for row in desk.rows(AlertRow)] == [1, 3]
        assert desk.rows(AlertRow)[1].end_state == "opened"
        assert engaged(desk, 3) == [("incident manager", "climbing", 0)]
        assert told(desk, 1, "split") == ["Database slow is split off into INC-3"]
        assert told(desk, 3, "split") == ["Database slow is split off INC-1"]

    def test_everything_that_was_heard_of_its_condition_goes_with_it(self, desk: Desk) -> None:
        merged(desk)
        desk.take(at(4), fingerprint="db", status="resolved", starts_at=at(4), service="database")
        desk.take(at(5), fingerprint="db", starts_at=at(5), service="database")
        self.split(desk, 2)
        assert [row.incident_id for row in desk.rows(AlertRow)] == [1, 3, 3, 3]
        later = desk.take(at(12), fingerprint="db", status="resolved", starts_at=at(5), service="database")
        assert later is not None
        assert later.key == "INC-3"

    @pytest.mark.parametrize(
        ("alert", "sentence"),
        [
            pytest.param(1, "'Error rate' is the only alert of INC-1", id="the last alert"),
            pytest.param(2, "INC-1 has no alert 2; its alerts are: 1", id="the alert of another incident"),
            pytest.param(9, "INC-1 has no alert 9", id="no alert"),
        ],
    )
    def test_what_cannot_be_split_off_is_said(self, desk: Desk, alert: int, sentence: str) -> None:
        with pytest.raises((TransitionError, NotFoundError), match=sentence):
            self.split(desk, alert)

    def test_what_has_recovered_opens_nothing(self, desk: Desk) -> None:
        merged(desk)
        desk.take(at(4), fingerprint="db", status="resolved", service="database")
        with pytest.raises(TransitionError, match="has recovered"):
            self.split(desk, 2)

    def test_nothing_is_split_off_what_is_over(self, desk: Desk) -> None:
        merged(desk)
        with pytest.raises(TransitionError, match="INC-2 is merged"):
            self.split(desk, 2, "INC-2")

    def test_what_is_left_may_have_recovered(self, desk: Desk) -> None:
        merged(desk)
        desk.take(at(4), status="resolved")
        assert incident(desk, 1).recovered_at is None
        self.split(desk, 2)
        assert incident(desk, 1).recovered_at == at(9)


def test_reading_an_incident_after_its_merge_finds_its_story(desk: Desk) -> None:
    ask_about(desk, Question.ASSESS)
    merged(desk, "INC-1", "INC-2")
    story = desk.ledger.read(tell, "INC-1")
    assert story.open_decision is None
    assert desk.ledger.read(find_incident, "INC-1").summary == "merged into INC-2"
