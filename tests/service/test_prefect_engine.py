"""Does it take a Prefect that hangs for what it is, one that is away?"""

import time
from datetime import timedelta

import pytest

from blocks.prefect_api import AWAY
from service.prefect_engine import ANSWERS_WITHIN, PrefectEngine
from tasks.doors import go_on
from tasks.surroundings import within
from tests.false_prefect import BROKEN, GONE, OK, at_address, prefect_that
from tests.house import House

SHORT = timedelta(milliseconds=300)


@pytest.mark.parametrize(("says", "there"), [(OK, True), (BROKEN, False)])
async def test_prefect_is_there_when_its_health_is_good(says: bytes, there: bool) -> None:
    async with prefect_that(says):
        assert await PrefectEngine().answers() is there


async def test_one_that_refuses_the_call_is_away() -> None:
    with at_address("http://127.0.0.1:1/api"):
        assert await PrefectEngine().answers() is False


async def test_one_that_hangs_is_away_after_two_seconds() -> None:
    began = time.monotonic()
    async with prefect_that(None):
        assert await PrefectEngine().answers() is False
    assert time.monotonic() - began < ANSWERS_WITHIN.total_seconds() + 10


async def test_work_for_one_that_hangs_ends_as_if_it_were_away(house: House) -> None:
    house.desk.open()
    with within(house.surroundings):
        async with prefect_that(None):
            with pytest.raises(AWAY):
                await PrefectEngine(done_within=SHORT).start_owed_runs()


async def test_whoever_answers_does_not_wait_for_one_that_hangs() -> None:
    async with prefect_that(None):
        assert await go_on("00000000-0000-0000-0000-000000000007", within=SHORT) is False


async def test_a_run_that_prefect_refuses_holds_up_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.desk.open()
    with within(house.surroundings):
        async with prefect_that(GONE):
            assert await PrefectEngine().start_owed_runs() == 0
    refused = [record.args[0] for record in caplog.records if "refuses the run" in record.msg]
    assert sorted(refused) == ["INC-1/page/1", "INC-1/respond/story"]
