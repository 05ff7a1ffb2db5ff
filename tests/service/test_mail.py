"""Is a mail durable before it is answered with 250, and refused with a clear word otherwise?"""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest

from incident.alert import AlertStatus, EndState
from ledger.engine import Ledger
from ledger.tables import AlertRow, DeliveryRow
from service.mail_door import MOST_RECIPIENTS
from service.mail_server import MailServer
from tasks.surroundings import within
from tests.house import ENVIRONMENT, IMPATIENT, House
from tests.loopback_certificate import self_signed

T = TypeVar("T")
TOKEN = "a-token-of-mails"
ADDRESS = f"backups+{TOKEN}@incidents.example"
SOURCES = {
    "backups": {"dialect": "mail"},
    "lights": {"dialect": "mail", "mail": {"proof": "sender", "senders": ["@machines.example"]}},
    "generic": {"dialect": "generic"},
}
MAIL_IN = {"port": 0, "connections": 3, "patience": "30s", "largest_kib": 64}


class Office:
    """A house whose door for mail is open, and who writes to it."""

    def __init__(self, house: House, server: MailServer) -> None:
        self.house, self.server = house, server

    async def with_client(self, use: Callable[[smtplib.SMTP], T]) -> T:
        """Use a client of the standard library, in a thread of its own."""

        def connected() -> T:
            with smtplib.SMTP("127.0.0.1", self.server.port, timeout=10) as client:
                return use(client)

        return await asyncio.to_thread(connected)

    async def send(self, mail: bytes, to: str = ADDRESS, **how: Any) -> Any:
        """Send one mail; what came back for recipients that were refused."""
        sender = how.get("sender", "cron@db1.example")
        return await self.with_client(lambda client: client.sendmail(sender, [to], mail))

    async def refused(self, mail: bytes, to: str, **how: Any) -> str:
        """The answer to a mail that is not taken."""
        with pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)) as refusal:
            await self.send(mail, to, **how)
        error = refusal.value
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            ((code, said),) = error.recipients.values()
        else:
            code, said = error.smtp_code, error.smtp_error
        return f"{code} {said.decode() if isinstance(said, bytes) else said}"


def mail(subject: str = "[PROBLEM] db1: disk at 91 %", text: str = "Look at it.", **headers: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Cron <cron@db1.example>"
    message["Date"], message["Message-ID"] = "Mon, 23 Nov 2026 03:10:00 +0000", "<1@db1.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return bytes(message)


@pytest.fixture
async def office(house: House) -> AsyncIterator[Office]:
    house.environment = {**ENVIRONMENT, "INCIDENT_TOKEN_BACKUPS": TOKEN}
    house.__post_init__()
    house.employ(sources=SOURCES, mail_in=MAIL_IN)
    with within(house.surroundings):
        server = MailServer()
        await server.look()
        yield Office(house, server)
        await server.close()


def alerts(office: Office) -> list[tuple[str, AlertStatus, EndState | None]]:
    return [(row.alert.title, row.status, row.end_state) for row in office.house.desk.rows(AlertRow)]


async def test_a_mail_opens_an_incident_and_the_one_that_follows_resolves_it(office: Office) -> None:
    assert await office.send(mail()) == {}
    assert await office.send(mail("[RECOVERY] db1: disk at 45 %")) == {}
    assert alerts(office) == [
        ("[PROBLEM] db1: disk at 91 %", AlertStatus.FIRING, EndState.OPENED),
        ("[RECOVERY] db1: disk at 45 %", AlertStatus.RESOLVED, EndState.RESOLVED),
    ]
    first, second = office.house.desk.rows(AlertRow)
    assert (first.source, first.fingerprint) == (second.source, second.fingerprint)
    assert first.alert.description == "Look at it."


async def test_the_token_is_kept_nowhere(office: Office) -> None:
    await office.send(mail(To=f"backups+{TOKEN}@incidents.example"))
    (delivery,) = office.house.desk.rows(DeliveryRow)
    assert TOKEN.encode() not in delivery.body
    assert b"backups+***@incidents.example" in delivery.body


async def test_what_follows_a_plus_and_is_no_token_changes_nothing_in_the_mail(office: Office) -> None:
    await office.send(mail(), "lights+e@incidents.example", sender="roof@machines.example")
    (delivery,) = office.house.desk.rows(DeliveryRow)
    assert b"***" not in delivery.body


async def test_a_sender_may_log_in_with_the_token_instead(office: Office) -> None:
    def logged_in(client: smtplib.SMTP) -> object:
        client.login("backups", TOKEN)
        return client.sendmail("cron@db1.example", ["backups@incidents.example"], mail())

    assert await office.with_client(logged_in) == {}
    assert len(alerts(office)) == 1


@pytest.mark.parametrize(
    ("to", "answer"),
    [
        pytest.param("nobody+x@incidents.example", "550 5.1.1 no source", id="an address that is none"),
        pytest.param("generic+x@incidents.example", "550 5.1.1 no source", id="a source that takes no mail"),
        pytest.param("backups@incidents.example", "550 5.7.1 the token is wrong", id="no token"),
        pytest.param("backups+wrong@incidents.example", "550 5.7.1 the token is wrong", id="a wrong token"),
        pytest.param("lights@incidents.example", "550 5.7.1 this sender is not among", id="a stranger"),
    ],
)
async def test_a_mail_that_is_not_for_us_is_refused_in_clear_words(
    office: Office, to: str, answer: str
) -> None:
    assert (await office.refused(mail(), to)).startswith(answer)
    assert office.house.desk.rows(DeliveryRow) == []


async def test_where_the_sender_is_proof_enough_it_needs_no_token(office: Office) -> None:
    assert await office.send(mail(), "lights@incidents.example", sender="roof@Machines.example") == {}


async def test_a_login_with_the_token_of_another_source_is_worth_nothing(office: Office) -> None:
    def wrongly(client: smtplib.SMTP) -> object:
        client.login("lights", TOKEN)
        return client.sendmail("cron@db1.example", ["backups@incidents.example"], mail())

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await office.with_client(wrongly)


async def test_while_the_ledger_is_away_the_sender_is_asked_to_come_again(office: Office) -> None:
    another = Ledger(office.house.ledger.url, patience=IMPATIENT)
    with another.transaction() as session:
        session.connection()
        answer = await office.refused(mail(), f"backups+{TOKEN}@incidents.example")
    another.close()
    assert answer == "451 4.3.0 the ledger is away; come again later"
    assert await office.send(mail()) == {}
    assert len(alerts(office)) == 1


async def test_a_mail_that_is_too_large_is_refused(office: Office) -> None:
    def large(client: smtplib.SMTP) -> tuple[int, bytes]:
        client.helo()  # says no size beforehand
        client.mail("cron@db1.example")
        client.rcpt(f"backups+{TOKEN}@incidents.example")
        return client.data(mail(text="x " * 70_000))

    code, said = await office.with_client(large)
    assert (code, b"Too much" in said) == (552, True)
    assert office.house.desk.rows(DeliveryRow) == []


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Auto_Submitted": "auto-replied (vacation)"}, id="an automatic reply"),
        pytest.param({"X_Incident": "INC-1"}, id="one of our own"),
        pytest.param({"Return_Path": "<>"}, id="a bounce"),
    ],
)
async def test_no_two_machines_write_to_each_other_for_ever(office: Office, headers: dict[str, str]) -> None:
    assert await office.send(mail(**headers)) == {}
    (delivery,) = office.house.desk.rows(DeliveryRow)
    assert "it is no alert" in delivery.remarks[0]
    assert alerts(office) == []


async def test_a_monitor_that_calls_its_mail_automatic_is_believed(office: Office) -> None:
    await office.send(mail(Auto_Submitted="auto-generated"))
    assert len(alerts(office)) == 1


async def test_one_mail_for_too_many_is_refused_for_those_who_are_too_many(office: Office) -> None:
    everybody = [f"backups+{TOKEN}@n{number}.example" for number in range(MOST_RECIPIENTS + 1)]
    refused = await office.with_client(lambda client: client.sendmail("a@b.example", everybody, mail()))
    assert {code for code, _ in refused.values()} == {452}
    assert len(refused) == 1


async def test_more_connections_than_allowed_are_told_to_come_again(office: Office) -> None:
    def crowd() -> bytes:
        address = ("127.0.0.1", office.server.port)
        others = [socket.create_connection(address, timeout=5) for _ in range(3)]
        greetings = [other.recv(100) for other in others]
        assert all(greeting.startswith(b"220") for greeting in greetings)
        with socket.create_connection(address, timeout=5) as late:
            said = late.recv(100)
        for other in others:
            other.close()
        return said

    assert (await asyncio.to_thread(crowd)).startswith(b"421 4.7.0 too many connections")
    await asyncio.sleep(0.1)
    assert await office.send(mail()) == {}


async def test_whoever_says_nothing_is_hung_up_on(office: Office) -> None:
    office.house.employ(sources=SOURCES, mail_in=MAIL_IN | {"patience": "300ms"})
    await office.server.look()

    def silent() -> bytes:
        with socket.create_connection(("127.0.0.1", office.server.port), timeout=10) as quiet:
            said = b""
            while more := quiet.recv(100):
                said += more
            return said

    assert (await asyncio.to_thread(silent)).startswith(b"220")


async def test_the_door_follows_the_configuration(house: House) -> None:
    with within(house.surroundings):
        server = MailServer()
        await server.look()
        assert server.port == 0
        house.employ(sources=SOURCES, mail_in=MAIL_IN)
        await server.look()
        assert server.port > 0
        house.employ(sources={"generic": {"dialect": "generic"}})
        await server.look()
        assert server.port == 0


async def test_a_port_that_is_busy_is_a_problem_and_not_the_end(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, within(house.surroundings):
        house.employ(sources=SOURCES, mail_in=MAIL_IN | {"port": taken.getsockname()[1]})
        server = MailServer()
        await server.look()
        assert "mail cannot come in at 127.0.0.1" in server.problem
        assert server.port == 0


class TestWithACertificate:
    @pytest.fixture
    def trusted(self, tmp_path: Path) -> Path:
        return self_signed(tmp_path)[0]

    @pytest.fixture
    async def safe(self, office: Office, trusted: Path, host: str) -> Office:
        """The office, after its door got a certificate with its key in one file."""
        both = trusted.with_name("mail.pem")
        both.write_bytes(trusted.read_bytes() + trusted.with_name("key.pem").read_bytes())
        office.house.employ(sources=SOURCES, mail_in=MAIL_IN | {"certificate": str(both), "host": host})
        await office.server.look()
        return office

    @pytest.mark.parametrize("host", ["127.0.0.1"])
    async def test_a_mail_may_come_encrypted(self, safe: Office, trusted: Path) -> None:
        def encrypted(client: smtplib.SMTP) -> object:
            client.starttls(context=ssl.create_default_context(cafile=str(trusted)))
            assert client.sock is not None
            return client.sock.version(), client.sendmail("a@b.example", [ADDRESS], mail())

        version, refused = await safe.with_client(encrypted)
        assert (version.startswith("TLS"), refused, len(alerts(safe))) == (True, {}, 1)

    @pytest.mark.parametrize("host", ["127.1"])
    async def test_beyond_this_machine_a_login_must(self, safe: Office, trusted: Path) -> None:
        """This way of writing 127.0.0.1 is not known to be this machine."""

        def logged_in(client: smtplib.SMTP) -> object:
            with pytest.raises(smtplib.SMTPNotSupportedError):
                client.login("backups", TOKEN)
            client.starttls(context=ssl.create_default_context(cafile=str(trusted)))
            client.login("backups", TOKEN)
            return client.sendmail("a@b.example", ["backups@incidents.example"], mail())

        assert await safe.with_client(logged_in) == {}
        assert len(alerts(safe)) == 1
