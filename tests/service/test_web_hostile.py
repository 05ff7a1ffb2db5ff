"""Does a body that was made to do harm cost more than its size, and is it answered without a fault?"""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from incident.sources import read
from ledger.intake import accept_delivery
from ledger.tables import AlertRow, DeliveryRow
from service.body import read_body
from service.intake import BODY_LIMIT
from tests.house import TOKEN, House, alertmanager, as_body, generic
from tests.ledger.desk import START

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def post(house: House, body: bytes, source: str = "generic", **headers: str) -> httpx.Response:
    answer: httpx.Response = house.client().post(f"/alerts/{source}", content=body, headers=BEARER | headers)
    return answer


def alerts(house: House) -> list[Any]:
    return [row.alert for row in house.desk.rows(AlertRow)]


def bomb(compress: Callable[[bytes], bytes]) -> bytes:
    """A megabyte of zeros that was packed; what it would unpack to a thousand times is not tried here."""
    return compress(b"\0" * BODY_LIMIT)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", bomb(gzip.compress), id="gzip"),
        pytest.param("deflate", bomb(zlib.compress), id="deflate"),
        pytest.param("gzip, gzip", bomb(lambda b: gzip.compress(gzip.compress(b))), id="packed twice"),
        pytest.param("br", b"\x8b", id="brotli"),
        pytest.param("zstd", b"\x28\xb5\x2f\xfd", id="zstandard"),
        pytest.param("identity, gzip", bomb(gzip.compress), id="a list that begins well"),
    ],
)
def test_a_bomb_is_not_unpacked_whatever_it_is_packed_with(house: House, encoding: str, body: bytes) -> None:
    assert post(house, body, **{"Content-Encoding": encoding}).status_code == 415
    assert house.desk.rows(DeliveryRow) == []


def test_a_bomb_that_does_not_say_so_is_no_json(house: House) -> None:
    tracemalloc.start()
    answer = post(house, bomb(gzip.compress))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 400
    assert peak < 32 << 20


REFUSED: list[Any] = [
    pytest.param("{}".encode("utf-16"), id="UTF-16 with its mark"),
    pytest.param('{"title": "Ausfall"}'.encode("utf-16-le"), id="UTF-16 without it"),
    pytest.param('{"title": "Störung"}'.encode("latin-1"), id="Latin-1"),
    pytest.param(b'{"title": "\xed\xa0\x80"}', id="half a surrogate pair, in bytes"),
    pytest.param(b'{"title": "x\0"}', id="a NUL in a text"),
    pytest.param(b"[" * 200_000, id="nesting without end"),
    pytest.param(b'{"a":' * 100_000, id="objects without end"),
    pytest.param(b'{"title": ' + b"1" * 100_000 + b"}", id="a number of a hundred thousand digits"),
    pytest.param(b'{"title": Infinity}', id="Infinity"),
]


@pytest.mark.parametrize("body", REFUSED)
def test_what_is_no_json_in_utf_8_is_refused_and_kept(house: House, body: bytes) -> None:
    answer = post(house, body, **{"Content-Type": "application/json; charset=latin-1"})
    assert answer.status_code == 400
    assert [row.body for row in house.desk.rows(DeliveryRow)] == [body]


def test_a_mark_of_the_order_of_bytes_is_skipped(house: House) -> None:
    assert post(house, b"\xef\xbb\xbf" + as_body(generic(title="Störung"))).status_code == 202
    assert alerts(house)[0].title == "Störung"


def test_half_of_a_surrogate_pair_and_nul_become_characters_that_a_database_keeps(house: House) -> None:
    body = rb'{"title": "a\ud800b\u0000c", "labels": {"x\udfff": "\ud83d\ude00"}}'
    assert post(house, body).status_code == 202
    (alert,) = alerts(house)
    assert alert.title.isprintable()
    assert list(alert.labels.values()) == ["\U0001f600"]


def test_of_a_key_that_comes_twice_the_last_one_counts_and_the_answer_says_so(house: House) -> None:
    answer = post(house, b'{"title": "first", "title": "second", "labels": {"a": "1", "a": "2"}}')
    assert answer.status_code == 202
    assert (alerts(house)[0].title, alerts(house)[0].labels) == ("second", {"a": "2"})
    assert any("'title' comes more than once" in remark for remark in answer.json()["remarks"])


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "1e30",
        10**25,
        -(10**25),
        1e308,
        "-99999999999999999999",
        "2026-11-23T03:09:00+99:99",
        "1969-07-20T20:17:00Z",
        "2126-01-01T00:00:00Z",
    ],
    ids=str,
)
@pytest.mark.parametrize("source", ["generic", "alertmanager"])
def test_a_time_of_another_age_loses_no_alert(house: House, source: str, time: Any) -> None:
    body = generic(starts_at=time, ends_at=time)
    if source == "alertmanager":
        body = alertmanager("a")
        body["alerts"][0] |= {"startsAt": time, "endsAt": time}
    assert post(house, as_body(body), source).status_code == 202
    assert len(alerts(house)) == 1


LARGE: list[Any] = [
    pytest.param("generic", generic(title="x" * 1_000_000), id="a title of a megabyte"),
    pytest.param("generic", generic(title="\u202e" * 300_000), id="a title of odd characters"),
    pytest.param("generic", generic(fingerprint="f" * 1_000_000), id="a fingerprint of a megabyte"),
    pytest.param("generic", generic(labels={f"k{n}": "" for n in range(80_000)}), id="very many labels"),
    pytest.param("generic", generic(labels={"x" * 500_000: "y" * 500_000}), id="a label of a megabyte"),
    pytest.param("generic", generic(starts_at="1" * 1_000_000), id="a time of a megabyte"),
]


@pytest.mark.parametrize(("source", "value"), LARGE)
def test_a_megabyte_in_one_place_is_kept_and_not_in_the_way(house: House, source: str, value: Any) -> None:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(body) <= BODY_LIMIT
    answer = post(house, body, source)
    assert answer.status_code == 202
    (alert,) = alerts(house)
    assert len(alert.fingerprint) <= 200
    assert house.client().get("/incidents/INC-1").status_code == 200


def test_hundreds_of_alerts_in_one_body_all_have_an_end(house: House) -> None:
    answer = post(house, as_body(many(100)))
    assert (answer.status_code, answer.json()["accepted"]) == (202, 100)
    assert all(row.end_state and row.reason for row in house.desk.rows(AlertRow))


def test_ten_thousand_alerts_in_one_body_are_all_read_and_all_kept(house: House) -> None:
    body = as_body(many(10_000))
    assert len(body) <= BODY_LIMIT
    read_alerts = read("generic", read_body(body)).alerts
    house.ledger.write(accept_delivery, "generic", body, read_alerts, START)
    assert len(house.desk.rows(AlertRow)) == 10_000


def many(count: int) -> list[dict[str, str]]:
    return [{"title": "x", "fingerprint": str(number)} for number in range(count)]
