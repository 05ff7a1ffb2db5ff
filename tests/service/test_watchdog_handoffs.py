"""Does the watchdog see to it that handoff notes are written and sent, with and without Prefect?"""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.handoff_tables import HandoffMessageRow
from ledger.handoffs import handoffs
from service.watchdog import HANDOFFS_EVERY, Watchdog
from tests.house import House, Prefect

CHANGE = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize("there", [True, False], ids=["with Prefect", "without Prefect"])
async def test_a_change_of_hands_is_noted_and_sent_once(
    at_home: House, capsys: pytest.CaptureFixture[str], there: bool
) -> None:
    at_home.employ(use={})
    dog = Watchdog(None, engine=Prefect(there=there))
    await dog.look()
    at_home.clock.time = CHANGE
    for _ in range(3):
        at_home.clock.time += HANDOFFS_EVERY
        await dog.look()
    (row,) = at_home.ledger.read(handoffs)
    assert (row.at, row.noted_at) == (CHANGE, CHANGE + HANDOFFS_EVERY)
    assert all(message.sent_at for message in at_home.desk.rows(HandoffMessageRow))
    assert capsys.readouterr().out.count("On-call handoff primary") == 2


async def test_between_two_looks_at_the_schedules_nothing_is_asked(at_home: House) -> None:
    dog = Watchdog(None, engine=Prefect())
    at_home.clock.time = CHANGE - timedelta(seconds=2)
    await dog.look()
    at_home.clock.time = CHANGE + timedelta(seconds=2)
    await dog.look()
    assert at_home.ledger.read(handoffs) == []
