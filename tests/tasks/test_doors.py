"""Does an answer count at once, whether Prefect hears of it or not?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Paused, Running

from incident.decisions import NOBODY, Question, Via
from incident.errors import AnswerError, NotFoundError
from ledger.decisions import ask
from ledger.tables import AnswerRow, DecisionRow, RunRow
from tasks.doors import ANOTHER_DOOR, _force, _resume, give_answer, go_on
from tasks.overdue import settle
from tests.house import House
from tests.ledger.desk import START

GOOD: dict[str, Any] = {"severity": 2, "impact": "Nobody can pay."}
RUN = UUID(int=7)


@pytest.fixture
def asked(at_home: House) -> House:
    """A house with an open question, whose run nobody has told to Prefect."""
    at_home.desk.open()
    at_home.ledger.write(ask, "INC-1", Question.ASSESS, 1, "", START)
    return at_home


@pytest.fixture
def prefect_away() -> Iterator[None]:
    """Prefect's address leads nowhere."""
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}):
        yield


def question(house: House) -> DecisionRow:
    (row,) = house.desk.rows(DecisionRow)
    return row


async def test_the_first_answer_wins(asked: House) -> None:
    verdict, goes_on = await give_answer("INC-1", "assess-1", GOOD, by="alice", via=Via.CLI)
    assert (verdict.won, verdict.by, goes_on) == (True, "alice", False)
    assert (question(asked).by, question(asked).via, question(asked).answer) == ("alice", Via.CLI, GOOD)


async def test_the_second_is_kept_and_learns_who_was_first(asked: House) -> None:
    await give_answer("INC-1", "assess-1", GOOD, by="alice", via=Via.CLI)
    verdict, _ = await give_answer("INC-1", "assess-1", GOOD | {"severity": 1}, by="bob", via=Via.WEB)
    assert (verdict.won, verdict.by, verdict.via) == (False, "alice", Via.CLI)
    assert [row.by for row in asked.desk.rows(AnswerRow)] == ["bob"]


async def test_an_answer_that_cannot_be_acted_on_is_kept_and_the_question_stays_open(asked: House) -> None:
    with pytest.raises(AnswerError, match="severity"):
        await give_answer("INC-1", "assess-1", {"severity": 9, "impact": "x"}, by="alice", via=Via.WEB)
    (kept,) = asked.desk.rows(AnswerRow)
    assert (question(asked).answered_at, kept.by, len(kept.problems)) == (None, "alice", 1)


async def test_a_question_that_is_not_there_cannot_be_answered(asked: House) -> None:
    with pytest.raises(NotFoundError):
        await give_answer("INC-1", "assess-2", GOOD, by="alice", via=Via.WEB)


async def test_while_prefect_is_away_the_answer_counts_and_the_run_goes_on_later(
    at_home: House, prefect_away: None
) -> None:
    at_home.desk.open()
    at_home.ledger.write(ask, "INC-1", Question.ASSESS, 1, str(uuid4()), START)
    verdict, goes_on = await give_answer("INC-1", "assess-1", GOOD, by="alice", via=Via.WEB)
    assert (verdict.won, goes_on) == (True, False)
    assert question(at_home).by == "alice"


async def test_a_run_that_was_never_started_is_not_asked_for(prefect_away: None) -> None:
    assert await go_on("") is False


async def test_an_overdue_question_is_settled_without_prefect(asked: House, prefect_away: None) -> None:
    asked.clock.time = question(asked).due_at
    verdict = await settle("INC-1", "assess-1")
    assert verdict
    assert (verdict.won, question(asked).by) == (True, NOBODY)
    deadline = next(run for run in asked.desk.rows(RunRow) if run.key == "INC-1/deadline/assess-1")
    assert deadline.ended_at == asked.clock()


async def test_a_question_that_was_answered_in_time_has_nothing_to_settle(asked: House) -> None:
    await give_answer("INC-1", "assess-1", GOOD, by="alice", via=Via.WEB)
    asked.clock.time = question(asked).due_at
    assert await settle("INC-1", "assess-1") is None
    assert (question(asked).by, asked.desk.said("overdue")) == ("alice", [])


@dataclass
class Client:
    """Knows one run, and takes down what it is told about it."""

    state: State[Any] | None
    accepts: bool = True
    resumed: list[dict[str, Any]] = field(default_factory=list)
    forced: list[StateType] = field(default_factory=list)

    async def read_flow_run(self, flow_run_id: UUID) -> SimpleNamespace:
        return SimpleNamespace(id=flow_run_id, state=self.state)

    async def resume_flow_run(self, _run: UUID, run_input: dict[str, Any]) -> SimpleNamespace:
        self.resumed.append(run_input)
        return SimpleNamespace(status=SetStateStatus.ACCEPT if self.accepts else SetStateStatus.REJECT)

    async def set_flow_run_state(self, _run: UUID, state: State[Any], *, force: bool) -> None:
        assert force
        self.forced.append(state.type)

    def as_client(self) -> PrefectClient:
        return cast(PrefectClient, self)


@pytest.mark.parametrize(
    ("client", "done", "resumed"),
    [
        pytest.param(Client(Paused()), True, True, id="a run that waits is resumed"),
        pytest.param(
            Client(Paused(), accepts=False), False, True, id="one whose form is not saved is asked again"
        ),
        pytest.param(Client(Running()), False, False, id="one that does not wait yet is awaited"),
        pytest.param(Client(None), False, False, id="so is one without a state"),
        pytest.param(Client(Completed()), True, False, id="one that has ended needs nothing"),
    ],
)
async def test_resuming(client: Client, done: bool, resumed: bool) -> None:
    assert await _resume(client.as_client(), RUN) is done
    assert client.resumed == ([{"answered_by": ANOTHER_DOOR}] if resumed else [])


@pytest.mark.parametrize(
    ("state", "forced"),
    [
        pytest.param(Paused(), [StateType.SCHEDULED], id="a run that nobody can resume starts again"),
        pytest.param(Running(), [], id="one that goes on is left alone"),
    ],
)
async def test_forcing(state: State[Any], forced: list[StateType]) -> None:
    client = Client(state)
    assert await _force(client.as_client(), RUN) is bool(forced)
    assert client.forced == forced
