"""Do monitors keep quiet about an incident's alerts when somebody asks, and speak again when it is over?"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import pytest

from blocks.catalogue import problems_of
from blocks.interfaces import Connection, Repeat
from incident.alert import AlertStatus
from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import AnswerError, Rejected, RetryLater, TransitionError, UnknownOutcome
from incident.lifecycle import Status
from incident.matching import Matcher
from incident.references import check_references
from ledger.by_hand import acknowledge_all
from ledger.effects import LEASE
from ledger.incidents import find_incident
from ledger.source_silence_tables import SourceSilenceRow
from ledger.source_silences import LONGEST, end_source_silences, quiet_at_sources, silence_source
from tasks.source_silences import keep_sources_quiet
from tasks.surroundings import Surroundings, within
from tests.house import House
from tests.incident.organisations import SMALL, organisation

SOURCES = {"alertmanager": {"dialect": "alertmanager", "silence_at": "am"}}
CONNECTIONS = SMALL["connections"] | {"am": {"type": "alertmanager-api", "url": "http://127.0.0.1:9093"}}
TWO_HOURS = timedelta(hours=2)


@dataclass
class FakeAlertmanager:
    """A monitor that keeps what it was told, once for each key; each of its troubles it has once."""

    repeat: Repeat = Repeat.SAFE
    troubles: list[Exception] = field(default_factory=list)
    silences: dict[str, tuple[str, datetime, str, str]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    calls: int = 0

    async def silence(
        self, key: str, matchers: Sequence[Matcher], until: datetime, author: str, comment: str
    ) -> str:
        """Keep it; a lost answer is one to something that was done."""
        self.calls += 1
        lost = [each for each in self.troubles[:1] if isinstance(each, UnknownOutcome)]
        if self.troubles and not lost:
            raise self.troubles.pop(0)
        self.silences.setdefault(key, (" ".join(map(str, matchers)), until, author, comment))
        if lost:
            raise self.troubles.pop(0)
        return f"id of {key}"

    async def expire(self, silence: str) -> None:
        """Keep which one."""
        self.calls += 1
        if self.troubles:
            raise self.troubles.pop(0)
        self.ended.append(silence)


@dataclass(frozen=True)
class WithSilencer(Surroundings):
    """Surroundings in which every connection is the monitor."""

    silencer: FakeAlertmanager = field(default_factory=FakeAlertmanager)

    async def connected(self, name: str, configuration: Configuration) -> Connection:
        """The monitor."""
        assert name in configuration.connections
        return cast(Connection, self.silencer)


@pytest.fixture
def silencer() -> FakeAlertmanager:
    return FakeAlertmanager()


@pytest.fixture
def firm(house: House, silencer: FakeAlertmanager) -> Iterator[House]:
    """A house whose incident alice has acknowledged."""
    house.employ(sources=SOURCES, connections=CONNECTIONS)
    house.desk.open(labels={"alertname": "ErrorRate", "service": "checkout"})
    house.ledger.write(acknowledge_all, "INC-1", "alice", via=Via.WEB, now=house.clock())
    place = WithSilencer(house.ledger, house.links, house.environment, house.clock, silencer=silencer)
    with within(place):
        yield house


def ask(house: House, person: str = "alice", lasting: timedelta = TWO_HOURS) -> int:
    return house.ledger.write(silence_source, "INC-1", person, lasting, via=Via.WEB, now=house.clock())


def end(house: House) -> int:
    return house.ledger.write(end_source_silences, "INC-1", "alice", via=Via.WEB, now=house.clock())


def close(house: House) -> None:
    def closed(session: object) -> None:
        incident = find_incident(session, "INC-1")  # type: ignore[arg-type]  # the ledger gives a session
        incident.status = Status.CLOSED
        session.add(incident)  # type: ignore[attr-defined]  # as above

    house.ledger.write(closed)


async def test_exactly_what_fires_is_silenced_with_who_asked_and_for_what(
    firm: House, silencer: FakeAlertmanager
) -> None:
    firm.desk.take(firm.clock(), fingerprint="f2", labels={"alertname": "Slow", "service": "checkout"})
    assert ask(firm) == 2
    assert [await keep_sources_quiet() for _ in range(2)] == [2, 0]
    until = firm.clock() + TWO_HOURS
    comment = "Alice is working on INC-1: http://testserver/incidents/INC-1"
    assert silencer.silences == {
        "INC-1/silence/am/1@20261123T031000": (
            'alertname="ErrorRate" service="checkout"',
            until,
            "Alice",
            comment,
        ),
        "INC-1/silence/am/2@20261123T031000": (
            'alertname="Slow" service="checkout"',
            until,
            "Alice",
            comment,
        ),
    }
    assert firm.desk.said("passed on") == ["alice silences 2 alerts at am for 2h"]
    (quiet,) = firm.ledger.read(quiet_at_sources, "INC-1", firm.clock())
    assert (quiet.silencer, quiet.alerts, quiet.until, quiet.person) == ("am", 2, until, "alice")


async def test_what_has_recovered_is_not_silenced(firm: House) -> None:
    firm.desk.take(firm.clock(), fingerprint="f2", labels={"alertname": "Slow"})
    firm.desk.take(firm.clock(), fingerprint="f2", status=AlertStatus.RESOLVED, labels={"alertname": "Slow"})
    assert ask(firm) == 1


async def test_it_ends_when_somebody_ends_it(firm: House, silencer: FakeAlertmanager) -> None:
    ask(firm)
    await keep_sources_quiet()
    assert end(firm) == 1
    assert [await keep_sources_quiet() for _ in range(2)] == [1, 0]
    assert silencer.ended == ["id of INC-1/silence/am/1@20261123T031000"]
    assert firm.desk.said("passed on")[-1] == "alice ends the silence about 1 alert"
    assert firm.ledger.read(quiet_at_sources, "INC-1", firm.clock()) == ()
    assert end(firm) == 0


async def test_it_ends_with_its_incident(firm: House, silencer: FakeAlertmanager) -> None:
    ask(firm)
    await keep_sources_quiet()
    close(firm)
    assert [await keep_sources_quiet() for _ in range(2)] == [1, 0]
    assert len(silencer.ended) == 1


async def test_it_ends_by_itself_when_its_time_has_come(firm: House, silencer: FakeAlertmanager) -> None:
    ask(firm)
    await keep_sources_quiet()
    firm.clock.time += TWO_HOURS
    close(firm)
    assert await keep_sources_quiet() == 0
    assert silencer.ended == []
    assert firm.ledger.read(quiet_at_sources, "INC-1", firm.clock()) == ()


async def test_what_nobody_has_begun_to_make_is_not_made_when_it_ends(
    firm: House, silencer: FakeAlertmanager
) -> None:
    ask(firm)
    end(firm)
    assert await keep_sources_quiet() == 0
    assert silencer.calls == 0


async def test_what_cannot_be_told_now_is_told_later(firm: House, silencer: FakeAlertmanager) -> None:
    silencer.troubles = [RetryLater("HTTP 503")]
    ask(firm)
    assert await keep_sources_quiet() == 0
    firm.clock.forward(seconds=2)
    assert await keep_sources_quiet() == 1


async def test_a_lost_answer_is_settled_and_nothing_is_made_twice(
    firm: House, silencer: FakeAlertmanager
) -> None:
    silencer.troubles = [UnknownOutcome("no answer")]
    ask(firm)
    assert await keep_sources_quiet() == 0
    firm.clock.time += LEASE
    assert await keep_sources_quiet() == 1
    assert len(silencer.silences) == 1


async def test_one_that_is_to_end_although_its_answer_was_lost_is_ended(
    firm: House, silencer: FakeAlertmanager
) -> None:
    silencer.troubles = [UnknownOutcome("no answer")]
    ask(firm)
    await keep_sources_quiet()
    end(firm)
    firm.clock.time += LEASE
    assert await keep_sources_quiet() == 1
    assert silencer.ended == ["id of INC-1/silence/am/1@20261123T031000"]


async def test_one_that_is_to_end_while_it_is_made_is_ended_after_that(
    firm: House, silencer: FakeAlertmanager
) -> None:
    ask(firm)
    at_the_monitor, go_on = asyncio.Event(), asyncio.Event()
    made = silencer.silence

    async def slowly(
        key: str, matchers: Sequence[Matcher], until: datetime, author: str, comment: str
    ) -> str:
        at_the_monitor.set()
        await go_on.wait()
        return await made(key, matchers, until, author, comment)

    silencer.silence = slowly  # type: ignore[method-assign]  # the fake of this test
    look = asyncio.create_task(keep_sources_quiet())
    async with asyncio.timeout(30):
        await at_the_monitor.wait()
        end(firm)
        go_on.set()
        await look
    firm.clock.time += LEASE
    assert await keep_sources_quiet() == 1
    assert len(silencer.ended) == 1


async def test_a_refusal_is_said_once_and_not_tried_again(firm: House, silencer: FakeAlertmanager) -> None:
    silencer.troubles = [Rejected("HTTP 401 Unauthorized")]
    ask(firm)
    for _ in range(3):
        assert await keep_sources_quiet() == 0
        firm.clock.forward(minutes=10)
    assert firm.desk.said("problem") == ["am could not be told to keep quiet: HTTP 401 Unauthorized"]
    assert firm.ledger.read(quiet_at_sources, "INC-1", firm.clock()) == ()


def test_only_who_is_on_it_silences(firm: House) -> None:
    firm.employ(
        sources=SOURCES,
        connections=CONNECTIONS,
        people=SMALL["people"] | {"carol": {"name": "Carol"}},
    )
    with pytest.raises(TransitionError, match="carol is neither on call"):
        ask(firm, "carol")


@pytest.mark.parametrize("lasting", [timedelta(), LONGEST + timedelta(seconds=1)], ids=["no time", "long"])
def test_a_silence_lasts_some_time_and_no_more_than_a_week(firm: House, lasting: timedelta) -> None:
    with pytest.raises(AnswerError, match="up to 7d"):
        ask(firm, lasting=lasting)


def test_where_no_source_can_be_told_nothing_is_silenced(house: House) -> None:
    house.desk.open()
    house.ledger.write(acknowledge_all, "INC-1", "alice", via=Via.WEB, now=house.clock())
    with pytest.raises(TransitionError, match="nothing fires in INC-1 whose source has silence_at:"):
        ask(house)
    page = house.client().get(house.links.act("alice", "INC-1", house.clock())).text
    assert "source-silences" not in page


def test_an_incident_that_is_over_silences_nothing(firm: House) -> None:
    close(firm)
    with pytest.raises(TransitionError, match="INC-1 is closed"):
        ask(firm)


def test_what_is_masked_here_is_known_otherwise_there(firm: House) -> None:
    firm.desk.take(firm.clock(), fingerprint="f2", labels={"alertname": "Slow", "token": "••••••"})
    ask(firm)
    assert len(firm.desk.rows(SourceSilenceRow)) == 2


async def test_the_page_offers_it_and_says_what_is_silent(firm: House) -> None:
    link = firm.links.act("alice", "INC-1", firm.clock())
    token = link.partition("as=")[2]
    client = firm.client()
    page = client.get(f"/incidents/INC-1?as={token}").text
    assert "/incidents/INC-1/source-silences" in page

    done = client.post(f"/incidents/INC-1/source-silences?as={token}", data={"lasting": "2h"})
    assert done.status_code == 303
    assert "am keeps quiet about 1 of its alerts" in client.get(f"/incidents/INC-1?as={token}").text
    assert "/source-silences/end" in client.get(f"/incidents/INC-1?as={token}").text

    client.post(f"/incidents/INC-1/source-silences/end?as={token}")
    assert "keeps quiet" not in client.get(f"/incidents/INC-1?as={token}").text


@pytest.mark.parametrize(("lasting", "status"), [("soon", 422), ("9d", 422), ("", 422)])
def test_what_is_no_time_is_refused(firm: House, lasting: str, status: int) -> None:
    token = firm.links.act("alice", "INC-1", firm.clock()).partition("as=")[2]
    answer = firm.client().post(f"/incidents/INC-1/source-silences?as={token}", data={"lasting": lasting})
    assert answer.status_code == status


def test_without_a_personal_link_nothing_is_offered_or_done(firm: House) -> None:
    assert "source-silences" not in firm.client().get("/incidents/INC-1").text
    answer = firm.client().post("/incidents/INC-1/source-silences", data={"lasting": "2h"})
    assert answer.status_code == 401
    assert firm.desk.rows(SourceSilenceRow) == []


def test_only_a_silencer_can_be_named() -> None:
    wrong = organisation(connections=CONNECTIONS, sources={"a": {"dialect": "generic", "silence_at": "mail"}})
    (problem,) = (each for each in problems_of(wrong, {}, "http://x") if "sources." in each)
    assert problem == (
        "sources.a.silence_at: mail is a smtp-mail, which cannot do this; these can: alertmanager-api"
    )


def test_a_connection_that_is_not_there_is_told() -> None:
    wrong = organisation(sources={"a": {"dialect": "generic", "silence_at": "am"}})
    assert [each.place for each in check_references(wrong) if "am" in each.message] == [
        ("sources", "a", "silence_at")
    ]
