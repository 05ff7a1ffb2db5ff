"""Does slow work go on beside the looks, one piece at a time?"""

import asyncio
from datetime import timedelta

import pytest

from service.beside import Beside

LONG = timedelta(seconds=30)
SHORT = timedelta(milliseconds=1)


class Work:
    """Something that is done when the test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        await self.may_end.wait()
        return 7


async def test_what_is_done_at_once_is_told_at_once() -> None:
    work = Work()
    work.may_end.set()
    beside = Beside(LONG)
    assert [await beside.look(work), await beside.look(work)] == [7, 7]
    assert work.begun == 2


async def test_what_is_slow_is_begun_once_and_told_by_the_look_after_it_ended() -> None:
    work, beside = Work(), Beside(SHORT)
    assert [await beside.look(work) for _ in range(3)] == [0, 0, 0]
    work.may_end.set()
    told = [await beside.look(work)]
    while not sum(told):
        told.append(await beside.look(work))
    assert (sum(told), work.begun) == (7, 1)


async def test_what_fails_is_raised_and_begun_anew_by_the_next_look() -> None:
    beside, work = Beside(LONG), Work()
    work.may_end.set()

    async def fails() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await beside.look(fails)
    assert await beside.look(work) == 7
