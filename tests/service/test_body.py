"""Is the value of a body found, whether it is JSON or a form?"""

import pytest

from incident.errors import MalformedPayload
from service.body import read_body


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b'{"a": "b=c"}', {"a": "b=c"}, id="JSON first"),
        pytest.param(b"Name=Shop&Status=Up", {"Name": "Shop", "Status": "Up"}, id="a form"),
        pytest.param(b"payload=%7B%22a%22%3A1%7D&x=y", {"a": 1}, id="JSON in a field of a form"),
        pytest.param(b"payload=high&x=y", {"payload": "high", "x": "y"}, id="no JSON in that field"),
        pytest.param(b'{"a": 1}\n\n{"b": 2}\r\n', [{"a": 1}, {"b": 2}], id="an object in each line"),
    ],
)
def test_the_value_of_a_body(body: bytes, value: object) -> None:
    assert read_body(body) == value


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "the body is no JSON \\(line 1, column 2\\)"),
        (b"", "the body is no JSON"),
        (b'{"a": 1}\n{"b"}', "the body is no JSON \\(line 2, column 1\\)"),
        (b'{"a": 1}\n[]', "the body is no JSON \\(line 2, column 1\\)"),
        (b"down", "the body is no JSON"),
        (b"\xff", "the body is not UTF-8"),
    ],
)
def test_what_is_neither_is_refused_as_no_json(body: bytes, sentence: str) -> None:
    with pytest.raises(MalformedPayload, match=f"^{sentence}"):
        read_body(body)
