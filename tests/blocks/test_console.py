"""Is a page on the terminal readable, whole and harmless?"""

import io

import pytest

from blocks import ConsolePager
from incident.errors import Rejected
from tests.blocks.rigs import PAGE


async def shown(to: str = "ann", **changes: str) -> str:
    pager = ConsolePager()
    pager._stream = io.StringIO()
    await pager.deliver(to, PAGE.model_copy(update=changes))
    return pager._stream.getvalue()


async def test_a_page_stands_in_a_frame_with_who_what_and_how_bad() -> None:
    lines = (await shown()).splitlines()
    assert lines[1].startswith("┏━ PAGE · INC-42 · severity 1 (critical) ━")
    assert lines[2] == f"┃ {PAGE.subject} → ann"
    assert lines[-1].startswith("┗━")
    assert all(line.startswith("┃") for line in lines[2:-1])


async def test_long_lines_are_wrapped_but_a_link_stays_whole() -> None:
    url = "https://incidents.example.com/ack/" + "a" * 200
    text = await shown(text="word " * 100, acknowledge_url=url)
    assert url in text
    assert all(len(line) <= 90 for line in text.splitlines() if url not in line)


async def test_links_that_the_text_has_already_are_not_repeated() -> None:
    text = await shown()
    assert text.count(PAGE.acknowledge_url) == 1
    assert text.count(PAGE.incident_url) == 1


@pytest.mark.parametrize("control", ["\x1b[2J", "\x07", "\r", "\x9b31m", "\x08"])
async def test_an_alert_cannot_steer_the_terminal(control: str) -> None:
    text = await shown(subject=f"down{control}", text=f"a{control}b")
    assert control[0] not in text


async def test_a_terminal_that_knows_ascii_only_still_shows_the_page() -> None:
    raw = io.BytesIO()
    pager = ConsolePager()
    pager._stream = io.TextIOWrapper(raw, encoding="ascii")
    await pager.deliver("ann", PAGE)
    assert b"PAGE ? INC-42" in raw.getvalue()


async def test_a_terminal_that_is_gone_is_a_rejected_page() -> None:
    pager = ConsolePager()
    pager._stream = io.StringIO()
    pager._stream.close()
    with pytest.raises(Rejected, match="console"):
        await pager.deliver("ann", PAGE)


async def test_a_page_goes_to_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsolePager().send("", "INC-7/update/1", "All is well", "Restored.")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("┏━ MESSAGE · INC-7 ━")
    assert lines[2:5] == ["┃ All is well", "┃", "┃ Restored."]
