"""Does a patient client repeat what the server refused or never got, and only that?"""

from __future__ import annotations

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from service.patience import PatientTransport, patient_when_busy


class Server:
    """Gives the answers in order; the last one for good."""

    def __init__(self, *answers: int | type[Exception], headers: dict[str, str] | None = None) -> None:
        self.answers = list(answers)
        self.headers = headers or {}
        self.heard: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request.content)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return httpx.Response(answer, headers=self.headers)
        raise answer("nobody there")


def client_of(server: Server) -> httpx.AsyncClient:
    transport = PatientTransport(httpx.MockTransport(server), busy=(0, 0, 0), away=0)
    return httpx.AsyncClient(transport=transport, base_url="http://prefect.test")


@pytest.mark.parametrize(
    ("answers", "status", "attempts"),
    [
        pytest.param((200,), 200, 1, id="an answer is an answer"),
        pytest.param((503, 503, 201), 201, 3, id="a busy server is asked again"),
        pytest.param((503,), 503, 4, id="in the end busy is the answer"),
        pytest.param((500,), 500, 1, id="an error is not repeated"),
        pytest.param((409,), 409, 1, id="a refusal is not repeated"),
        pytest.param((httpx.ConnectError,) * 9 + (200,), 200, 10, id="an absent server is waited for"),
        pytest.param((503, httpx.ConnectTimeout, 200), 200, 3, id="busy, then away, then back"),
    ],
)
async def test_a_request_is_repeated_until_it_is_answered(
    answers: tuple[int | type[Exception], ...], status: int, attempts: int
) -> None:
    server = Server(*answers)
    async with client_of(server) as client:
        response = await client.post("/", content=b"whole")
    assert response.status_code == status
    assert server.heard == [b"whole"] * attempts


async def test_a_server_that_names_a_time_is_not_pressed() -> None:
    server = Server(503, headers={"Retry-After": "5"})
    async with client_of(server) as client:
        await client.get("/")
    assert len(server.heard) == 1


async def test_who_allows_no_retries_learns_at_once_that_nobody_is_there() -> None:
    server = Server(httpx.ConnectError)
    async with client_of(server) as client:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), pytest.raises(httpx.ConnectError):
            await client.get("/")
    assert len(server.heard) == 1


async def test_a_request_that_may_have_arrived_is_left_to_the_client() -> None:
    server = Server(httpx.ReadError, 200)
    async with client_of(server) as client:
        with pytest.raises(httpx.ReadError):
            await client.post("/")
    assert len(server.heard) == 1


async def test_everybody_shares_the_patient_client_while_it_lasts() -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        async with patient_when_busy():
            first, second = get_client(), get_client()
            async with first:
                with pytest.raises(httpx.ConnectError):  # nobody is waited for
                    await first.hello()
            async with patient_when_busy():
                assert get_client() is first
        assert first is second
        assert get_client() is not first
