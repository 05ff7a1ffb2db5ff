"""Does a run go on when every tool fails, and does the watchdog make up for it without doubles?"""

import pytest

from incident.resources import ResourceState
from ledger.repairs import ask_for_repair
from ledger.story import tell
from tasks.repair import repair
from tasks.surroundings import within
from tests.flows.conftest import Stage
from tests.flows.test_respond import employ
from tests.tasks.tools import EVERYTHING, Trouble, equipped

pytestmark = pytest.mark.engine

KEY = "REPAIR-1"


async def test_a_run_asks_its_manager_although_nothing_could_be_set_up(stage: Stage) -> None:
    house = stage.house
    employ(house, "REPAIR")
    house.desk.open()
    surroundings = equipped(house)
    with within(surroundings):
        for tool in surroundings.tools.of(EVERYTHING):
            tool.trouble = Trouble.REFUSES
        await stage.begin()
        assert await stage.go_on(KEY) == "Suspended"
        story = house.ledger.read(tell, KEY)
        refused = {each.name for each in story.resources if each.state is ResourceState.REFUSED}
        assert {"ticket", "room", "call"} <= refused
        assert [link.name for link in story.links] == ["room", "call"]

        for tool in surroundings.tools.of(EVERYTHING):
            tool.trouble = None
        house.ledger.write(ask_for_repair, KEY, house.clock())
        assert {"ticket", "room", "call", "say/opened"} <= set(await repair(KEY))
    assert surroundings.tools.chat.did("room") == [KEY]
