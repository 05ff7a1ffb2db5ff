"""Does the watchdog find what was left lying, and repair it, with and without Prefect?"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from blocks.heartbeat import Heartbeat
from incident.alert import AlertSeverity, EndState
from incident.configuration import Contact
from incident.contacts import Address
from incident.decisions import NOBODY, Question, Via
from incident.errors import Rejected
from incident.progress import Stage
from incident.story import PageState
from ledger.configurations import configuration_in_force
from ledger.decisions import answer, ask
from ledger.effects import claim
from ledger.escalations import acknowledge
from ledger.heartbeats import heartbeats
from ledger.intake import GRACE
from ledger.tables import AlertRow, DecisionRow, PageRow
from ledger.verifications import owe_verification
from service.watchdog import ALONE_GRACE, FLOW_GRACE, HEARTBEAT_EVERY, Watchdog
from tasks.surroundings import within
from tests.house import House, Prefect
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

MOMENT = timedelta(milliseconds=1)
GOOD = """\
people: {carol: {name: Carol, contacts: [{via: console}]}}
policies: {night: {levels: [{targets: [{person: carol}]}]}}
services: {shop: {policy: night}}
default_service: shop
"""


@pytest.fixture
def prefect() -> Prefect:
    return Prefect()


@pytest.fixture
def dog(house: House, prefect: Prefect) -> Iterator[Watchdog]:
    with within(house.surroundings):
        yield Watchdog(None, engine=prefect)


ALICE: dict[str, Any] = {"targets": [{"person": "alice"}]}
BOB: dict[str, Any] = {"targets": [{"person": "bob"}]}


def climbing(house: House, levels: list[dict[str, Any]], **policy: Any) -> None:
    """An incident whose first level was decided; nothing is sent yet."""
    house.employ(policies={"checkout": {"levels": levels, **policy}})
    house.desk.open()
    house.desk.climb(0)


def ask_assessment(house: House, flow_run_id: str = "run-1") -> DecisionRow:
    house.ledger.write(ask, "INC-1", Question.ASSESS, 1, flow_run_id, house.clock())
    (row,) = house.desk.rows(DecisionRow)
    return row


def paged(house: House) -> list[tuple[str, PageState]]:
    return [(row.person, row.state) for row in house.desk.rows(PageRow)]


def paged_twice(house: House) -> None:
    """Alice is to be paged on the terminal, and two minutes later by mail."""
    rules = {"high": [{"by": "console"}, {"by": "mail", "after": "2m"}]}
    alice = SMALL["people"]["alice"] | {"email": "alice@example.org", "rules": rules}
    house.employ(people=SMALL["people"] | {"alice": alice})
    house.desk.open()
    house.desk.climb(0)


class TestAlerts:
    async def test_an_alert_that_was_left_behind_gets_its_end_state(
        self, house: House, dog: Watchdog
    ) -> None:
        house.desk.accept()
        house.clock.time += GRACE + MOMENT
        await dog.look()
        (alert,) = house.desk.rows(AlertRow)
        assert alert.end_state is EndState.OPENED
        assert house.desk.incident().key == "INC-1"
        assert dog.repairs["alerts"] == 1

    async def test_an_alert_that_came_just_now_is_left_to_its_door(self, house: House, dog: Watchdog) -> None:
        house.desk.accept()
        await dog.look()
        assert house.desk.rows(AlertRow)[0].end_state is None


class TestDecisions:
    async def test_an_overdue_one_is_settled_with_the_proposal_and_one_level_more_is_paged(
        self, house: House, dog: Watchdog
    ) -> None:
        house.desk.open()
        row = ask_assessment(house)
        house.clock.time = row.due_at + FLOW_GRACE + MOMENT
        await dog.look()
        (row,) = house.desk.rows(DecisionRow)
        assert (row.by, row.via, row.answer) == (NOBODY, Via.DEADLINE, row.proposal)
        house.clock.time += FLOW_GRACE + MOMENT
        await dog.look()
        escalation = house.desk.escalation(2)
        assert escalation.purpose == "nobody answered assess-1"
        further = [page for page in house.desk.rows(PageRow) if page.escalation_id == escalation.id]
        assert [(page.level, page.person, page.state) for page in further] == [(1, "bob", PageState.SENT)]

    async def test_one_that_is_due_is_first_left_to_its_run(self, house: House, dog: Watchdog) -> None:
        house.desk.open()
        house.clock.time = ask_assessment(house).due_at + FLOW_GRACE
        await dog.look()
        assert house.desk.rows(DecisionRow)[0].answered_at is None

    async def test_a_run_that_has_not_seen_its_answer_is_resumed(
        self, house: House, dog: Watchdog, prefect: Prefect
    ) -> None:
        house.desk.open()
        ask_assessment(house, "run-7")
        values = {"severity": 2, "impact": "Nobody can pay."}
        house.ledger.write(answer, "INC-1", "assess-1", values, by="alice", via=Via.WEB, now=START)
        house.clock.time += ALONE_GRACE + MOMENT
        await dog.look()
        assert prefect.resumed == ["run-7"]


class TestPages:
    async def test_an_owed_page_that_is_late_is_sent_by_hand_once(self, house: House, dog: Watchdog) -> None:
        house.desk.open()
        house.desk.climb(0)
        house.clock.time += FLOW_GRACE + MOMENT
        for _ in range(3):
            await dog.look()
            house.clock.forward(seconds=1)
        assert paged(house) == [("alice", PageState.SENT)]
        (page,) = house.first.delivered
        assert "/ack/" in page.acknowledge_url
        assert house.desk.rows(PageRow)[0].provider_id == "no. 1"

    @pytest.mark.parametrize(("there", "grace"), [(True, FLOW_GRACE), (False, ALONE_GRACE)])
    async def test_a_page_is_late_sooner_while_prefect_is_away(
        self, house: House, dog: Watchdog, prefect: Prefect, there: bool, grace: timedelta
    ) -> None:
        prefect.there = there
        house.desk.open()
        house.desk.climb(0)
        house.clock.time += grace
        await dog.look()
        assert house.first.delivered == []
        house.clock.time += MOMENT
        await dog.look()
        assert len(house.first.delivered) == 1

    @pytest.mark.parametrize(("there", "grace"), [(True, FLOW_GRACE), (False, ALONE_GRACE)])
    async def test_a_further_method_that_is_late_is_sent_by_hand_once(
        self, house: House, dog: Watchdog, prefect: Prefect, there: bool, grace: timedelta
    ) -> None:
        prefect.there = there
        paged_twice(house)
        house.clock.time += grace + MOMENT
        await dog.look()
        assert (len(house.first.delivered), len(house.second.delivered)) == (1, 0)
        house.clock.time = START + timedelta(minutes=2) + grace
        await dog.look()
        assert house.second.delivered == []
        for _ in range(3):
            house.clock.time += MOMENT
            await dog.look()
        assert (len(house.first.delivered), len(house.second.delivered)) == (1, 1)
        assert dog.repairs["pages"] == 2

    async def test_an_answer_keeps_the_further_method_back(self, house: House, dog: Watchdog) -> None:
        paged_twice(house)
        house.clock.time += FLOW_GRACE + MOMENT
        await dog.look()
        house.client().post(house.links.acknowledge(1, "alice", "INC-1", START))
        house.clock.forward(minutes=10)
        await dog.look()
        assert house.second.delivered == []

    async def test_a_page_that_cannot_be_sent_is_no_repair(self, house: House, dog: Watchdog) -> None:
        house.desk.open()
        house.desk.climb(0)
        house.first.troubles.append(Rejected("unknown number"))
        house.clock.time += FLOW_GRACE + MOMENT
        await dog.look()
        assert paged(house) == [("alice", PageState.FAILED)]
        assert dog.repairs == {}

    async def test_a_page_that_a_run_is_sending_is_left_to_it(self, house: House, dog: Watchdog) -> None:
        incident = house.desk.open()
        house.desk.climb(0)
        house.clock.time += FLOW_GRACE + MOMENT
        house.ledger.write(claim, incident.id or 0, "page/1/console", "a run", house.clock())
        await dog.look()
        assert (house.first.delivered, paged(house)) == ([], [("alice", PageState.OWED)])
        assert dog.repairs == {}

    async def test_an_escalation_that_is_due_climbs_and_pages(
        self, house: House, dog: Watchdog, prefect: Prefect
    ) -> None:
        prefect.there = False
        house.desk.open()
        for _ in range(2):
            house.clock.time += ALONE_GRACE + MOMENT
            await dog.look()
            house.clock.time = house.desk.escalation().next_at or START
        house.clock.time += ALONE_GRACE + MOMENT
        await dog.look()
        assert paged(house)[:2] == [("alice", PageState.SENT), ("bob", PageState.SENT)]
        assert len(house.first.delivered + house.second.delivered) == len(paged(house))

    async def test_nobody_is_paged_after_somebody_acknowledged(self, house: House, dog: Watchdog) -> None:
        house.desk.open()
        house.desk.climb(0)
        page = house.links.acknowledge(1, "alice", "INC-1", START)
        house.client().post(page)
        house.clock.forward(hours=1)
        await dog.look()
        assert house.desk.escalation().stage is Stage.ACKNOWLEDGED
        assert house.first.delivered == []

    async def test_a_severity_3_at_night_waits_for_the_morning(
        self, house: House, dog: Watchdog, prefect: Prefect
    ) -> None:
        prefect.there = False
        house.desk.open(severity=AlertSeverity.WARNING)
        house.clock.time = datetime.fromisoformat("2026-11-23T08:59:59Z")
        await dog.look()
        assert house.first.delivered + house.second.delivered == []
        house.clock.forward(seconds=1)
        house.clock.time += ALONE_GRACE + MOMENT
        await dog.look()
        assert len(house.first.delivered + house.second.delivered) == 1

    async def test_a_severity_3_at_night_is_paged_where_the_service_says_so(
        self, house: House, dog: Watchdog
    ) -> None:
        house.employ(services={"checkout": {"policy": "checkout", "page_at_night": True}})
        house.desk.open(severity=AlertSeverity.WARNING)
        house.clock.time += FLOW_GRACE + MOMENT
        await dog.look()
        assert len(house.first.delivered) == 1

    async def test_an_acknowledgement_that_ran_out_is_paged_again_when_no_run_does(
        self, house: House, dog: Watchdog
    ) -> None:
        climbing(house, [ALICE, BOB], unacknowledge_after="30m")
        house.ledger.write(acknowledge, 1, "alice", "web", house.clock())
        house.clock.time += timedelta(minutes=30)
        await dog.look()
        assert house.first.delivered == []
        house.clock.time += FLOW_GRACE + MOMENT
        await dog.look()
        assert paged(house) == [("alice", PageState.DROPPED), ("alice", PageState.SENT)]

    async def test_what_asks_for_a_resolution_is_paged_although_somebody_acknowledged(
        self, house: House, dog: Watchdog
    ) -> None:
        climbing(house, [ALICE, BOB | {"if_not": "resolved"}])
        house.ledger.write(acknowledge, 1, "alice", "web", house.clock())
        house.clock.time += timedelta(minutes=5) + FLOW_GRACE + MOMENT
        await dog.look()
        assert paged(house) == [("alice", PageState.DROPPED), ("bob", PageState.SENT)]
        assert house.desk.escalation().stage is Stage.ACKNOWLEDGED

    async def test_a_service_that_has_another_policy_now_pages_by_it_at_once(
        self, house: House, dog: Watchdog
    ) -> None:
        climbing(house, [ALICE])
        policies = {"checkout": {"levels": [ALICE]}, "night": {"levels": [BOB]}}
        house.employ(policies=policies, services={"checkout": {"policy": "night"}})
        await dog.look()
        house.clock.time += FLOW_GRACE + MOMENT
        await dog.look()
        assert paged(house) == [("alice", PageState.DROPPED), ("bob", PageState.SENT)]
        assert dog.repairs["other_policies"] == 1


class TestContacts:
    async def test_a_test_message_that_somebody_asked_for_is_sent_and_is_no_repair(
        self, house: House, dog: Watchdog, prefect: Prefect
    ) -> None:
        prefect.there = False
        address = Address("bob", "mail", "bob@example.org")
        house.ledger.write(owe_verification, address, Contact(via="mail"), "042042", by="alice", now=START)
        for _ in range(2):
            await dog.look()
        assert [to for to, *_ in house.second.sent] == ["bob@example.org"]
        assert dog.repairs == {}


class TestConfiguration:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "incident.yaml"

    async def test_a_changed_one_is_taken_and_a_broken_one_leaves_the_last_good_one(
        self, house: House, file: Path, prefect: Prefect, caplog: pytest.LogCaptureFixture
    ) -> None:
        file.write_text(GOOD)
        with within(house.surroundings):
            dog = Watchdog(file, engine=prefect)
            await dog.look()
            assert services_of(house) == {"shop"}
            file.write_text(GOOD.replace("shop", "store"))
            await dog.look()
            assert services_of(house) == {"store"}
            file.write_text("services: [")
            await dog.look()
        assert services_of(house) == {"store"}
        assert "is refused" in caplog.text


class TestLook:
    async def test_without_prefect_nothing_is_asked_of_it(
        self, house: House, dog: Watchdog, prefect: Prefect
    ) -> None:
        prefect.there = False
        await dog.look()
        assert (prefect.started, prefect.repaired, dog.prefect_answers) == (0, [], False)

    async def test_when_prefect_is_back_it_gets_its_work_back(
        self, house: House, dog: Watchdog, prefect: Prefect
    ) -> None:
        prefect.there = False
        await dog.look()
        prefect.there = True
        await dog.look()
        assert (prefect.started, prefect.repaired, dog.prefect_answers) == (1, [0], True)

    async def test_a_part_that_fails_does_not_keep_the_others_from_waking_people(
        self, house: House, prefect: Prefect, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Stumbling(Watchdog):
            async def _configuration(self, now: datetime) -> int:
                raise ZeroDivisionError("a fault of ours")

        house.desk.open()
        house.desk.climb(0)
        house.clock.time += FLOW_GRACE + MOMENT
        prefect.trouble = httpx.ConnectError("gone again")
        with within(house.surroundings):
            dog = Stumbling(None, engine=prefect)
            await dog.look()
        assert len(house.first.delivered) == 1
        assert prefect.repaired == [0]
        assert "a fault of ours" in caplog.text
        assert dog.looked_at == house.clock()

    async def test_a_look_leaves_a_sign_of_life(self, house: House, dog: Watchdog) -> None:
        await dog.look()
        assert house.ledger.read(heartbeats) == {"watchdog": START}

    async def test_the_loop_goes_on_after_a_look_that_failed(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Stumbling(Prefect):
            async def answers(self) -> bool:
                raise ZeroDivisionError

        with within(house.surroundings), caplog.at_level(logging.ERROR), suppress(TimeoutError):
            await asyncio.wait_for(Watchdog(None, engine=Stumbling()).run(), 0.2)
        assert "could not finish its look" in caplog.text


class TestHeartbeat:
    @pytest.fixture
    def heard(self) -> list[str]:
        return []

    @pytest.fixture
    def calling(self, house: House, prefect: Prefect, heard: list[str]) -> Iterator[Watchdog]:
        def listen(request: httpx.Request) -> httpx.Response:
            heard.append(request.url.path)
            return httpx.Response(200)

        with within(house.surroundings):
            outward = Heartbeat("https://listener.example/alive", transport=httpx.MockTransport(listen))
            yield Watchdog(None, engine=prefect, heartbeat=outward)

    async def test_it_is_sent_once_a_minute_while_all_is_well(
        self, house: House, calling: Watchdog, heard: list[str]
    ) -> None:
        for _ in range(3):
            await calling.look()
        house.clock.time += HEARTBEAT_EVERY
        await calling.look()
        assert heard == ["/alive", "/alive"]

    async def test_it_stops_while_prefect_is_away(
        self, calling: Watchdog, prefect: Prefect, heard: list[str]
    ) -> None:
        prefect.there = False
        await calling.look()
        assert heard == []

    async def test_it_stops_while_a_part_fails(
        self, calling: Watchdog, prefect: Prefect, heard: list[str]
    ) -> None:
        prefect.trouble = httpx.ConnectError("gone again")
        await calling.look()
        assert heard == []


def services_of(house: House) -> set[str]:
    return set(house.ledger.read(configuration_in_force)[1].services)
