"""Is what a provider hands over acted on once, and what failed not forgotten?"""

import pytest

from incident.errors import LedgerUnavailable
from service.web.hearing import heard_once


@pytest.mark.usefixtures("at_home")
async def test_what_failed_is_acted_on_when_it_comes_again_and_only_then() -> None:
    deeds: list[str] = []

    async def fail() -> str:
        raise LedgerUnavailable("locked")

    async def act() -> str:
        deeds.append("done")
        return "done"

    with pytest.raises(LedgerUnavailable):
        await heard_once("sms", "m1", fail, "again")
    assert [await heard_once("sms", "m1", act, "again") for _ in range(2)] == ["done", "again"]
    assert await heard_once("other", "m1", act, "again") == "done"
    assert [await heard_once("sms", "", act, "again") for _ in range(2)] == ["done", "done"]
    assert len(deeds) == 4
