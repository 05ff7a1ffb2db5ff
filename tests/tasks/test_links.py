"""Is a link good for one person, one purpose, one incident and a while, and for nothing else?"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer

from incident.errors import ConfidenceError
from tasks.links import VALID, ExpiredLink, Links, May, OtherLink
from tests.ledger.desk import START

LINKS = Links(base_url="https://incidents.example", key="a key of this test")
Make = Callable[[Links], str]
MADE: dict[May, Make] = {
    May.ACKNOWLEDGE: lambda links: links.acknowledge(7, "alice", "INC-1", START),
    May.DECIDE: lambda links: links.decide("alice", "INC-1", START),
    May.ACT: lambda links: links.act("alice", "INC-1", START),
    May.ROTA: lambda links: links.rota("alice", START),
    May.CONFIRM: lambda links: links.verify(5, "alice", START),
    May.CALL_BACK: lambda links: links.callback(9, "sms", 7, "alice", "INC-1", START),
}
PREFIX = {
    May.ACKNOWLEDGE: "https://incidents.example/ack/",
    May.DECIDE: "https://incidents.example/decide/",
    May.ACT: "https://incidents.example/incidents/INC-1?as=",
    May.ROTA: "https://incidents.example/oncall/changes?as=",
    May.CONFIRM: "https://incidents.example/contacts/",
    May.CALL_BACK: "https://incidents.example/callbacks/sms/",
}
OF_NO_INCIDENT = {May.ROTA, May.CONFIRM}


def token(may: May, links: Links = LINKS) -> str:
    return MADE[may](links).removeprefix(PREFIX[may])


@pytest.mark.parametrize("may", May)
def test_a_link_grants_what_it_was_made_for(may: May) -> None:
    grant = LINKS.read(token(may), START, may)
    assert (grant.may, grant.person) == (may, "alice")
    assert grant.incident == ("" if may in OF_NO_INCIDENT else "INC-1")
    assert grant.page == (7 if may in (May.ACKNOWLEDGE, May.CALL_BACK) else 0)
    assert grant.notification == (9 if may is May.CALL_BACK else 0)
    assert grant.verification == (5 if may is May.CONFIRM else 0)


@pytest.mark.parametrize("may", May)
def test_a_link_grants_nothing_else(may: May) -> None:
    for other in set(May) - {may}:
        with pytest.raises(OtherLink):
            LINKS.read(token(may), START, other)


@pytest.mark.parametrize("may", May)
def test_a_link_holds_until_its_last_second_and_no_longer(may: May) -> None:
    assert LINKS.read(token(may), START + VALID[may], may)
    with pytest.raises(ExpiredLink, match="has expired"):
        LINKS.read(token(may), START + VALID[may] + timedelta(seconds=1), may)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(token(May.ACT, Links("https://incidents.example", "another key")), id="another key"),
        pytest.param(token(May.ACT)[:-1], id="a letter is missing"),
        pytest.param("x" + token(May.ACT), id="a letter more"),
        pytest.param("", id="nothing"),
        pytest.param("....", id="dots"),
        pytest.param("\u00e9\0", id="letters that no token has"),
        pytest.param(
            URLSafeSerializer("a key of this test", salt="something else").dumps({"may": "act"}),
            id="our key for another use",
        ),
        pytest.param(
            URLSafeSerializer("a key of this test", salt="incident-links").dumps({"may": "everything"}),
            id="a purpose that there is not",
        ),
    ],
)
def test_what_we_did_not_sign_is_not_ours(forged: str) -> None:
    with pytest.raises(ConfidenceError, match="not one of ours") as refused:
        LINKS.read(forged, START, *May)
    assert not isinstance(refused.value, ExpiredLink | OtherLink)


def test_every_page_has_a_link_of_its_own() -> None:
    links = {LINKS.acknowledge(page, "alice", "INC-1", START) for page in (1, 2)}
    links |= {LINKS.acknowledge(1, "bob", "INC-1", START), LINKS.acknowledge(1, "alice", "INC-2", START)}
    assert len(links) == 4


def test_a_token_needs_no_quoting_in_an_address() -> None:
    for may in May:
        assert set(token(may)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
