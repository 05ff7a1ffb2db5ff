"""Does the ledger remember what triage needs: routes, groups, causes, dependencies, counts, flapping?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from incident.alert import AlertSeverity, AlertStatus, EndState
from incident.configuration import Language
from incident.decisions import Question, Via
from incident.severity import Severity
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.escalations import acknowledge
from ledger.incidents import find_incident
from ledger.intake import triage_again, untriaged, waiting_alerts
from ledger.merging import merge
from ledger.questions import put_question
from ledger.runs import PAGE, run_started, runs_owed
from ledger.slices import next_alerts
from ledger.tables import AlertRow, DecisionRow, IncidentRow, RunRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.ledger.life import assess

CRITICAL, WARNING = AlertSeverity.CRITICAL, AlertSeverity.WARNING
RESOLVED = AlertStatus.RESOLVED
SERVICES: dict[str, Any] = {
    "checkout": {"policy": "checkout", "depends_on": ["api"]},
    "api": {"policy": "checkout", "depends_on": ["database"]},
    "database": {"policy": "checkout"},
}


def put_in_force(desk: Desk, **changes: Any) -> None:
    configuration = organisation(**({"services": SERVICES} | changes))
    desk.ledger.write(accept_configuration, configuration, at(-1))


def ends(desk: Desk) -> list[tuple[str, str | None]]:
    """The end state and the incident of each alert."""
    return desk.ledger.read(_ends)


def _ends(session: Session) -> list[tuple[str, str | None]]:
    keys = {row.id: row.key for row in session.exec(select(IncidentRow))}
    rows = session.exec(select(AlertRow).order_by("id")).all()
    return [(row.end_state or "", keys.get(row.incident_id)) for row in rows]


def look_again(desk: Desk, minutes: float) -> None:
    """What the watchdog does with the timers."""
    for number in desk.ledger.read(waiting_alerts, at(minutes)):
        desk.ledger.write(triage_again, number, at(minutes))


def reasons(desk: Desk) -> list[str]:
    return [row.reason for row in desk.rows(AlertRow)]


class TestARoute:
    @pytest.fixture
    def incident(self, desk: Desk) -> IncidentRow:
        put_in_force(
            desk,
            teams={"dba": {"members": ["bob"], "policy": "dba"}},
            policies={
                "checkout": {"levels": [{"targets": [{"person": "alice"}]}]},
                "dba": {"levels": [{"targets": [{"team": "dba"}]}]},
            },
            routes=[
                {"labels": {"job": "web"}, "service": "api"},
                {
                    "match": ['job=~"postgres.*"', "env not in (dev, test)"],
                    "service": "database",
                    "team": "dba",
                    "severity": 2,
                    "language": "it",
                },
                {"match": ['job=~".+"'], "service": "api"},
            ],
        )
        return desk.open(service=None, labels={"job": "postgres-main"})

    def test_chooses_service_severity_and_language(self, incident: IncidentRow) -> None:
        assert incident.service == "database"
        assert incident.severity is Severity.MAJOR
        assert incident.language is Language.ITALIAN

    def test_pages_by_the_policy_of_its_team(self, desk: Desk, incident: IncidentRow) -> None:
        assert desk.escalation().policy.name == "dba"
        desk.climb(0)
        assert [person for person, _ in desk.pages()] == ["bob"]

    def test_is_named_in_the_reason(self, desk: Desk, incident: IncidentRow) -> None:
        (reason,) = reasons(desk)
        assert reason == (
            "nothing is open for database; "
            'routes[1] (job=~"postgres.*", env not in (dev, test)): '
            "service database, team dba, severity 2, language it"
        )


class TestGroups:
    def test_alerts_with_other_chosen_labels_are_other_incidents(self, desk: Desk) -> None:
        put_in_force(desk, grouping={"by": ["region"]})
        for number, region in enumerate(["eu", "us", "eu"]):
            desk.take(at(number), fingerprint=f"f{number}", labels={"region": region})

        assert ends(desk) == [("opened", "INC-1"), ("opened", "INC-2"), ("attached", "INC-1")]

    def test_each_alert_that_joins_moves_the_window(self, desk: Desk) -> None:
        put_in_force(desk, grouping={"within": "10m"})
        for number, minute in enumerate([0, 9, 18, 29]):
            desk.take(at(minute), fingerprint=f"f{number}")

        assert [state for state, _ in ends(desk)] == ["opened", "attached", "attached", "opened"]

    def test_what_would_join_a_merged_incident_joins_the_one_that_goes_on(self, desk: Desk) -> None:
        put_in_force(desk)
        desk.take(service="api")
        desk.take(at(1), fingerprint="f2", service="database")
        desk.ledger.write(merge, "INC-1", "INC-2", "alice", via=Via.CLI, now=at(2))
        desk.take(at(3), fingerprint="f3", service="api")

        assert ends(desk)[2] == ("attached", "INC-2")
        assert reasons(desk)[2] == "the incident of api was merged into INC-2"

    def test_it_joins_the_last_one_of_several_merges(self, desk: Desk) -> None:
        put_in_force(desk)
        for number, service in enumerate(["checkout", "api", "database"]):
            desk.take(at(number), fingerprint=service, service=service)
        for key, into in (("INC-1", "INC-2"), ("INC-2", "INC-3")):
            desk.ledger.write(merge, key, into, "alice", via=Via.CLI, now=at(3))
        desk.take(at(4), fingerprint="f4", service="checkout")

        assert (ends(desk)[3], reasons(desk)[3]) == (
            ("attached", "INC-3"),
            "the incident of checkout was merged into INC-3",
        )


class TestAWorseAlert:
    """A warning opens severity 3 before working hours; then the same service has a critical alert."""

    @pytest.fixture
    def waiting(self, desk: Desk) -> Desk:
        desk.open(severity=WARNING)
        desk.climb(0)
        assert desk.pages() == []
        return desk

    def test_raises_the_incident_and_pages_at_once(self, waiting: Desk) -> None:
        waiting.take(at(5), fingerprint="f2")

        incident = waiting.incident()
        assert (incident.severity, incident.severity_proposed) == (1, 1)
        assert waiting.said("severity") == [
            "from 3 to 1, proposed: a critical alert on a service that customers use"
        ]
        waiting.climb(5)
        assert [person for person, _ in waiting.pages()] == ["alice"]

    def test_has_a_run_at_once_when_prefect_holds_the_first_one_until_the_morning(
        self, waiting: Desk
    ) -> None:
        (page,) = [row for row in waiting.rows(RunRow) if row.deployment == PAGE]
        waiting.ledger.write(run_started, page.id or 0, "held-until-nine")
        waiting.take(at(5), fingerprint="f2")

        owed = waiting.ledger.read(runs_owed)
        assert [(row.key, row.due_at) for row in owed if row.deployment == PAGE] == [
            ("INC-1/page/1-1", at(5))
        ]

    def test_pages_again_whoever_acknowledged_something_minor(self, waiting: Desk) -> None:
        waiting.ledger.write(acknowledge, 1, "alice", "cli", at(1))
        waiting.take(at(5), fingerprint="f2")

        assert waiting.said("reopened") == [
            "it was acknowledged as severity 3 and is severity 1 now: paging begins again"
        ]
        assert [person for person, _ in waiting.pages()] == ["alice"]

    def test_changes_the_question_that_waits(self, waiting: Desk) -> None:
        with waiting.ledger.transaction() as session:
            incident = find_incident(session, "INC-1")
            put_question(session, incident, Question.ASSESS, "assess-1", "", (), at(1))
        waiting.take(at(5), fingerprint="f2")

        (question,) = waiting.rows(DecisionRow)
        assert question.proposal["severity"] == 1
        assert question.due_at == at(15)

    def test_opens_an_incident_of_its_own_when_people_have_assessed_a_minor_one(self, desk: Desk) -> None:
        desk.open(severity=WARNING)
        assess(desk, severity=Severity.MINOR)
        desk.take(at(5), fingerprint="f2")

        assert ends(desk)[1] == ("opened", "INC-2")
        assert "INC-1 was assessed as severity 3, and this one would be severity 1" in reasons(desk)[1]


class TestAServiceThatOthersNeed:
    def test_takes_in_the_alerts_of_all_that_depend_on_it(self, desk: Desk) -> None:
        put_in_force(desk)
        desk.take(service="database")
        desk.take(at(1), fingerprint="f2", service="checkout")
        desk.take(at(1), fingerprint="f3", service="api")

        assert ends(desk) == [("opened", "INC-1"), ("attached", "INC-1"), ("attached", "INC-1")]
        assert reasons(desk)[1] == "checkout depends on database, which is down (INC-1)"

    def test_takes_in_nothing_when_it_has_recovered_or_is_only_troubled(self, desk: Desk) -> None:
        put_in_force(desk)
        desk.take(service="database")
        desk.take(at(1), service="database", status=RESOLVED)
        desk.take(at(2), fingerprint="f2", service="checkout")
        desk.take(at(3), fingerprint="f3", service="api", severity=WARNING)
        desk.take(at(4), fingerprint="f4", service="checkout")

        assert [state for state, _ in ends(desk)] == ["opened", "resolved", "opened", "opened", "attached"]
        assert ends(desk)[4][1] == "INC-2", "its own"

    def test_leaves_them_alone_when_it_is_over_and_they_go_on_firing(self, desk: Desk) -> None:
        put_in_force(desk)
        desk.take(service="database")
        desk.take(at(1), fingerprint="f2", service="checkout")
        look_again(desk, 7)
        assert ends(desk)[1] == ("attached", "INC-1")
        assess(desk, is_incident=False, reason="a drill")
        look_again(desk, 13)

        assert ends(desk)[1] == ("opened", "INC-2")
        assert reasons(desk)[1] == (
            "nothing is open for checkout (before: checkout depends on database, which is down (INC-1))"
        )
        assert len(desk.said("alert")) == 1


RULE = {
    "source_matchers": ["alertname=ClusterDown"],
    "target_matchers": ["severity=warning"],
    "equal": ["cluster"],
}


class TestInhibition:
    @pytest.fixture
    def ruled(self, desk: Desk) -> Desk:
        put_in_force(desk, inhibit_rules=[RULE])
        desk.take(labels={"alertname": "ClusterDown", "cluster": "a"}, service="database")
        return desk

    def pod(self, desk: Desk, minutes: float, cluster: str = "a", **changes: Any) -> None:
        labels = {"alertname": "PodDown", "severity": "warning", "cluster": cluster}
        desk.take(at(minutes), fingerprint="pod", labels=labels, service="checkout", **changes)

    def test_suppresses_a_consequence_while_its_cause_fires(self, ruled: Desk) -> None:
        self.pod(ruled, 1)

        assert ends(ruled)[1] == (EndState.INHIBITED, None)
        assert reasons(ruled)[1] == (
            "inhibit_rules[0]: it is a consequence of 'Error rate' (INC-1), which fires"
        )

    def test_asks_for_equal_labels(self, ruled: Desk) -> None:
        self.pod(ruled, 1, cluster="b")

        assert ends(ruled)[1][0] != EndState.INHIBITED

    def test_ends_with_its_cause_and_what_still_fires_opens_an_incident(self, ruled: Desk) -> None:
        self.pod(ruled, 1)
        ruled.take(at(2), labels={"alertname": "ClusterDown", "cluster": "a"}, status=RESOLVED)
        look_again(ruled, 6.5)

        assert ends(ruled)[1] == ("opened", "INC-2")

    def test_goes_on_as_long_as_its_cause_and_says_so_once(self, ruled: Desk) -> None:
        self.pod(ruled, 1)
        before = reasons(ruled)
        look_again(ruled, 6.5)

        assert reasons(ruled) == before
        assert ruled.ledger.read(waiting_alerts, at(12)) == [2]

    def test_ends_nothing_that_has_recovered(self, ruled: Desk) -> None:
        self.pod(ruled, 1)
        self.pod(ruled, 2, status=RESOLVED)
        ruled.take(at(3), labels={"alertname": "ClusterDown", "cluster": "a"}, status=RESOLVED)
        look_again(ruled, 30)

        assert ends(ruled)[1] == (EndState.INHIBITED, None)

    def test_ends_when_its_cause_was_not_heard_of_for_too_long(self, desk: Desk) -> None:
        put_in_force(desk, inhibit_rules=[RULE | {"at_most": "30m"}])
        desk.take(labels={"alertname": "ClusterDown", "cluster": "a"}, service="database")
        self.pod(desk, 31)

        assert ends(desk)[1][0] != EndState.INHIBITED


BLIPS = {"match": ["alertname=Blip"], "at_least": 3, "within": "10m"}


class TestAThreshold:
    def blips(self, desk: Desk, *minutes: float) -> None:
        put_in_force(desk, thresholds=[BLIPS])
        for number, minute in enumerate(minutes):
            desk.take(at(minute), fingerprint=f"f{number}", labels={"alertname": "Blip"})

    def test_opens_with_the_last_one_and_takes_in_those_before(self, desk: Desk) -> None:
        self.blips(desk, 0, 5, 9)
        assert [state for state, _ in ends(desk)] == ["below_threshold", "below_threshold", "opened"]
        look_again(desk, 9)

        assert [key for _, key in ends(desk)] == ["INC-1"] * 3

    def test_does_not_count_what_is_too_old(self, desk: Desk) -> None:
        self.blips(desk, 0, 5, 10)

        assert [state for state, _ in ends(desk)] == ["below_threshold"] * 3

    def test_counts_the_same_firing_once(self, desk: Desk) -> None:
        put_in_force(desk, thresholds=[BLIPS])
        for minute in range(5):
            desk.take(at(minute), labels={"alertname": "Blip"})

        assert {state for state, _ in ends(desk)} == {"below_threshold"}


class TestFlapping:
    @pytest.fixture
    def restless(self, desk: Desk) -> Desk:
        put_in_force(desk, flapping={"changes": 4, "within": "30m", "calm": "10m"})
        for minute in range(8):
            status = RESOLVED if minute % 2 else AlertStatus.FIRING
            desk.take(at(minute), status=status, starts_at=at(minute - minute % 2))
        return desk

    def test_is_said_once_and_further_changes_are_kept_back(self, restless: Desk) -> None:
        states = [state for state, _ in ends(restless)]

        assert (
            states
            == ["opened", "resolved", "attached", "resolved", "attached", "duplicate"] + ["duplicate"] * 2
        )
        assert [line for line in restless.said("alert") if "it flaps: 4 changes" in line]

    def test_is_called_recovered_when_it_has_been_calm(self, restless: Desk) -> None:
        told = len(restless.said("recovered"))
        look_again(restless, 16)
        assert len(restless.said("recovered")) == told
        look_again(restless, 17)

        assert ends(restless)[7] == ("resolved", "INC-1")
        assert "it has calmed down, and the monitor reports recovery" in restless.said("recovered")[told]


FEW = ("configuration", "silence", "maintenance", "maintenance_cut")
"""Tables of which a batch of alerts reads once what is in force."""


def test_every_look_up_of_triage_goes_through_an_index(desk: Desk) -> None:
    if not desk.ledger.url.startswith("sqlite"):
        return  # PostgreSQL would scan such small tables, whatever indexes there are
    put_in_force(desk, inhibit_rules=[RULE], thresholds=[BLIPS])
    with heard(desk.ledger) as asked:
        for number, labels in enumerate([{"alertname": "Blip"}, {"severity": "warning"}, {"cluster": "a"}]):
            desk.take(at(number), fingerprint=f"f{number}", labels=labels, service="checkout")
            desk.take(at(number), fingerprint=f"f{number}", labels=labels, service="checkout")
    reads = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
    assert len(reads) > 20

    plans = desk.ledger.read(_plans, reads)

    assert [plan for plan in plans if plan.startswith("SCAN") and plan.split()[1] not in FEW] == []


def test_whose_turn_it_is_is_read_in_its_order_however_many_wait(desk: Desk) -> None:
    if not desk.ledger.url.startswith("sqlite"):
        return  # PostgreSQL would scan such small tables, whatever indexes there are
    desk.accept()
    with heard(desk.ledger) as asked:
        desk.ledger.read(next_alerts, 100, put_off=False)
        desk.ledger.read(untriaged, at(1))
    turns = [each for each in asked if "ORDER BY alert.precedence" in each[0]]
    assert len(turns) == 2

    plans = desk.ledger.read(_plans, turns)

    assert {plan.split("USING ")[-1].split(" (")[0] for plan in plans} == {"INDEX ix_alert_waiting"}


@contextmanager
def heard(ledger: Ledger) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked meanwhile: the statements with their values."""
    asked: list[tuple[str, Any]] = []

    def hear(*told: Any) -> None:
        asked.append((told[2], told[3]))

    event.listen(ledger.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(ledger.engine, "before_cursor_execute", hear)


def _plans(session: Session, reads: list[tuple[str, Any]]) -> list[str]:
    connection = session.connection()
    return [
        row[3]
        for statement, values in reads
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
