"""Does the documentation say what is there, and can it be found?"""

import re
import tomllib
from pathlib import Path

import pytest

from tests.repository.diagrams import DRAWN, MARKED, PAGES, redrawn
from tests.repository.tree import ROOT, pages, tracked

README = ROOT / "README.md"
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")


def links(page: Path) -> list[str]:
    """The targets of a page's links, those in code left out."""
    text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [found["target"] for found in LINK.finditer(text)]


def local(page: Path) -> list[tuple[Path, str]]:
    """The files that a page links to, with the heading."""
    parts = [
        link.partition("#") for link in links(page) if "://" not in link and not link.startswith("mailto:")
    ]
    return [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in parts]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as they are made from their words."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    dead = [
        f"{path}#{anchor}"
        for path, anchor in local(page)
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path))
    ]

    assert dead == []


def test_every_page_is_two_links_from_the_readme_at_most() -> None:
    near = {path for path, _ in local(README)}
    far = {path for page in near if page.suffix == ".md" for path, _ in local(page)}

    assert {named(page) for page in pages() if page != README} - {
        named(p) for p in near | far if p.is_file()
    } == set()


def test_every_picture_is_shown_somewhere_and_is_light() -> None:
    shown = {path for page in pages() for path, _ in local(page)}
    pictures = tracked("docs/pictures/*")

    assert pictures
    assert [named(picture) for picture in pictures if picture not in shown] == []
    assert [named(picture) for picture in pictures if picture.stat().st_size > 300_000] == []


def test_every_page_of_a_connection_shows_its_form_in_the_prefect_ui() -> None:
    forms = {
        page: ROOT / f"docs/pictures/connections/{page.stem}.png" for page in tracked("docs/connections/*.md")
    }

    assert forms
    assert [named(page) for page, form in forms.items() if form not in dict(local(page))] == []
    assert [named(form) for form in forms.values() if not form.is_file()] == [], (
        "run `python -m tests.browser.connection_stage`"
    )
    assert [named(form) for form in forms.values() if form.stat().st_size >= 60_000] == []


def test_the_diagrams_are_those_of_the_code() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]

    assert {found["name"] for text in texts for found in MARKED.finditer(text)} == set(DRAWN)
    assert texts == [redrawn(text) for text in texts], "run `make docs`"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in tracked("docs/decisions/0*.md"))

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_every_dependency_has_its_reason_on_a_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = " ".join(page.read_text(encoding="utf-8").lower() for page in tracked("docs/decisions/0*.md"))
    names = [re.split(r"[\[><=]", written)[0] for written in project["dependencies"]]

    assert [name for name in names if name.lower() not in reasons] == []
