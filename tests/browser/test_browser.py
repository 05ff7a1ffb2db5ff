"""Can a person answer in the Prefect UI, and see what became of it?"""

from collections.abc import Iterator

import pytest

from tests.browser.stage import Stage, browser, play, stage


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if browser() is None:
        pytest.skip("there is no Chromium: `apt install chromium`")
    with stage(tmp_path_factory.mktemp("pictures")) as ready:
        yield ready


@pytest.mark.engine
def test_an_incident_is_assessed_in_the_prefect_ui(on: Stage) -> None:
    key = play(on)

    told = on.told(key)
    assert told["status"] == "closed"
    first = told["decisions"][0]
    assert (first["by"], first["via"]) == ("bob", "prefect")
    assert first["answer"]["impact"] == "Nobody can pay: all instances are down"
