"""What does every vendor's block promise? The suite that a new one must pass, method by method."""

import inspect
import traceback
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from blocks.interfaces import Channel, Chat, Connection, Repeat, RotationSource, StatusPage, Tracker, Video
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome
from tests.blocks import (
    rig_github,
    rig_gitlab,
    rig_jira,
    rig_kannel,
    rig_matrix,
    rig_mattermost,
    rig_ntfy,
    rig_opsgenie,
    rig_pagerduty,
    rig_slack,
    rig_statuspage,
    rig_teams,
    rig_twilio,
    rig_zoom,
)
from tests.blocks.vendors import Answering, VendorRig

RIGS = {
    "GitHub": rig_github.RIG,
    "GitLab": rig_gitlab.RIG,
    "Jira": rig_jira.RIG,
    "Kannel": rig_kannel.RIG,
    "Mattermost chat": rig_mattermost.CHAT,
    "Mattermost pager": rig_mattermost.PAGER,
    "Matrix chat": rig_matrix.CHAT,
    "Matrix pager": rig_matrix.PAGER,
    "ntfy": rig_ntfy.RIG,
    "Opsgenie pager": rig_opsgenie.PAGER,
    "Opsgenie schedules": rig_opsgenie.SCHEDULES,
    "PagerDuty pager": rig_pagerduty.PAGER,
    "PagerDuty schedules": rig_pagerduty.SCHEDULES,
    "Statuspage": rig_statuspage.RIG,
    "Slack chat": rig_slack.CHAT,
    "Slack pager": rig_slack.PAGER,
    "Teams": rig_teams.RIG,
    "Twilio SMS": rig_twilio.SMS,
    "Twilio voice": rig_twilio.VOICE,
    "Zoom": rig_zoom.RIG,
}
KINDS = (Chat, Video, Tracker, StatusPage, Channel, RotationSource)

REFUSED = (300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 422, 501)
LATER = (408, 420, 425, 429, 503)
LOST = (500, 502, 504, 520)


EVERY_METHOD = [
    pytest.param(rig, method, id=f"{name}: {method}") for name, rig in RIGS.items() for method in rig.calls
]


def lost(block: Connection, rig: VendorRig, method: str) -> type[ConnectionFailure]:
    """What a method raises that cannot know whether it happened."""
    safe = method in rig.reads or block.repeat_of(getattr(block, method)) is Repeat.SAFE
    return RetryLater if safe else UnknownOutcome


async def failure(rig: VendorRig, method: str, answer: Answering) -> ConnectionFailure:
    """How a method fails; no secret may be seen in it."""
    block = rig.wired(rig.failing(method, answer))
    with pytest.raises(ConnectionFailure) as caught:
        await rig.calls[method](block)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not [secret for secret in (*rig.secrets, "said in confidence") if secret in shown]
    return caught.value


@pytest.mark.parametrize("rig", RIGS.values(), ids=RIGS)
class TestEveryBlock:
    def test_is_called_by_the_suite_in_every_method_of_its_kind(self, rig: VendorRig) -> None:
        block = rig.block()
        wanted = {
            name
            for kind in KINDS
            if isinstance(block, kind)
            for name in vars(kind)
            if not name.startswith("_")
        }
        methods = {name for name in wanted if inspect.iscoroutinefunction(getattr(block, name))}
        theirs = {id(each) for kind in KINDS for each in vars(kind).values()}
        inherited = {name for name in methods if id(getattr(type(block), name)) in theirs}
        assert set(rig.calls) >= methods - inherited

    def test_shows_no_secret_in_any_form(self, rig: VendorRig) -> None:
        block = rig.block()
        forms = repr(block) + str(block) + str(block.model_dump()) + block.model_dump_json() + f"{block!r:>9}"
        assert not [secret for secret in rig.secrets if secret in forms]

    def test_explains_each_of_its_settings(self, rig: VendorRig) -> None:
        fields = type(rig.block()).model_fields.items()
        assert [name for name, field in fields if not (field.title and field.description)] == []


@pytest.mark.parametrize(("rig", "method"), EVERY_METHOD)
class TestEveryMethod:
    async def test_succeeds_on_a_good_day(self, rig: VendorRig, method: str) -> None:
        await rig.calls[method](rig.wired(rig.friendly))

    async def test_says_whose_turn_it_is_after_a_status(self, rig: VendorRig, method: str) -> None:
        unknown = lost(rig.block(), rig, method)
        table = {
            **dict.fromkeys(REFUSED, Rejected),
            **dict.fromkeys(LATER, RetryLater),
            **dict.fromkeys(LOST, unknown),
        }
        meant = rig.meant.get(method, frozenset())
        found = {}
        for status in table.keys() - meant:
            error = await failure(
                rig, method, lambda _, s=status: httpx.Response(s, text="said in confidence")
            )
            assert str(status) in str(error)
            found[status] = type(error)
        assert found == {status: kind for status, kind in table.items() if status not in meant}

    async def test_passes_on_how_long_to_wait(self, rig: VendorRig, method: str) -> None:
        error = await failure(rig, method, lambda _: httpx.Response(429, headers={"Retry-After": "17"}))
        assert isinstance(error, RetryLater)
        assert error.after == timedelta(seconds=17)

    async def test_knows_what_a_broken_connection_means(self, rig: VendorRig, method: str) -> None:
        def breaking(kind: type[httpx.HTTPError]) -> Answering:
            def answer(request: httpx.Request) -> httpx.Response:
                raise kind(f"{request.url} {dict(request.headers)}", request=request)

            return answer

        for before in (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            assert type(await failure(rig, method, breaking(before))) is RetryLater
        for after in (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError):
            assert type(await failure(rig, method, breaking(after))) is lost(rig.block(), rig, method)

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[1]", b"<html>", b'{"ok": 1}', b"null", b"\xff\xfe"], ids=repr
    )
    async def test_survives_a_success_that_says_something_else(
        self, rig: VendorRig, method: str, body: bytes
    ) -> None:
        """It happened: a method may be content, or say that it does not know the outcome; never crash."""

        def answer(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=body, headers={"Content-Type": "application/json"})

        with suppress(ConnectionFailure):
            await rig.calls[method](rig.wired(answer))

    async def test_is_the_same_request_when_it_is_repeated(self, rig: VendorRig, method: str) -> None:
        def heard() -> tuple[list[httpx.Request], Answering]:
            requests: list[httpx.Request] = []

            def answer(request: httpx.Request) -> httpx.Response:
                requests.append(request)
                return rig.friendly(request)

            return requests, answer

        block = rig.block()
        if block.repeat_of(getattr(block, method)) is not Repeat.SAFE:
            return
        seen = []
        for _ in range(2):
            requests, answer = heard()
            await rig.calls[method](rig.wired(answer))
            seen.append([(each.method, str(each.url), each.content) for each in requests])
        assert seen[0] == seen[1]


NO_CHARSET_HOLDS = "half \ud83d an emoji\r\nX: y \0\x1b[2J"
SAYING = {name: rig for name, rig in RIGS.items() if rig.calls.keys() & {"send", "post"}}


@pytest.mark.parametrize("rig", SAYING.values(), ids=SAYING)
async def test_what_no_charset_holds_is_said_all_the_same(rig: VendorRig) -> None:
    heard: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.content)
        return rig.friendly(request)

    block = rig.wired(answer)
    if isinstance(block, Chat):
        await block.post("INC-42/x", "room", NO_CHARSET_HOLDS)
    if isinstance(block, Channel):
        await block.send(rig.address, "INC-42/x", "Update", NO_CHARSET_HOLDS)
    assert b"an emoji" in heard[-1].replace(b"+", b" ")
