"""Is YAML read as people mean it, with the line of every key?"""

from typing import Any

import pytest

from service.reading_yaml import SyntaxProblem, read_yaml


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(
            "a: 2026-11-02T09:00", {"a": "2026-11-02T09:00"}, id="a time stays text, its zone is not known"
        ),
        pytest.param("a: 2026-11-02T09:00+01:00", {"a": "2026-11-02T09:00+01:00"}, id="an offset is kept"),
        pytest.param("a: 2026-11-02", {"a": "2026-11-02"}, id="a date stays text"),
        pytest.param("a: 09:00", {"a": "09:00"}, id="a time of day is no number in base 60"),
        pytest.param("a: no", {"a": "no"}, id="no is a word"),
        pytest.param("a: true", {"a": True}, id="true is true"),
        pytest.param("a: 3\nb: 1.5", {"a": 3, "b": 1.5}, id="numbers are numbers"),
        pytest.param("1: a", {"1": "a"}, id="a key is text"),
        pytest.param("a: &x [1]\nb: *x", {"a": [1], "b": [1]}, id="an alias is what it names"),
        pytest.param("", None, id="an empty file is nothing"),
    ],
)
def test_values_are_plain(text: str, values: Any) -> None:
    assert read_yaml(text).values == values


def test_every_key_and_every_entry_has_its_line() -> None:
    written = read_yaml("a:\n  b: 1\n  c:\n    - x\n    - d: 2\n")
    assert written.lines == {
        (): 1,
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 0): 4,
        ("a", "c", 1): 5,
        ("a", "c", 1, "d"): 5,
    }


def test_a_key_that_stands_twice_is_told_with_both_lines_and_the_first_counts() -> None:
    written = read_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n")
    assert written.values == {"a": 1, "b": {"c": 1}}
    assert [(again.path, again.first_line, again.line) for again in written.repeated] == [
        (("b", "c"), 3, 4),
        (("a",), 1, 5),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a: 1\nb: [1,\n", 3, id="an open bracket"),
        pytest.param("a:\n\t- b\n", 2, id="a tab"),
        pytest.param("a: 1\n---\nb: 2\n", 2, id="two documents"),
        pytest.param("a: *nobody\n", 1, id="an unknown alias"),
        pytest.param("a: \x07\n", 1, id="a control character"),
        pytest.param("a: &x [*x]\n", 1, id="an alias within itself"),
        pytest.param("a: !!python/object:os.system x\n", 1, id="a tag that would run something"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        read_yaml(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("dotted", "path"),
    [
        pytest.param("a.b", ("a.b",), id="a name with a dot in it"),
        pytest.param("a.b.c.x", ("a.b", "c"), id="as far as it stands in the file"),
        pytest.param("z", (), id="nowhere"),
    ],
)
def test_a_dotted_name_finds_its_path(dotted: str, path: tuple[str, ...]) -> None:
    assert read_yaml("a.b:\n  c: 1\n").named(dotted) == path
