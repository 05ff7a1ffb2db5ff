"""Are silences made once and ended in Alertmanager, and is every answer of its API understood?"""

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from blocks import AlertmanagerApi
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome
from incident.matching import Matcher
from tests.blocks.rigs import NOW, SECRET, StoppedClock, Wired
from tests.senders.prometheus import alertmanager

KEY = "INC-42/silence/1"
ID = "5b3f0e6c-8e1b-4b7c-9a8e-1c9d7a1c2d3e"
UNTIL = NOW + timedelta(hours=2)
MATCHERS = tuple(
    Matcher.model_validate(text)
    for text in ('alertname="Error \\"rate\\""', 'env!="dev"', 'host=~"db.*"', "region not in (eu, us.1)")
)
TOLD = [
    {"name": "alertname", "value": 'Error "rate"', "isRegex": False, "isEqual": True},
    {"name": "env", "value": "dev", "isRegex": False, "isEqual": False},
    {"name": "host", "value": "db.*", "isRegex": True, "isEqual": True},
    {"name": "region", "value": r"eu|us\.1", "isRegex": True, "isEqual": False},
]
CONTRACTS = Path(__file__).parents[3] / "shared" / "specmock"


def block(wired: Wired, **settings: Any) -> AlertmanagerApi:
    made = AlertmanagerApi(**({"url": "https://alerts.example.org/am/", "token": SECRET} | settings))
    made._transport, made._clock = wired.transport, StoppedClock()
    return made


def silenced(state: str = "active", comment: str = f"INC-42 [{KEY}]") -> dict[str, Any]:
    return {"id": ID, "comment": comment, "status": {"state": state}}


def answering(**answers: Any) -> Wired:
    """Another side that answers each method as told: a body, or a status."""

    def answer(request: httpx.Request) -> httpx.Response:
        said = answers[request.method]
        return httpx.Response(said) if isinstance(said, int) else httpx.Response(200, json=said)

    return Wired(answer)


async def make(wired: Wired) -> str:
    return await block(wired).silence(KEY, MATCHERS, UNTIL, "Alice", "INC-42")


async def failure(act: Callable[[AlertmanagerApi], Any], wired: Wired) -> ConnectionFailure:
    with pytest.raises(ConnectionFailure) as caught:
        await act(block(wired))
    assert SECRET not in repr(caught.value)
    assert "alerts.example.org" not in repr(caught.value)
    return caught.value


async def test_a_silence_says_what_until_when_and_who() -> None:
    wired = answering(GET=[], POST={"silenceID": ID})
    assert await make(wired) == ID
    asked, made = wired.requests
    assert asked.url.params.get_list("filter") == [
        'alertname="Error \\"rate\\""',
        'env!="dev"',
        'host=~"db.*"',
        'region!~"eu|us\\\\.1"',
    ]
    assert str(made.url) == "https://alerts.example.org/am/api/v2/silences"
    assert made.headers["Authorization"] == f"Bearer {SECRET}"
    assert json.loads(made.content) == {
        "matchers": TOLD,
        "startsAt": "2026-03-01T12:00:00Z",
        "endsAt": "2026-03-01T14:00:00Z",
        "createdBy": "Alice",
        "comment": f"INC-42 [{KEY}]",
    }


async def test_a_silence_that_lasts_is_not_made_again() -> None:
    wired = answering(GET=[silenced("expired"), silenced(comment="of others"), silenced()])
    assert await make(wired) == ID
    assert [request.method for request in wired.requests] == ["GET"]


@pytest.mark.parametrize(
    "known", [[silenced("expired")], [silenced(comment="of others")]], ids=["over", "others"]
)
async def test_another_one_is_made_beside_one_that_is_not_ours_or_over(known: Any) -> None:
    wired = answering(GET=known, POST={"silenceID": ID})
    await make(wired)
    assert [request.method for request in wired.requests] == ["GET", "POST"]


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"GET": [], "POST": 400}, Rejected),
        ({"GET": 401}, Rejected),
        ({"GET": [], "POST": 302}, Rejected),
        ({"GET": [], "POST": 503}, RetryLater),
        ({"GET": [], "POST": 500}, RetryLater),
        ({"GET": [], "POST": {}}, UnknownOutcome),
        ({"GET": {}}, UnknownOutcome),
    ],
    ids=["the matchers are refused", "who are you", "moved", "busy", "broken", "no id", "no list"],
)
async def test_whose_turn_it_is_when(answers: dict[str, Any], kind: type[ConnectionFailure]) -> None:
    error = await failure(
        lambda made: made.silence(KEY, MATCHERS, UNTIL, "Alice", "INC-42"), answering(**answers)
    )
    assert type(error) is kind


@pytest.mark.parametrize(
    "answers",
    [
        {"DELETE": 200},
        {"DELETE": 404},
        {"DELETE": 500, "GET": silenced("expired")},
        {"DELETE": 500, "GET": 404},
    ],
    ids=["ended", "unknown", "over, says a failure", "forgotten meanwhile"],
)
async def test_a_silence_is_ended_when(answers: dict[str, Any]) -> None:
    await block(answering(**answers)).expire(ID)


async def test_a_silence_that_lasts_in_spite_of_us_is_ended_later() -> None:
    wired = answering(DELETE=500, GET=silenced())
    assert type(await failure(lambda made: made.expire(ID), wired)) is RetryLater


async def test_an_id_is_no_path() -> None:
    wired = answering(DELETE=404)
    await block(wired).expire("../alerts?x")
    assert wired.requests[0].url.raw_path == b"/am/api/v2/silence/..%2Falerts%3Fx"


if CONTRACTS.exists():  # the description is no part of this project; a real Alertmanager is asked below

    async def test_it_obeys_the_published_contract(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(CONTRACTS)
        contract = importlib.import_module("contracts").contract("alertmanager")

        def checked(request: httpx.Request) -> httpx.Response:
            url = str(request.url).replace("/am/", "/")
            _, problems = contract.check(request.method, url, dict(request.headers), request.content)
            assert problems == []
            return httpx.Response(200, json=[] if request.method == "GET" else {"silenceID": ID})

        await make(Wired(checked))
        await block(Wired(checked)).expire(ID)


@pytest.fixture
def real() -> Iterator[str]:
    with alertmanager("{route: {receiver: nobody}, receivers: [{name: nobody}]}") as url:
        yield url


@pytest.mark.senders
async def test_a_real_alertmanager_keeps_quiet_once_and_until_it_is_told(real: str) -> None:
    made = AlertmanagerApi(url=real)
    until = made._clock.now() + timedelta(hours=1)
    once, again = [await made.silence(KEY, MATCHERS, until, "Alice", "INC-42") for _ in range(2)]
    assert once == again
    other = await made.silence(f"{KEY}/2", MATCHERS, until, "Alice", "INC-42")
    assert other != once
    (listed,) = [each for each in httpx.get(f"{real}/api/v2/silences").json() if each["id"] == once]
    assert sorted(listed["matchers"], key=lambda told: told["name"]) == TOLD
    assert listed["status"] == {"state": "active"}

    for _ in range(2):
        await made.expire(once)
    assert httpx.get(f"{real}/api/v2/silence/{once}").json()["status"] == {"state": "expired"}
    assert httpx.get(f"{real}/api/v2/silence/{other}").json()["status"] == {"state": "active"}
    await made.expire(ID)
    assert await made.silence(KEY, MATCHERS, until, "Alice", "INC-42") not in (once, other)
