"""Does the audit find whatever was left lying, and nothing else?"""

from sqlmodel import Session

from incident.decisions import Question
from ledger.audit import Audit, audit
from ledger.decisions import ask
from ledger.intake import reject_delivery
from ledger.pages import page_failed, page_sent
from ledger.runs import run_started, runs_owed
from ledger.tables import AlertRow
from tests.ledger.desk import Desk, alert, at

SOON = 0.1
"""Minutes after the first alert: everything is still being worked on."""


def look(desk: Desk, minutes: float) -> Audit:
    return desk.ledger.read(audit, at(minutes))


def breaches(desk: Desk, minutes: float) -> list[tuple[str, str]]:
    return [(violation.breach.value, violation.what) for violation in look(desk, minutes).violations]


def send_everything(desk: Desk) -> None:
    """The runs are started, and the first page is sent."""

    def start(session: Session) -> None:
        for run in runs_owed(session):
            run_started(session, run.id or 0, "flow-run")

    desk.climb(0)
    desk.ledger.write(page_sent, 1, "mail", "<1@example>", at(0), uncertain=False)
    desk.ledger.write(start)


def test_an_empty_ledger_is_sound(desk: Desk) -> None:
    found = look(desk, 0)
    assert (found.ok, found.alerts, found.deliveries) == (True, (), 0)


def test_every_alert_is_listed_with_its_end_state_and_incident(desk: Desk) -> None:
    desk.open()
    desk.take(at(1), fingerprint="f2")
    assert [(each.end_state, each.incident) for each in look(desk, 1).alerts] == [
        ("opened", "INC-1"),
        ("attached", "INC-1"),
    ]


def test_an_alert_without_an_end_state_is_lost_after_two_seconds(desk: Desk) -> None:
    desk.accept()
    assert look(desk, 1 / 60).ok
    assert breaches(desk, SOON) == [("alert without end state", "alert 1 from alertmanager: Error rate")]
    assert look(desk, SOON).alerts[0].end_state is None


def test_an_alert_that_was_suppressed_for_a_while_is_to_be_looked_at_again(desk: Desk) -> None:
    number = desk.accept()
    desk.triage(number, at(0))
    with desk.ledger.transaction() as session:
        session.get_one(AlertRow, number).look_again_at = at(5)
    again = (
        "alert that was suppressed for a while and not looked at again",
        "alert 1 from alertmanager: Error rate",
    )
    assert again not in breaches(desk, 5)
    assert again in breaches(desk, 6)


def test_a_rejected_delivery_is_counted_and_lost_to_nobody(desk: Desk) -> None:
    desk.ledger.write(reject_delivery, "alertmanager", b"?", "no JSON", at(0))
    found = look(desk, SOON)
    assert (found.ok, found.deliveries, found.deliveries_rejected) == (True, 1, 1)


def test_what_was_decided_but_not_done_is_a_breach_after_half_a_minute(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assert look(desk, SOON).ok
    assert sorted(kind for kind, _ in breaches(desk, 1)) == [
        "page owed and not sent",
        "run owed and not started",
        "run owed and not started",
    ]


def test_a_level_whose_time_has_come_must_be_paged(desk: Desk) -> None:
    desk.open()
    send_everything(desk)
    assert look(desk, 5).ok
    assert breaches(desk, 6) == [("level due and not paged", "incident manager")]


def test_a_page_that_no_method_could_deliver_is_settled(desk: Desk) -> None:
    desk.open()
    send_everything(desk)
    desk.climb(5)
    desk.ledger.write(page_failed, 2, "every method refused", at(5))
    assert look(desk, 6).ok


def test_a_decision_that_nobody_settled_is_a_breach(desk: Desk) -> None:
    desk.open()
    send_everything(desk)
    desk.ledger.write(ask, "INC-1", Question.ASSESS, 1, "flow-run", at(0))
    kinds = [kind for kind, _ in breaches(desk, 11)]
    assert "decision overdue and not settled" in kinds


def test_an_audit_is_told_as_json_with_stable_fields(desk: Desk) -> None:
    desk.open()
    plain = look(desk, SOON).model_dump(mode="json")
    assert sorted(plain) == ["alerts", "at", "deliveries", "deliveries_rejected", "ok", "violations"]
    assert sorted(plain["alerts"][0]) == sorted(
        ["id", "source", "fingerprint", "title", "status", "received_at", "end_state", "reason", "incident"]
    )
    assert alert().title == plain["alerts"][0]["title"]
