"""Is every secret of a delivery masked, and everything else shown as it came?"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.masking import DEEPEST, MASK, mask_text, shown
from incident.secret_names import is_secret

SECRET = "S3cr3tV4lu3" * 3


@pytest.mark.parametrize(
    "name",
    [
        *(
            "password",
            "db_password",
            "DB-PASSWD",
            "clientSecret",
            "secret",
            "token",
            "X-Auth-Token",
            "accessToken",
        ),
        *(
            "Authorization",
            "proxy-authorization",
            "api_key",
            "apiKey",
            "APIKey",
            "apikey",
            "routing_key",
            "genieKey",
        ),
        *(
            "privateKey",
            "aws_secret_access_key",
            "signature",
            "Cookie",
            "set-cookie",
            "sessionId",
            "SESSION_KEY",
        ),
    ],
)
def test_a_name_that_stands_for_a_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "key",
            "dedup_key",
            "incident_key",
            "event_key",
            "groupKey",
            "alias",
            "fingerprint",
            "id",
            "status",
        ),
        *(
            "author",
            "monkey",
            "keyboard",
            "passenger",
            "compass",
            "tokenizer",
            "secretary",
            "pinned",
            "design",
            "",
        ),
    ],
)
def test_a_name_that_does_not(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"https://user:{SECRET}@example.com/x", id="a password in an address"),
        pytest.param(f"https://{SECRET}@sentry.example/1", id="a user in an address"),
        pytest.param(f"postgresql://bob:{SECRET}@db/x failed", id="the address of a database"),
        pytest.param(f"GET /x?token={SECRET}&a=1", id="a token in a query"),
        pytest.param(f"https://h/?a=1&api_key={SECRET}", id="a key in a query"),
        pytest.param(f"Authorization: Bearer {SECRET}", id="a header with a bearer token"),
        pytest.param(f"curl -H 'Authorization: Basic {SECRET}' x", id="a header with a password"),
        pytest.param(f"password={SECRET}", id="a field of a form"),
        pytest.param(f"PGPASSWORD: {SECRET}", id="an environment variable")
        if is_secret("PGPASSWORD")
        else pytest.param(f"PG_PASSWORD: {SECRET}", id="an environment variable"),
        pytest.param(f'login failed {{"secret": "{SECRET}"}}', id="JSON in a sentence"),
        pytest.param(f'{{\\"token\\":\\"{SECRET}\\"}}', id="JSON that is quoted twice"),
        pytest.param(f"https://hooks.slack.com/services/T0/B0/{SECRET}", id="the address of a webhook"),
        pytest.param(f"eyJhbGciOi.{SECRET}.{SECRET}", id="a JSON web token"),
        pytest.param(f"ghp_{SECRET} was revoked", id="a token of a forge"),
        pytest.param(f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n", id="a key that is cut off"),
    ],
)
def test_a_secret_in_text_is_masked(text: str) -> None:
    for told in (mask_text(text), shown(text.encode()), shown(json.dumps({"m": text}).encode())):
        assert SECRET not in told
        assert MASK in told


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"password": SECRET}, id="a field"),
        pytest.param({"a": [{"apiKey": SECRET}]}, id="a field deep inside"),
        pytest.param({"credentials": {"user": SECRET, "value": [SECRET]}}, id="everything below a name"),
        pytest.param({"name": "db_password", "value": SECRET}, id="a pair of name and value"),
        pytest.param({"Message": json.dumps({"token": SECRET})}, id="JSON within a string"),
        pytest.param({f"token={SECRET}": 1}, id="a key that holds one"),
    ],
)
def test_a_secret_in_json_is_masked(value: Any) -> None:
    assert SECRET not in shown(json.dumps(value).encode())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(
            b'{"b":1.50,"a":[]}', '{\n  "b": 1.50,\n  "a": []\n}', id="numbers and order as they came"
        ),
        pytest.param(b'{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}', id="a key that stands there twice"),
        pytest.param(b'{"password":12345}', f'{{\n  "password": "{MASK}"\n}}', id="a number that is secret"),
        pytest.param(b'{"password":null}', '{\n  "password": null\n}', id="a secret that is not there"),
        pytest.param(b'{"a":NaN}', '{\n  "a": NaN\n}', id="what is no number"),
        pytest.param('{"a":"città"}'.encode(), '{\n  "a": "città"\n}', id="letters as they are"),
        pytest.param(b"status=down&host=db-1", "status=down&host=db-1", id="a form"),
        pytest.param(b"\xff\xfe\x00", "��\x00", id="what is no text"),
        pytest.param(b"", "", id="nothing"),
        pytest.param(b'{"a":"\\ud800"}', '{\n  "a": "?"\n}', id="half a letter"),
    ],
)
def test_everything_else_is_shown_as_it_came(body: bytes, told: str) -> None:
    assert shown(body) == told


@pytest.mark.parametrize("levels", [DEEPEST + 5, 100_000])
def test_however_deep_it_is_nothing_breaks(levels: int) -> None:
    secret = json.dumps({"token": SECRET}).encode()
    assert SECRET not in shown(b"[" * levels + secret + b"]" * levels)


def test_a_number_of_any_length_is_shown() -> None:
    assert "9" * 9000 in shown(b'{"n":' + b"9" * 9000 + b"}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["password", "api_key", "Authorization", "clientSecret", "routing_key", "X-Token"])
SORTS = st.sampled_from(
    ["https://bob:{}@example.com", "https://h/?token={}", "Authorization: Bearer {}", "secret={}"]
)


@st.composite
def hidden(draw: st.DrawFn) -> Any:
    """A JSON value that has a secret somewhere inside, under its name or in a text."""
    value: Any = {draw(NAMES): SECRET} if draw(st.booleans()) else draw(SORTS).format(SECRET)
    for _ in range(draw(st.integers(0, 5))):
        wrap = draw(st.sampled_from(["list", "object", "string"]))
        if wrap == "list":
            value = [draw(JSON), value, draw(JSON)]
        elif wrap == "object":
            value = {
                **draw(st.dictionaries(st.text(max_size=8), JSON, max_size=2)),
                draw(st.text(max_size=8)): value,
            }
        else:
            value = json.dumps(value) if isinstance(value, dict | list) else value
    return value


@given(hidden())
@settings(max_examples=150, deadline=None)
def test_a_secret_is_never_left_wherever_it_stands(value: Any) -> None:
    assert SECRET not in shown(json.dumps(value).encode())


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_body_breaks_it(body: bytes) -> None:
    shown(body).encode()


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    mask_text(text)
