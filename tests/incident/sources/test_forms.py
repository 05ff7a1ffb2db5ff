"""Are the bodies read that are no JSON?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.sources.forms import MOST_FIELDS, form_fields

PART = b'--b0und\r\nContent-Disposition: form-data; name="data"\r\n\r\n{"a":\r\n\r\n1}\r\n'


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(b"Name=Shop&Status=Down", {"Name": "Shop", "Status": "Down"}, id="a form"),
        pytest.param(b"Name=a%26b+c%C3%BC", {"Name": "a&b cü"}, id="escapes and blanks"),
        pytest.param(b"Name=%FF", {"Name": "\ufffd"}, id="what is not UTF-8 is replaced"),
        pytest.param(b"a=1&a=2&b=", {"a": "2", "b": ""}, id="twice and empty"),
        pytest.param(b"payload=%7B%7D\n", {"payload": "{}"}, id="a line end"),
        pytest.param(PART + b"--b0und--\r\n", {"data": '{"a":\r\n\r\n1}'}, id="parts"),
        pytest.param(PART, {"data": '{"a":\r\n\r\n1}'}, id="parts that break off"),
        pytest.param(
            PART.replace(b'"data"', b"data").replace(b"\r\n", b"\n"), {"data": '{"a":\n\n1}'}, id="bare"
        ),
        pytest.param(b"--b0und\r\nX-Other: 1\r\n\r\nvalue\r\n--b0und--", None, id="a part without a name"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"down", None, id="a word"),
        pytest.param(b'{"a": "b=c"}', None, id="JSON"),
        pytest.param(b"it is=down", None, id="a sentence"),
        pytest.param(b"a=1&" * MOST_FIELDS, None, id="more fields than anybody has"),
    ],
)
def test_the_fields_of_a_form(body: bytes, fields: dict[str, str] | None) -> None:
    assert form_fields(body) == fields


@given(st.binary() | st.binary().map(lambda tail: b"--b\r\n" + tail))
def test_no_bytes_are_too_strange(body: bytes) -> None:
    fields = form_fields(body)

    assert fields is None or all(isinstance(value, str) for value in fields.values())
