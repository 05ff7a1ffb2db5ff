"""Does a rehearsal tell what then happens? Beside the ledger itself, on the same organisation and clock."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlmodel import Session, select

from incident.alert import AlertSeverity
from incident.changes import Change
from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError
from incident.progress import Stage
from incident.rehearsed import Entry, Happening
from incident.severity import Severity
from incident.story import PageState
from ledger.configurations import accept_configuration
from ledger.escalations import acknowledge, advance
from ledger.notification_tables import NotificationRow
from ledger.notifications import notification_sent, still_wanted, take_due
from ledger.overrides import add_override
from ledger.pages import pages_owed_by
from ledger.rehearsals import ahead, ahead_of, rehearse_incident, services
from ledger.rota_turn import Actor
from ledger.tables import AssignmentRow, EscalationRow, PageRow
from tests.incident.any_organisation import AnyOrganisation
from tests.incident.organisations import organisation
from tests.ledger.desk import START, Desk, at

SEVERITY = {
    Severity.CRITICAL: AlertSeverity.CRITICAL,
    Severity.MAJOR: AlertSeverity.ERROR,
    Severity.MINOR: AlertSeverity.WARNING,
}


class Message(NamedTuple):
    """Somebody was paged by a method."""

    at: datetime
    person: str
    method: str
    level: int
    round: int
    because: str


def employ(desk: Desk, **changes: Any) -> None:
    desk.ledger.write(accept_configuration, organisation(**changes), at(-1))


def foretold(desk: Desk, severity: Severity = Severity.CRITICAL) -> tuple[list[Message], datetime]:
    """What a rehearsal says of the incident that is about to open, and until when."""
    found = desk.ledger.read(rehearse_incident, "checkout", severity, "", START)
    assert found.reminded_at is not None
    paged = [entry for entry in found.entries if entry.what is Happening.PAGED]
    return sorted(message(entry) for entry in paged if entry.at < found.reminded_at), found.reminded_at


def message(entry: Entry) -> Message:
    why = f"{entry.because}; {entry.rule}"
    return Message(entry.at, entry.person, entry.method, entry.level or 0, entry.round or 0, why)


def lived(desk: Desk, severity: Severity, until: datetime) -> list[Message]:
    """What the ledger does about that incident while nobody answers: every method that was used."""
    desk.open(severity=SEVERITY[severity])
    desk.ledger.write(_live, until)
    return messages(desk)


def messages(desk: Desk) -> list[Message]:
    """Every method that was used until now."""
    pages = {page.id: page for page in desk.rows(PageRow)}
    sent = [(row, row.sent_at, pages[row.page_id]) for row in desk.rows(NotificationRow)]
    return sorted(
        Message(left_at, row.person, row.method, page.level + 1, page.round + 1, page.because)
        for row, left_at, page in sent
        if left_at
    )


def _live(session: Session, until: datetime, instants: int = 10_000) -> datetime:
    """Wake whenever a step or a method is due, as the timers would; returns when it last was."""
    now = START
    for _ in range(instants):
        if (upcoming := _upcoming(session)) >= until:
            break
        now = upcoming
        advance(session, 1, now)
        owed = pages_owed_by(session, 1, now + timedelta.resolution)
        due = [number for page in owed for number in take_due(session, page.id or 0, now)]
        for number in dict.fromkeys(due):  # side by side, as the flow does: all are taken before one is sent
            if still_wanted(session, number):
                notification_sent(session, number, "receipt", now)
    return now


def _upcoming(session: Session) -> datetime:
    waiting = select(NotificationRow.due_at).where(NotificationRow.state == PageState.OWED)
    next_at = session.exec(select(EscalationRow.next_at)).one()
    return min([*session.exec(waiting), *([next_at] if next_at else [])])


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("seed", range(5))
def test_what_is_foretold_of_any_organisation_is_what_then_happens(
    desk: Desk, seed: int, severity: Severity
) -> None:
    employ(desk, **AnyOrganisation(seed).sections())
    expected, until = foretold(desk, severity)
    assert lived(desk, severity, until) == expected
    assert desk.escalation().stage is Stage.UNREACHED
    assert desk.escalation().next_at == until


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("instants", [1, 3, 6])
@pytest.mark.parametrize("seed", range(5))
def test_what_comes_next_at_any_time_is_what_then_happens(desk: Desk, seed: int, instants: int) -> None:
    employ(desk, **AnyOrganisation(seed).sections())
    _, until = foretold(desk)
    desk.open()
    now = desk.ledger.write(_live, until, instants)
    (coming,) = desk.ledger.read(ahead, "INC-1", now)
    expected = [_briefly(message(entry)) for entry in coming.entries if entry.what is Happening.PAGED]
    assert expected
    end = min(max(expected)[0], until - timedelta.resolution)
    desk.ledger.write(_live, until)
    happened = [_briefly(each) for each in messages(desk) if now < each.at <= end]
    assert sorted(happened) == sorted(each for each in expected if each[0] <= end)


def _briefly(told: Message) -> tuple[datetime, str, str, int, int]:
    return told[:5]


def test_a_round_robin_is_foretold_from_where_it_stands_and_no_turn_is_used_up(desk: Desk) -> None:
    turns = {"levels": [{"targets": [{"round_robin": ["alice", "bob"]}]}], "repeat": 0}
    employ(desk, policies={"checkout": turns})
    desk.open(fingerprint="f0")
    desk.climb(0)
    for _ in range(2):
        (first, *_), _ = foretold(desk)
        assert first.person == "bob"
    assert [row.member for row in desk.rows(AssignmentRow)] == ["alice"]


def test_it_is_told_with_what_people_have_changed(desk: Desk) -> None:
    stands_in = Change.model_validate(
        {
            "schedule": "primary",
            "override": {"kind": "replace", "user": "alice", "with": "bob", "start": at(1), "end": at(600)},
        }
    )
    desk.ledger.write(add_override, stands_in, Actor("alice", Via.CLI), at(0))
    found = desk.ledger.read(rehearse_incident, "checkout", Severity.CRITICAL, "2026-11-23T03:15:00Z", at(0))
    assert found.entries[0].person == "bob"
    assert found.entries[0].because == "on call for primary until Mon 30 Nov 08:00 UTC"


@pytest.mark.parametrize(
    ("service", "written", "error", "sentence"),
    [
        ("chekout", "", NotFoundError, "'chekout' is not under services:; did you mean checkout?"),
        ("", "2027-03-28T02:30", AnswerError, "does not exist in Europe/Rome: write 2027-03-28T03:00+02:00"),
        (
            "",
            "2026-10-25T02:30",
            AnswerError,
            "twice in Europe/Rome: write 2026-10-25T02:30+02:00 or",
        ),
        ("", "tomorrow", AnswerError, "'tomorrow' is no time; write one with an offset"),
    ],
    ids=["a misspelled service", "a local time that is skipped", "one that comes twice", "no time at all"],
)
def test_a_question_that_has_no_answer_is_refused_with_what_to_write_instead(
    desk: Desk, service: str, written: str, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=re.escape(sentence)):
        desk.ledger.read(rehearse_incident, service, Severity.CRITICAL, written, START)


def test_a_local_time_is_that_of_the_schedule_and_now_is_the_default(desk: Desk) -> None:
    local = desk.ledger.read(rehearse_incident, "", Severity.CRITICAL, "2027-03-28T03:00", START)
    assert local.at == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert desk.ledger.read(rehearse_incident, "", Severity.CRITICAL, "", START).at == START


def test_the_services_to_ask_about_begin_with_the_default_one(desk: Desk) -> None:
    employ(desk, services={"api": {"policy": "checkout"}, "checkout": {"policy": "checkout"}})
    assert desk.ledger.read(services) == ("checkout", "api")


def told(desk: Desk, minutes: float) -> list[tuple[str, int | None, timedelta]]:
    """What comes next for the only escalation, by what its incident's page says."""
    (found,) = desk.ledger.read(ahead, "INC-1", at(minutes))
    return [(entry.person or entry.what, entry.level, entry.elapsed) for entry in found.entries]


def test_what_comes_next_goes_on_from_where_the_escalation_stands(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    minutes = [timedelta(minutes=each) for each in (3, 8, 13, 18)]
    assert told(desk, 2) == list(zip(["bob", "alice", "bob", "alice"], [2, 1, 2, 1], minutes, strict=True))
    (next_page,) = desk.ledger.read(ahead_of, 1, at(2)).next_level
    assert (next_page.person, next_page.at) == ("bob", at(5))


def test_an_answer_leaves_nothing_to_come(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    desk.ledger.write(acknowledge, 1, "alice", "web", at(1))
    assert desk.ledger.read(ahead, "INC-1", at(2)) == ()
    assert desk.ledger.read(ahead_of, 1, at(2)).next_level == ()


def test_an_answer_with_a_time_is_followed_by_paging_again(desk: Desk) -> None:
    levels = [{"targets": [{"person": "alice"}]}, {"targets": [{"person": "bob"}]}]
    employ(desk, policies={"checkout": {"levels": levels, "unacknowledge_after": "30m"}})
    desk.open()
    desk.climb(0)
    desk.ledger.write(acknowledge, 1, "alice", "web", at(1))
    half_an_hour, then = timedelta(minutes=29), timedelta(minutes=34)
    assert told(desk, 2)[:3] == [
        ("paging again", None, half_an_hour),
        ("alice", 1, half_an_hour),
        ("bob", 2, then),
    ]


def test_an_unreached_incident_is_followed_by_its_next_reminder_only(desk: Desk) -> None:
    employ(desk, policies={"checkout": {"levels": [{"targets": [{"person": "alice"}]}], "repeat": 0}})
    desk.open()
    desk.climb(0)
    desk.climb(5)
    assert told(desk, 6) == [("skipped", 0, timedelta(minutes=59)), ("alice", 0, timedelta(minutes=59))]
