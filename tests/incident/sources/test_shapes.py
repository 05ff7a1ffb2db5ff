"""Is a foreign message taken apart without trust in any of its parts?"""

from typing import Any

import pytest

from incident.alert import AlertStatus
from incident.errors import PayloadError
from incident.sources import shapes
from incident.sources.reading import moment

MOMENT = moment(1795405170)


@pytest.mark.parametrize(
    ("payload", "count"), [({}, 1), ([{}, {}], 2), ([], 0)], ids=["an object", "a list", "an empty list"]
)
def test_a_body_is_a_message_or_a_list_of_them(payload: Any, count: int) -> None:
    assert len(shapes.messages(payload)) == count


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ("down", "body: must be an object, this is a text"),
        ([{}, 7], "[1]: an alert is a JSON object, this is a number"),
    ],
)
def test_another_body_is_refused_with_the_place(payload: Any, problem: str) -> None:
    with pytest.raises(PayloadError) as caught:
        shapes.messages(payload)

    assert str(caught.value) == problem


@pytest.mark.parametrize("name", ["HOST.NAME", "host_name", "hostName", "host name", "{HOST.NAME}"])
def test_the_spelling_of_a_name_does_not_matter(name: str) -> None:
    assert shapes.by_plain_name({name: 1}) == {"hostname": 1}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("no JSON", None),
        ("[" * 100_000, None),
        ("9" * 5000, None),
        (7, None),
        (None, None),
    ],
    ids=["an object", "words", "nested without end", "a number without end", "a number", "null"],
)
def test_json_within_a_text_is_read_or_is_none(written: Any, value: Any) -> None:
    assert shapes.embedded(written) == value


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ({"a": 1, "b": None}, {"a": "1"}),
        ("a:1,b:2:3,c,:4", {"a": "1", "b": "2:3"}),
        ([["a", 1], ["b"], "c:2", None], {"a": "1", "c": "2"}),
        (
            [{"key": "a", "value": 1}, {"name": "b", "value": 2}, {"tag": "c", "value": 3}],
            {"a": "1", "b": "2", "c": "3"},
        ),
        ("a:1,a:2,a:1", {"a": "1, 2"}),
        (7, {}),
        (None, {}),
    ],
    ids=["an object", "a text", "pairs", "objects", "a name that comes twice", "a number", "null"],
)
def test_tags_have_many_spellings(value: Any, tags: dict[str, str]) -> None:
    assert shapes.tags(value) == tags


def test_only_what_says_something_is_a_label() -> None:
    assert shapes.labels(a="x", b="", c=None, d=[], e=0, f=["y"]) == {"a": "x", "e": "0", "f": '["y"]'}


def test_a_recovery_has_an_end_and_no_start() -> None:
    assert shapes.span(AlertStatus.FIRING, MOMENT) == (MOMENT, None)
    assert shapes.span(AlertStatus.RESOLVED, MOMENT) == (None, MOMENT)


@pytest.mark.parametrize(
    ("base", "address", "link"),
    [
        ("https://a.example/x/", "?o=1", "https://a.example/x/?o=1"),
        ("https://a.example/", "https://b.example/", "https://b.example/"),
        ("https://a.example/", "ftp://b.example/", None),
        (None, "y", None),
        ("https://a.example/", "//[", None),
    ],
)
def test_a_relative_address_is_joined_with_its_base(base: Any, address: Any, link: str | None) -> None:
    assert shapes.joined_link(base, address) == link


def test_a_paragraph_is_not_said_twice() -> None:
    assert shapes.paragraphs("a", None, "b", "a", "") == "a\n\nb"
