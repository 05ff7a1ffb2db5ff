"""Can a person read the calendar on a desktop and on a phone, by day and by night, without scripts?"""

from collections.abc import Iterator

import pytest

from tests.browser.calendar_stage import Wall, wall
from tests.browser.stage import browser

DESKTOP, PHONE = 1280, 390
PAGES = [
    "/calendar",
    "/calendar?view=week",
    "/calendar?view=day&date=2027-03-28",
    "/calendar/people/carla",
    "/handoffs",
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const [r, g, b] = rgb(colour).map((c) => c / 255)
      .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll("[class*=tone].piece")].map((piece) => {
    const [a, b] = [getComputedStyle(piece).color, getComputedStyle(piece).backgroundColor].map(light);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}"""


@pytest.fixture(scope="module")
def hangs() -> Iterator[Wall]:
    if browser() is None:
        pytest.skip("there is no Chromium: `apt install chromium`")
    with wall() as ready:
        yield ready


@pytest.mark.parametrize("width", [DESKTOP, PHONE, 320])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_its_screen(hangs: Wall, path: str, width: int) -> None:
    assert hangs.look(path, width=width).evaluate(OVERFLOW) == 0


def test_on_a_desktop_a_week_is_a_row_and_a_shift_a_bar_through_it(hangs: Wall) -> None:
    page = hangs.look("/calendar", width=DESKTOP)
    assert page.get_by_role("columnheader").count() == 8
    assert page.get_by_role("rowheader", name="Week 11").is_visible()
    monday, friday = (page.locator(f"td:has(time[datetime='2027-03-{day}'])") for day in (15, 19))
    assert (monday.bounding_box() or {})["y"] == (friday.bounding_box() or {})["y"]
    lanes = page.locator("tr:has(time[datetime='2027-03-15']) ul[aria-label=platform]").all()
    assert len({(lane.bounding_box() or {})["y"] for lane in lanes}) == 1


def test_a_label_stays_within_its_bar(hangs: Wall) -> None:
    page = hangs.look("/calendar?schedule=payments", width=DESKTOP)
    (own,) = page.locator(".label", has_text="instead of Bob Bianchi").all()[:1]
    following = page.locator(".piece:not(.follows) .label", has_text="18:00 – Mon 15 Mar 09:00")
    end = (own.bounding_box() or {})["x"] + (own.bounding_box() or {})["width"]
    assert end <= (following.bounding_box() or {})["x"] + 6


def test_on_a_phone_every_day_is_a_list_with_times(hangs: Wall) -> None:
    page = hangs.look("/calendar", width=PHONE)
    day = page.locator("td:has(time[datetime='2027-03-16'])")
    lines = day.locator("li").all_inner_texts()
    assert [" ".join(line.split()) for line in lines[:3]] == [
        "Carla Neri 00:00–06:00",
        "⇄ Dan Miller 06:00–09:00 instead of Carla Neri",
        "Carla Neri 09:00–24:00",
    ]
    monday = page.locator("td:has(time[datetime='2027-03-15'])")
    assert (monday.bounding_box() or {})["y"] < (day.bounding_box() or {})["y"]
    assert not page.locator("td:has(time[datetime='2027-04-01'])").is_visible()


def test_on_a_phone_today_is_one_touch_away(hangs: Wall) -> None:
    page = hangs.look("/calendar?date=2027-04-01", width=PHONE)
    page.get_by_role("link", name="Today").click()
    page.locator("#today .now-mark").first.wait_for()
    assert page.evaluate("document.querySelector('#today').getBoundingClientRect().top") < 100


def test_gaps_and_overrides_are_told_in_words_too(hangs: Wall) -> None:
    page = hangs.look("/calendar", width=DESKTOP)
    assert page.get_by_text("an override takes alice off call").last.is_visible()
    assert "Nobody" in page.locator("li.gap").first.inner_text()
    assert page.locator("li.changed").first.inner_text().startswith("⇄")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_names_stand_out_from_every_colour(hangs: Wall, dark: bool) -> None:
    contrasts = hangs.look("/calendar", width=DESKTOP, dark=dark).evaluate(CONTRAST)
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5


def test_one_turns_pages_by_the_keyboard(hangs: Wall) -> None:
    page = hangs.look("/calendar?view=week", width=DESKTOP)
    page.get_by_role("link", name="Later").press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Mon 22 Mar – Sun 28 Mar 2027"
    page.get_by_label("Time zone").fill("America/New_York")
    page.get_by_label("Time zone").press("Enter")
    assert page.get_by_text("All times are in America/New_York.").is_visible()


def test_in_italian_no_word_is_left_over(hangs: Wall) -> None:
    text = hangs.look("/calendar", width=PHONE, language="it").locator("main").inner_text()
    assert "al posto di" in text
    assert not [word for word in ("Today", "instead", "Monday", "Nobody", "March") if word in text]
