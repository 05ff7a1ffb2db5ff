"""What can be fetched as a calendar, and what can an address not be made to reach?"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import httpx
import pytest

from blocks.foreign_calendar import MOST_BYTES, CalendarFetcher, Fetched, Known
from blocks.public_address import is_public
from incident.errors import Rejected, RetryLater

NOW = datetime(2027, 3, 20, tzinfo=UTC)
URL = "https://calendar.example/secret-of-ada.ics"
TEXT = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
MACHINES = {
    "calendar.example": ["8.8.8.8"],
    "two.example": ["8.8.4.4", "8.8.8.8"],
    "inside.example": ["10.0.0.7"],
    "both.example": ["8.8.8.8", "127.0.0.1"],
    "nowhere.example": [],
}

Answer = Callable[[httpx.Request], httpx.Response]


async def resolve(host: str, _port: int) -> Sequence[str]:
    """The machines of these hosts; a number is itself."""
    if host == "unknown.example":
        raise OSError("no such host")
    return MACHINES.get(host, [host])


class Server:
    """Another side that gives these answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | httpx.HTTPError) -> None:
        self.answers, self.asked = list(answers), list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    async def fetch(
        self, url: str = URL, known: Known | None = None, *, allow_private: bool = False
    ) -> Fetched | None:
        fetcher = CalendarFetcher(transport=httpx.MockTransport(self), resolve=resolve)
        return await fetcher.fetch(url, known or Known(), NOW, allow_private=allow_private)


def plain(content: bytes = TEXT.encode(), **headers: str) -> httpx.Response:
    return httpx.Response(200, content=content, headers=headers)


def in_charset(name: str) -> httpx.Response:
    return plain(b"x", **{"Content-Type": f"text/calendar; charset={name}"})


def redirect(to: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": to})


async def test_a_calendar_comes_with_what_makes_the_next_request_cheap() -> None:
    server = Server(plain(ETag='"7"', **{"Last-Modified": "Sat, 20 Mar 2027 00:00:00 GMT"}))

    assert await server.fetch() == Fetched(TEXT, Known('"7"', "Sat, 20 Mar 2027 00:00:00 GMT"))


async def test_one_that_has_not_changed_is_not_sent_again() -> None:
    server = Server(httpx.Response(304))

    assert await server.fetch(known=Known('"7"', "Sat, 20 Mar 2027 00:00:00 GMT")) is None
    assert server.asked[0].headers["If-None-Match"] == '"7"'
    assert server.asked[0].headers["If-Modified-Since"] == "Sat, 20 Mar 2027 00:00:00 GMT"


async def test_a_tag_that_cannot_be_sent_back_is_not() -> None:
    server = Server(plain())

    assert await server.fetch(known=Known('"\u00e9"', ""))
    assert "If-None-Match" not in server.asked[0].headers


async def test_the_machine_that_was_looked_at_is_the_one_that_is_asked() -> None:
    server = Server(plain())
    await server.fetch()

    (request,) = server.asked
    assert (request.url.host, request.headers["Host"]) == ("8.8.8.8", "calendar.example")
    assert request.extensions["sni_hostname"] == "calendar.example"


async def test_the_second_machine_is_tried_when_the_first_is_down() -> None:
    server = Server(httpx.ConnectError("down"), plain())
    await server.fetch("https://two.example/")

    assert [request.url.host for request in server.asked] == ["8.8.4.4", "8.8.8.8"]


@pytest.mark.parametrize("scheme", ["webcal", "WEBCAL", "https"])
async def test_what_calendar_programs_call_webcal_is_https(scheme: str) -> None:
    server = Server(plain())
    await server.fetch(URL.replace("https", scheme))

    assert server.asked[0].url.scheme == "https"


async def test_a_name_and_a_password_in_the_address_are_sent_to_its_host_only() -> None:
    server = Server(redirect("https://two.example/elsewhere"), plain())
    await server.fetch("https://ada:pass@calendar.example/")

    assert ["Authorization" in request.headers for request in server.asked] == [True, False]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://224.0.0.1/",
        "https://inside.example/",
        "https://both.example/",
    ],
)
async def test_no_address_leads_into_our_own_network(url: str) -> None:
    server = Server(plain())

    with pytest.raises(Rejected, match="leads into a private network; `allow_private: true`"):
        await server.fetch(url)
    assert server.asked == []


async def test_our_own_network_can_be_allowed() -> None:
    assert await Server(plain()).fetch("https://inside.example/", allow_private=True)


async def test_no_redirect_leads_into_our_own_network() -> None:
    server = Server(redirect("http://127.0.0.1:8080/metrics"))

    with pytest.raises(Rejected, match="private network"):
        await server.fetch("http://calendar.example/")
    assert len(server.asked) == 1


@pytest.mark.parametrize("machine", ["1.1.1.1", "2606:4700::1111"])
def test_the_internet_is_public(machine: str) -> None:
    assert is_public(machine)


REFUSED = [
    pytest.param(
        [redirect("http://calendar.example/")], "from https to http", id="a redirect that undresses"
    ),
    pytest.param([redirect(URL)] * 4, "more than 3 times", id="a redirect in a circle"),
    pytest.param([redirect("ftp://calendar.example/")], "not a web address", id="another protocol"),
    pytest.param([plain(b"x" * (MOST_BYTES + 1))], "larger than 2 MiB", id="a huge calendar"),
    pytest.param(
        [plain(b"\x1f\x8b", **{"Content-Encoding": "gzip"})], "compressed", id="compressed all the same"
    ),
    pytest.param([plain("Über".encode("latin-1"))], "no text in the encoding", id="another encoding"),
    pytest.param([redirect("https://x:99999/")], "not a web address", id="a redirect to nonsense"),
    pytest.param([in_charset("klingon")], "no text in the encoding", id="an encoding that does not exist"),
    pytest.param([in_charset("punycode")], "do not read", id="an encoding that takes for ever"),
    pytest.param([in_charset("unicode_escape")], "do not read", id="an encoding of programs"),
    pytest.param([plain(b"BEGIN\0")], "NUL", id="a NUL, which no database keeps"),
    pytest.param([httpx.Response(403)], "HTTP 403", id="a refusal"),
]


@pytest.mark.parametrize(("answers", "reason"), REFUSED)
async def test_what_is_no_calendar_is_refused(answers: list[httpx.Response], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        await Server(*answers).fetch()


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        pytest.param(URL, httpx.Response(503), id="a server that is busy"),
        pytest.param(URL, httpx.ReadTimeout(""), id="a server that hangs"),
        pytest.param(URL, httpx.ConnectError(""), id="a server that is down"),
        pytest.param("https://unknown.example/", httpx.Response(200), id="a host that nobody knows"),
        pytest.param("https://nowhere.example/", httpx.Response(200), id="a host without a machine"),
    ],
)
async def test_what_may_pass_is_tried_again(url: str, answer: httpx.Response | httpx.HTTPError) -> None:
    with pytest.raises(RetryLater):
        await Server(answer).fetch(url)


@pytest.mark.parametrize(
    "url", ["calendar.ics", "file:///etc/passwd", "https://", "https://x:99999/", "http://[::"]
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Rejected, match="not a web address"):
        await Server().fetch(url)


@pytest.mark.parametrize(("answers", "reason"), REFUSED)
async def test_no_failure_names_the_address(answers: list[httpx.Response], reason: str) -> None:
    with pytest.raises(Rejected) as failure:
        await Server(*answers).fetch()

    assert "secret-of-ada" not in str(failure.value)
    assert failure.value.__cause__ is None


async def test_another_encoding_is_read_if_the_server_says_so() -> None:
    answer = plain("Über".encode("latin-1"), **{"Content-Type": "text/calendar; charset=iso-8859-1"})
    fetched = await Server(answer).fetch()

    assert fetched
    assert fetched.text == "Über"


async def test_a_mark_of_byte_order_is_not_part_of_the_text() -> None:
    fetched = await Server(plain(b"\xef\xbb\xbfBEGIN")).fetch()

    assert fetched
    assert fetched.text == "BEGIN"
