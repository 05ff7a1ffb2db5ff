"""Does a command do its part in Prefect, when there is a real server?"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from blocks import MatrixChat, SignedWebhook
from blocks.catalogue import load
from incident.publication import CalendarOf
from ledger.configurations import accept_configuration
from ledger.tables import EffectRow, RunRow
from service.matrix_registration import read_registration
from service.registration import keep_secrets, register_deployments, register_pool
from service.worker import IncidentWorker
from tasks.links import Links
from tests.incident.organisations import organisation
from tests.prefect_server import prefect_server
from tests.service.cli.terminal import ConnectedTerminal

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def prefect_url() -> Iterator[str]:
    """A server that knows our deployments and keeps our secrets, as `incident up` leaves it."""
    with prefect_server() as server:
        with temporary_settings({PREFECT_API_URL: server.url}):
            asyncio.run(_register())
        yield server.url


async def _register() -> None:
    async with get_client() as client:
        await register_pool(client, IncidentWorker.type)
        await register_deployments(client)
    await keep_secrets(organisation())


async def _kept(name: str) -> str:
    secret: Secret[str] = await Secret[str].aload(name)
    return secret.get()


@pytest.fixture
def terminal(
    terminal: ConnectedTerminal, prefect_url: str, monkeypatch: pytest.MonkeyPatch
) -> ConnectedTerminal:
    """The terminal of a system whose Prefect answers."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_url)
    mail = {"connections": {"mail": {"type": "console-pager"}}, "use": {"mail": "mail"}}
    terminal.ledger.write(accept_configuration, organisation(**mail), datetime.now(UTC))
    return terminal


def test_declaring_starts_the_runs_at_once(terminal: ConnectedTerminal) -> None:
    done = terminal.run("declare", "--service", "checkout", "--title", "Nobody can pay", "--as", "bob")
    assert done.stdout.splitlines() == ["INC-1 opened", "http://127.0.0.1:8080/incidents/INC-1"]
    assert all(run.flow_run_id for run in terminal.desk.rows(RunRow))


def test_whoever_gets_a_role_gets_the_card_with_it(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    done = terminal.run("assign", "INC-1", "incident_manager", "bob", "--as", "alice")
    assert done.stdout.splitlines()[-1] == "bob is incident manager of INC-1"
    done_for_bob = {effect.name for effect in terminal.desk.rows(EffectRow) if effect.finished_at}
    assert "mail/role-card/incident_manager/bob@example.org" in done_for_bob


def test_an_answer_without_a_run_is_left_to_the_watchdog(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    done = terminal.run("decide", "INC-1", "--as", "bob", "--severity", "2", "--impact", "Nobody can pay")
    assert done.stdout == "assess-1 of INC-1 is answered; the run goes on within seconds\n"


def test_the_address_of_a_calendar_is_signed_with_the_key_that_prefect_keeps(
    terminal: ConnectedTerminal, prefect_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INCIDENT_SIGNING_KEY", raising=False)
    with temporary_settings({PREFECT_API_URL: prefect_url}):
        key = asyncio.run(_kept("incident-signing-key"))

    url = terminal.run("oncall", "feed", "--person", "bob").stdout.strip()

    assert url == Links("http://127.0.0.1:8080", key).feed(CalendarOf.PERSON, "bob")


def test_a_connection_is_saved_and_tried(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console takes the test message, in the words of the organisation."""
    done = terminal.run("connect", "console-pager", "Night desk", "--to", "ann")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "saved as console-pager/night-desk; it can be edited in the Prefect UI under Blocks"
    assert any("A test from the incident response of" in line for line in lines)
    assert lines[-4].startswith("a test message to ann was taken: ")
    assert lines[-3:] == [
        "write into incident.yaml:",
        "connections:",
        "  night-desk: {block: console-pager/night-desk}",
    ]


def test_a_secret_comes_from_the_environment_and_is_never_printed(
    terminal: ConnectedTerminal, prefect_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "correct-horse")
    done = terminal.run("connect", "signed-webhook", "--secret", "secret=HOOK_SECRET", "--no-trial")
    assert done.exit_code == 0, done.output
    assert "correct-horse" not in done.output
    with temporary_settings({PREFECT_API_URL: prefect_url}):
        saved = asyncio.run(load("signed-webhook/signed-webhook"))
    assert isinstance(saved, SignedWebhook)
    assert saved.secret.get_secret_value() == "correct-horse"


def test_an_application_service_of_matrix_is_registered_once(
    terminal: ConnectedTerminal, prefect_url: str, tmp_path: Path
) -> None:
    """The first time the file is written; afterwards its secrets are those of the connection."""
    file = tmp_path / "as.yaml"
    matrix = ("--set", "homeserver=https://matrix.example.com", "--registration", str(file), "--no-trial")
    first = terminal.run("connect", "matrix-chat", "ops", *matrix)
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[1].startswith(f"wrote {file}")
    again = terminal.run("connect", "matrix-chat", "ops", *matrix)
    assert again.stdout.splitlines()[1:] == first.stdout.splitlines()[6:]
    with temporary_settings({PREFECT_API_URL: prefect_url}):
        saved = asyncio.run(load("matrix-chat/ops"))
    written = read_registration(file)
    assert isinstance(saved, MatrixChat)
    assert written
    assert saved.hs_token
    assert (saved.hs_token.get_secret_value(), saved.token.get_secret_value()) == (
        written.hs_token,
        written.as_token,
    )
    assert not [token for token in written.settings().values() if len(token) > 20 and token in first.output]


def test_what_is_missing_is_named_where_nobody_can_be_asked(terminal: ConnectedTerminal) -> None:
    assert terminal.fails("connect", "ntfy-push", "--set", "topic=x").startswith(
        "ntfy-push.topic: ntfy-push has no such setting; it has "
    )
    assert terminal.fails("connect", "signed-webhook").endswith("give it with --secret NAME=VARIABLE")
    assert "did you mean slack-chat?" in terminal.fails("connect", "slak-chat")
