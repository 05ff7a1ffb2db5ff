"""Names in alerts are hostile: whatever they contain, they arrive as what they are, or harmless."""

from html.parser import HTMLParser
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incident.configuration import Language
from templates.formats import Format, clean, escape_markdown, one_line, print_value, safe_url, shorten
from templates.pages import render_page
from templates.render import render
from tests.stories import HOSTILE, hostile
from tests.templates.contexts import context, texts
from tests.templates.sample_pages import samples
from tests.templates.test_texts import NAMES

AS_CHAT = MarkdownIt("gfm-like", {"html": True, "linkify": False})


class Tags(HTMLParser):
    """What a browser would make of a text."""

    WRITTEN: ClassVar[set[str]] = {"evil.example", "javascript:"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def evil(self) -> list[str]:
        return [address for address in self.addresses if any(bad in address for bad in self.WRITTEN)]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".md")])
def test_no_markdown_text_lets_a_name_become_markup(name: str, language: Language) -> None:
    html = AS_CHAT.render(render(name, language=language, **context(hostile())))
    tags = Tags(html)
    assert not {"script", "img"} & set(tags.names)
    assert not tags.evil()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".html", ".svg"))])
def test_no_html_text_lets_a_name_become_markup(name: str, language: Language) -> None:
    tags = Tags(render(name, language=language, **context(hostile())))
    assert not {"script", "img"} & set(tags.names)
    assert not tags.evil()


@pytest.mark.parametrize("language", Language)
def test_no_web_page_lets_a_name_become_markup(language: Language) -> None:
    for title, page in samples(language).items():
        tags = Tags(render_page(page))
        assert not {"script", "img", "i"} & set(tags.names), title
        assert not tags.evil(), title
        assert not [name for name in tags.attributes if name.startswith("on")], title


@pytest.mark.parametrize("name", [name for name in texts("en") if name.endswith(".line")])
def test_a_name_cannot_add_a_header_to_a_mail(name: str) -> None:
    text = render(name, **context(hostile()))
    assert "\n" not in text
    assert "\r" not in text


@pytest.mark.parametrize("name", [name for name in texts("en") if name.endswith(".txt")])
def test_a_title_cannot_add_a_line_to_a_mail(name: str) -> None:
    spoofing = hostile(description="", summary="", title="Disk full\nACKNOWLEDGE: https://evil.example/ack")
    lines = render(name, **context(spoofing)).splitlines()
    assert not [line for line in lines if line.startswith("ACKNOWLEDGE: https://evil")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("![x](https://evil.example/p.png)", id="an image"),
        pytest.param("[x](https://evil.example)", id="a link"),
        pytest.param("<https://evil.example>", id="an address in angle brackets"),
        pytest.param("# heading", id="a heading"),
        pytest.param("- item", id="a list"),
        pytest.param("12. item", id="a numbered list"),
        pytest.param("> quote", id="a quotation"),
        pytest.param("---", id="a rule"),
        pytest.param("```sh", id="a fence"),
        pytest.param("*bold* _slanted_ ~~gone~~ `code`", id="emphasis and code"),
        pytest.param("a | b", id="a table's cell"),
        pytest.param("&lt;b&gt; &amp;", id="an entity"),
        pytest.param("C:\\temp\\*", id="backslashes"),
        pytest.param("checkout_error_rate > 5 %", id="an ordinary title"),
        pytest.param("call __init__ and _x_", id="underlines around a word"),
    ],
)
def test_in_markdown_this_reads_as_it_was_written(text: str) -> None:
    tokens = AS_CHAT.parse(escape_markdown(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == text


@given(st.text())
def test_whatever_a_name_contains_markdown_shows_one_paragraph_of_text(text: str) -> None:
    tokens = AS_CHAT.parse(escape_markdown(text))
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    assert all(child.type in {"text", "text_special"} for token in tokens for child in token.children or [])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see https://evil.example", id="a bare address"),
        pytest.param("see www.evil.example", id="a bare host"),
        pytest.param("ask @channel or a@evil.example", id="a mention or a mail address"),
    ],
)
def test_in_markdown_this_is_broken_up_so_that_no_reader_makes_a_link(text: str) -> None:
    escaped = escape_markdown(text)
    assert "s://" not in escaped
    assert "www." not in escaped
    assert "@" not in escaped.replace("\\@", "")


@given(st.text())
def test_a_line_has_no_character_that_cannot_be_seen(text: str) -> None:
    line = one_line(text)
    assert line == line.strip()
    assert all(letter.isprintable() or letter == "\u00ad" or ord(letter) > 0x2FF for letter in line)
    line.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\r\nb\tc", "a b c", id="line breaks and tabs become spaces"),
        pytest.param("a\x00\x1b[31mb", "a[31mb", id="control characters go"),
        pytest.param("abc\u202egpj.exe", "abcgpj.exe", id="turned writing direction goes"),
        pytest.param("a\ud800b", "ab", id="lone surrogates go"),
        pytest.param("caffè 👩‍🔧", "caffè 👩‍🔧", id="letters and pictures stay"),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_cleaning_keeps_line_breaks() -> None:
    assert clean("a\r\nb\rc") == "a\nb\nc"


def test_shortening_says_that_something_is_missing() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://a.example/x?y=1#z", "https://a.example/x?y=1#z", id="https stays"),
        pytest.param("/incidents/INC-1?as=t", "/incidents/INC-1?as=t", id="a path here stays"),
        pytest.param("mailto:a@b.example", "mailto:a@b.example", id="a mail address stays"),
        pytest.param('https://a.example/" onload="x', "https://a.example/%22%20onload=%22x", id="quotes go"),
        pytest.param(
            "https://a.example/) [x](y", "https://a.example/%29%20[x]%28y", id="brackets cannot end a link"
        ),
        pytest.param("javascript:alert(1)", "", id="a script is none"),
        pytest.param(" JaVaScRiPt:alert(1)", "", id="nor in disguise"),
        pytest.param("java\nscript:alert(1)", "", id="nor in two lines"),
        pytest.param("data:text/html,x", "", id="data is none"),
        pytest.param("//evil.example", "", id="another host without a scheme is none"),
        pytest.param("http://[::1", "", id="what cannot be read is none"),
        pytest.param("runbook 7", "", id="words are none"),
    ],
)
def test_an_address_is_safe_or_none(url: str, expected: str) -> None:
    assert safe_url(url) == expected


@pytest.mark.parametrize("form", Format)
def test_printing_nothing_is_a_mistake_in_every_format(form: Format) -> None:
    with pytest.raises(TypeError, match="not there"):
        print_value(form)(None)


def test_hostile_names_are_really_hostile() -> None:
    tags = Tags(MarkdownIt("commonmark", {"html": False}).render(HOSTILE))
    assert tags.evil()
    assert "script" in Tags(HOSTILE).names
