"""Is a command obeyed once, by whoever may, and is everything else answered with what to do instead?"""

from typing import Any

import pytest

from incident.commands import Resolve
from incident.configuration import Role
from incident.decisions import Assessment, Question, Via
from incident.story import Story
from ledger.decisions import ask
from ledger.incidents import assess, find_incident
from ledger.said import keep_said
from ledger.story import tell
from ledger.tables import DecisionRow, EscalationRow, PageRow, RunRow
from tasks.background import all_done
from tasks.commands import Reply, Said, obey, stranger
from tasks.deciding import decide
from tasks.incident import matter
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START, at

PEOPLE: dict[str, Any] = SMALL["people"] | {
    "carol": {"name": "Carol Verdi", "contacts": [{"via": "console"}]},
    "zoe": {"name": "Zoe", "language": "it", "contacts": [{"via": "console"}]},
}


@pytest.fixture
def firm(at_home: House, without_prefect: None) -> House:
    """An incident that has paged alice; carol and zoe have nothing to do with it."""
    at_home.employ(
        people=PEOPLE,
        policies=SMALL["policies"] | {"database": DATABASE},
        services=SMALL["services"] | {"orders": {"policy": "database"}},
    )
    at_home.desk.open()
    at_home.desk.climb(0)
    return at_home


DATABASE = {"levels": [{"targets": [{"person": "carol"}]}]}


async def said(text: str, person: str = "alice", **more: Any) -> Reply:
    """Say it, and wait for what goes on behind it."""
    reply = await obey(Said(text=text, person=person, via=Via.CHAT, **{"incident": "INC-1"} | more))
    await all_done()
    return reply


def story(house: House, key: str = "INC-1") -> Story:
    return house.ledger.read(tell, key)


def asked(house: House, question: Question = Question.ASSESS) -> None:
    house.ledger.write(ask, "INC-1", question, 1, "", START)


@pytest.fixture
def working(firm: House) -> House:
    """The incident is assessed, and asks for the next step."""
    assessment = Assessment.model_validate({"severity": 2, "impact": "Nobody can pay."})

    def work(session: Any) -> None:
        assess(session, find_incident(session, "INC-1"), assessment, "alice", START)

    firm.ledger.write(work)
    asked(firm, Question.RESOLVE)
    return firm


async def test_whoever_acknowledges_ends_the_paging_and_is_manager(firm: House) -> None:
    reply = await said("ack")
    assert reply.ok
    assert "You have taken INC-1" in reply.text
    assert (story(firm).acknowledged_by, story(firm).manager) == ("alice", "alice")
    line = next(fact for fact in story(firm).timeline if fact.kind == "acknowledged")
    assert (line.by, line.via) == ("alice", "chat")


async def test_the_second_hears_who_was_first(firm: House) -> None:
    await said("ack")
    reply = await said("ack", "bob")
    assert "Alice has acknowledged" in reply.text


async def test_a_page_is_answered_by_its_button_even_of_somebody_else(firm: House) -> None:
    (page,) = firm.desk.rows(PageRow)
    reply = await said("ack", "bob", incident=None, page=page.id)
    assert reply.ok
    assert story(firm).acknowledged_by == "bob"


async def test_passing_on_pages_the_next_level(firm: House) -> None:
    reply = await said("pass")
    assert reply.ok
    assert firm.desk.pages() == [("alice", "owed"), ("bob", "owed")]
    assert firm.desk.said("escalated") == ["alice escalates (incident manager)"]


async def test_a_severity_is_the_assessment_while_that_is_asked(firm: House) -> None:
    asked(firm)
    reply = await said("sev 1 nobody can pay")
    (row,) = firm.desk.rows(DecisionRow)
    assert reply.ok
    assert (row.answer, row.by, row.via) == ({"severity": 1, "impact": "nobody can pay"}, "alice", Via.CHAT)


async def test_without_words_the_title_stands_for_the_impact(firm: House) -> None:
    asked(firm)
    await said("sev 1")
    (row,) = firm.desk.rows(DecisionRow)
    assert row.answer == {"severity": 1, "impact": "Error rate"}


STEPS = {
    "another severity": ("sev 1 worse", {"step": "change severity", "severity": 1, "text": "worse"}),
    "another severity without a reason": (
        "sev 1",
        {"step": "change severity", "severity": 1, "text": "Alice decided it without a reason"},
    ),
    "an observation": ("observe latency rose", {"step": "observation", "text": "latency rose"}),
    "a theory": ("theory pool full", {"step": "theory", "text": "pool full"}),
    "an experiment": (
        "experiment refuted restart",
        {"step": "experiment", "text": "restart", "outcome": "refuted"},
    ),
    "an update": ("update we roll back", {"step": "update customers", "text": "we roll back"}),
    "the end": ("resolve rolled back", {"step": "resolve", "text": "rolled back"}),
}


@pytest.mark.parametrize(("text", "answer"), STEPS.values(), ids=STEPS)
async def test_a_step_answers_the_question_that_is_open(
    working: House, text: str, answer: dict[str, Any]
) -> None:
    reply = await said(text)
    (row,) = working.desk.rows(DecisionRow)
    assert reply.ok
    assert (row.answer, row.by, row.via) == (answer, "alice", Via.CHAT)


async def test_the_severity_that_it_has_is_not_announced_again(working: House) -> None:
    reply = await said("sev 2")
    (row,) = working.desk.rows(DecisionRow)
    assert reply.ok
    assert row.answer is None


FINDINGS = {
    "observe latency rose": ("observation", "latency rose"),
    "theory pool full": ("theory", "pool full"),
    "experiment restart": ("experiment", "restart"),
}


@pytest.mark.parametrize(("text", "line"), FINDINGS.items(), ids=FINDINGS)
async def test_a_finding_needs_no_question(firm: House, text: str, line: tuple[str, str]) -> None:
    reply = await said(text, "zoe")
    assert reply.ok
    assert line in firm.desk.timeline()


async def test_two_findings_of_one_moment_are_both_kept(working: House) -> None:
    await said("observe first")
    reply = await said("observe second")
    assert reply.ok
    assert working.desk.said("observation") == ["second"]
    assert working.desk.rows(DecisionRow)[0].answer == {"step": "observation", "text": "first"}


@pytest.mark.parametrize("text", ["update we roll back", "resolve rolled back", "sev 2 half of them"])
async def test_a_decision_that_nobody_asks_for_is_kept_as_a_note(firm: House, text: str) -> None:
    reply = await said(text)
    assert not reply.ok
    assert "asks nothing at this moment" in reply.text
    assert firm.desk.said("note") == [text]


async def test_the_end_before_the_assessment_says_what_to_do_first(firm: House) -> None:
    asked(firm)
    reply = await said("resolve it was nothing")
    assert "has to be assessed first: write `sev 2`" in reply.text


async def test_a_role_is_given_by_key_by_name_and_to_oneself(firm: House) -> None:
    await said("role manager me")
    await said("role tech-lead @Carol Verdi")
    await said("role comms bob")
    known = story(firm)
    assert [known.holder(role) for role in Role] == ["alice", "carol", "bob"]
    assert {fact.via for fact in known.timeline if fact.kind == "role"} == {"chat"}


async def test_a_role_for_somebody_who_is_not_known_names_who_is(firm: House) -> None:
    reply = await said("role tech-lead @nobody")
    assert not reply.ok
    assert "known: alice, bob, carol, zoe" in reply.text


async def test_a_role_that_cannot_be_told_in_the_room_is_given_all_the_same(firm: House) -> None:
    await said("role tech-lead carol")
    assert story(firm).holder(Role.TECH_LEAD) == "carol"


CALLED = {
    "a policy": ("database", [{"person": "carol"}]),
    "a service": ("checkout", [{"schedule": "primary"}]),
    "a team": ("payments", [{"team": "payments"}]),
    "a person": ("Bob", [{"person": "bob"}]),
}


@pytest.mark.parametrize(("whom", "targets"), CALLED.values(), ids=CALLED)
async def test_others_are_called_in(firm: House, whom: str, targets: list[dict[str, str]]) -> None:
    reply = await said(f"page {whom}", "zoe")
    row = firm.desk.rows(EscalationRow)[-1]
    level = row.policy.first.levels[0]
    assert reply.ok
    assert [target.model_dump(exclude_none=True) for target in level.targets] == targets
    assert any(run.key.endswith(f"/page/{row.id}") for run in firm.desk.rows(RunRow))
    assert firm.desk.said("escalated") == [f"zoe calls in {row.policy.name}"]


async def test_whoever_is_called_in_twice_is_paged_once(firm: House) -> None:
    await said("page database")
    reply = await said("page database", "bob")
    assert "is being paged already" in reply.text
    assert len(firm.desk.rows(EscalationRow)) == 2


async def test_a_slip_in_a_team_gets_the_nearest(firm: House) -> None:
    reply = await said("page paymets")
    assert not reply.ok
    assert "did you mean payments?" in reply.text


async def test_whoever_is_not_on_the_incident_decides_nothing_and_that_is_kept(firm: House) -> None:
    asked(firm)
    reply = await said("sev 3", "zoe")
    (row,) = firm.desk.rows(DecisionRow)
    assert (reply.ok, row.answer) == (False, None)
    assert "Questo spetta a chi segue INC-1" in reply.text
    (line,) = [fact for fact in story(firm).timeline if fact.kind == "refused"]
    assert (line.by, line.via) == ("zoe", "chat")
    assert line.text.startswith("zoe may not decide here (zoe is neither on call for INC-1")


async def test_whoever_is_on_call_decides_before_they_are_paged(firm: House) -> None:
    asked(firm)
    assert (await said("sev 3", "bob")).ok


async def test_the_later_of_two_answers_is_kept_and_hears_who_was_first(working: House) -> None:
    as_bob_saw_it = await matter("INC-1")
    first = await said("resolve rolled back")
    second = await decide(
        Said("resolve it went away", "bob", Via.CHAT), as_bob_saw_it, Resolve(text="it went away")
    )
    assert first.ok
    assert (second.ok, "Alice decided just before (chat)" in second.text) == (False, True)


async def test_a_note_and_a_status_are_for_everybody(firm: House) -> None:
    assert (await said("note they have opened a case", "zoe")).ok
    assert firm.desk.said("note") == ["they have opened a case"]
    reply = await said("status", "bob")
    assert "INC-1" in reply.text
    assert "http://testserver/incidents/INC-1" in reply.text


async def test_a_note_that_is_too_long_says_how_long_it_may_be(firm: House) -> None:
    reply = await said("note " + "x" * 4001)
    assert (reply.ok, "4000" in reply.text, firm.desk.said("note")) == (False, True, [])


async def test_without_an_incident_it_is_the_only_one_that_the_person_is_on(firm: House) -> None:
    firm.desk.open(fingerprint="f2", title="Disk full", service="orders")
    reply = await said("status", incident=None)
    assert "INC-1" in reply.text
    assert "INC-2" not in reply.text


async def test_a_key_before_the_command_counts_more_than_the_room(firm: House) -> None:
    firm.desk.open(fingerprint="f2", title="Disk full", service="orders")
    assert "Disk full" in (await said("INC-2 status")).text


async def test_whoever_is_on_no_incident_or_on_two_is_asked_which(firm: House) -> None:
    reply = await said("ack", "carol", incident=None)
    assert not reply.ok
    assert "`INC-1 ack`" in reply.text
    assert "Error rate" in reply.text


async def test_a_status_of_nothing_in_particular_lists_what_is_open(firm: House) -> None:
    reply = await said("status", "carol", incident=None)
    assert reply.ok
    assert "Which one" not in reply.text


async def test_an_incident_that_is_not_there_names_the_newest(firm: House) -> None:
    reply = await said("INC-9 ack")
    assert (reply.ok, "the newest are: INC-1" in reply.text) == (False, True)


async def test_a_word_that_is_no_command_gets_the_nearest(firm: House) -> None:
    reply = await said("rezolve it")
    assert not reply.ok
    assert "Did you mean `resolve rolled back to version 41`?" in reply.text


async def test_help_lists_every_command_in_the_language_of_the_person(firm: House) -> None:
    reply = await said("aiuto", "zoe", incident=None)
    assert reply.ok
    assert "`resolve tornati alla versione 41`" in reply.text


async def test_somebody_who_has_left_does_nothing(firm: House) -> None:
    reply = await said("ack", "mallory")
    assert (reply.ok, story(firm).acknowledged_by) == (False, None)


async def test_a_stranger_hears_what_to_write_into_the_file(firm: House) -> None:
    reply = await stranger("ops", "U024BE7LH")
    assert not reply.ok
    assert 'known_as: {ops: "U024BE7LH"}' in reply.text


async def test_what_was_said_in_the_room_is_kept_once_with_its_author_and_time(firm: House) -> None:
    for _ in range(2):
        firm.ledger.write(
            keep_said, "INC-1", "It is the DNS", "zoe", at(3), via=Via.CHAT, message="1503435956.000247"
        )
    (line,) = [fact for fact in story(firm).timeline if fact.kind == "note"]
    assert (line.text, line.by, line.via, line.at) == (
        "It is the DNS",
        "zoe",
        "chat",
        at(3),
    )
