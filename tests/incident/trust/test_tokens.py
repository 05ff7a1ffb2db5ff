"""Where may a token be, and what else is no token?"""

import base64
from typing import Any

import pytest

from incident.trust.request import Forged, Request
from incident.trust.tokens import TokenWay, check_token
from incident.trust.ways import AddressToken, BasicPassword, BearerToken, HeaderToken

TOKEN, OLD = "t\u00f6ken", "the-one-before"
BASIC = BasicPassword(username="monitor")


def basic(credentials: str) -> Request:
    return Request({"authorization": "Basic " + base64.b64encode(credentials.encode()).decode()})


RIGHT: list[Any] = [
    pytest.param(BearerToken(), Request({"authorization": f"Bearer {TOKEN}"}), id="a bearer token"),
    pytest.param(BearerToken(), Request({"authorization": f"bearer  {OLD} "}), id="the one before, too"),
    pytest.param(BASIC, basic(f"monitor:{TOKEN}"), id="a password"),
    pytest.param(BasicPassword(), basic(f"anybody:{TOKEN}"), id="a password, whatever the name"),
    pytest.param(HeaderToken(header="X-Token"), Request({"x-token": TOKEN}), id="a header of its own"),
    pytest.param(AddressToken(), Request({}, {"token": TOKEN}), id="in the query"),
    pytest.param(AddressToken(parameter="key"), Request({}, {"key": TOKEN}), id="by another name"),
    pytest.param(AddressToken(), Request({}, token_in_path=TOKEN), id="at the end of the path"),
]
WRONG: list[Any] = [
    pytest.param(BearerToken(), Request({}), id="nothing"),
    pytest.param(BearerToken(), Request({"authorization": "Bearer"}), id="a scheme alone"),
    pytest.param(BearerToken(), Request({"authorization": f"Basic {TOKEN}"}), id="another scheme"),
    pytest.param(BearerToken(), Request({}, {"token": TOKEN}), id="in the address, where it is not allowed"),
    pytest.param(BearerToken(), Request({"authorization": "Bearer \udce9"}), id="half a character"),
    pytest.param(BASIC, basic(f"somebody:{TOKEN}"), id="the password of somebody else"),
    pytest.param(BASIC, basic(TOKEN), id="a password without a name"),
    pytest.param(BASIC, Request({"authorization": "Basic %%%"}), id="no base64"),
    pytest.param(BASIC, Request({"authorization": "Basic /w=="}), id="no text in it"),
    pytest.param(HeaderToken(header="X-Token"), Request({"authorization": TOKEN}), id="another header"),
    pytest.param(AddressToken(), Request({}, {"token": TOKEN + "x"}), id="a longer one"),
    pytest.param(AddressToken(), Request({"authorization": f"Bearer {TOKEN}"}), id="a header instead"),
]


@pytest.mark.parametrize(("way", "request_"), RIGHT)
def test_the_token_is_found_where_its_way_has_it(way: TokenWay, request_: Request) -> None:
    check_token(way, request_, [TOKEN, OLD])


@pytest.mark.parametrize(("way", "request_"), WRONG)
def test_whatever_else_is_forged_and_no_message_repeats_it(way: TokenWay, request_: Request) -> None:
    with pytest.raises(Forged, match="the token is wrong; send") as refused:
        check_token(way, request_, [TOKEN])
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("secrets", [[], [""]])
@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None"])
def test_a_source_without_a_secret_takes_nothing(given: str, secrets: list[str]) -> None:
    with pytest.raises(Forged):
        check_token(BearerToken(), Request({"authorization": given}), secrets)


def test_basic_is_asked_for_as_http_asks_for_it_so_that_senders_who_wait_for_that_send_it() -> None:
    with pytest.raises(Forged) as refused:
        check_token(BASIC, Request({}), [TOKEN])
    assert refused.value.challenge == 'Basic realm="alerts"'


def test_a_request_that_is_printed_shows_no_secret() -> None:
    assert TOKEN not in repr(Request({}, {"token": TOKEN}, TOKEN, TOKEN.encode()))
