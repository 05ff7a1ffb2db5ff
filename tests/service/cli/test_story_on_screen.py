"""Does a terminal show what became of each method of a page?"""

import pytest

from service.cli.app import console
from service.cli.story_on_screen import show_story
from tests.stories import paged


def test_a_page_with_several_methods_shows_each_with_its_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 160)
    show_story(paged(), "")
    shown = capsys.readouterr().out
    assert "mail sent 23 Nov 03:15:20" in shown
    assert "sms owed 23 Nov 03:17:18" in shown
