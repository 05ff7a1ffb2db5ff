"""What becomes of a mail when the relay does this or that? Against a real SMTP server."""

import ipaddress
import ssl
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from blocks import SmtpMail
from blocks.smtp import Tls
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome
from tests.blocks.relay import Relay, relay
from tests.blocks.rigs import PAGE, SECRET, StoppedClock

# The relay takes passwords in clear: it is on loopback, and few of these tests are about TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

ANN = "ann@example.com"


async def test_a_page_arrives_as_text_and_as_html() -> None:
    with relay() as server:
        block = server.mail()
        block._clock = StoppedClock()
        receipt = await block.deliver(ANN, PAGE)
    (mail,) = server.mails
    assert mail["Subject"] == PAGE.subject
    assert mail["From"] == "Incidents <incidents@example.com>"
    assert mail["To"] == ANN
    assert mail["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert mail["Importance"] == "high"
    assert mail["Message-ID"] == receipt.provider_id
    text, html = (part.get_content().strip() for part in mail.iter_parts())
    assert (text.splitlines(), html) == (PAGE.text.splitlines(), PAGE.html)
    assert server.envelopes[0].mail_from == "incidents@example.com"
    assert server.envelopes[0].rcpt_tos == [ANN]


async def test_a_message_without_html_is_plain_text() -> None:
    with relay() as server:
        await server.mail().send(ANN, "INC-42/update/1/ann", "Update", "Perché? Così.\n.\nFrom here")
    (mail,) = server.mails
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["Perché? Così.", ".", "From here"]
    assert mail["Importance"] is None


async def test_the_right_password_lets_us_in() -> None:
    with relay(password=SECRET) as server:
        await server.mail(username="ann", password=SECRET).deliver(ANN, PAGE)
    assert len(server.mails) == 1


def refusal(**replies: str | None) -> dict[str, str | None]:
    return replies


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        pytest.param(refusal(MAIL="550 not you"), Rejected, id="the sender is not allowed"),
        pytest.param(refusal(RCPT="550 no such user"), Rejected, id="the recipient does not exist"),
        pytest.param(refusal(RCPT="451 greylisted"), RetryLater, id="the recipient is greylisted"),
        pytest.param(refusal(RCPT="421 going down"), RetryLater, id="the relay is going down"),
        pytest.param(refusal(DATA="552 too much"), Rejected, id="the mail is refused"),
        pytest.param(refusal(DATA="451 disk full"), RetryLater, id="the mail is refused for now"),
        pytest.param(refusal(RCPT=None), RetryLater, id="the connection drops before the mail"),
        pytest.param(refusal(DATA=None), UnknownOutcome, id="the connection drops after the mail"),
    ],
)
async def test_whose_turn_it_is_when(replies: dict[str, str | None], kind: type[ConnectionFailure]) -> None:
    with relay(replies) as server:
        await expect(kind, server.mail())


async def expect(kind: type[ConnectionFailure], block: SmtpMail) -> ConnectionFailure:
    with pytest.raises(ConnectionFailure) as caught:
        await block.deliver(ANN, PAGE)
    shown = "".join(traceback.format_exception(caught.value))
    for hidden in (SECRET, "wrong", ANN, "no such user", "127.0.0.1"):
        assert hidden not in shown
    assert type(caught.value) is kind
    return caught.value


async def test_a_wrong_password_is_rejected_with_its_status() -> None:
    with relay(password=SECRET) as server:
        error = await expect(Rejected, server.mail(username="ann", password="wrong"))
    assert str(error) == "SMTPAuthenticationError: SMTP 535"
    assert server.mails == []


async def test_a_relay_that_wants_a_password_rejects_who_has_none() -> None:
    with relay(password=SECRET) as server:
        await expect(Rejected, server.mail())


async def test_a_relay_that_is_not_there_is_tried_again_later() -> None:
    with relay() as server:
        block = server.mail()
    await expect(RetryLater, block)


async def test_a_relay_without_starttls_never_gets_a_mail_in_clear() -> None:
    with relay() as server:
        await expect(Rejected, server.mail(tls=Tls.STARTTLS))
    assert server.mails == []


@pytest.mark.parametrize(
    "to", ["", "ann", "ann@", "a@b, c@d", "a@b\r\nBcc: eve@example.com", "a@b\nX", "<a@b> c", "ä@b.it"]
)
async def test_an_address_that_is_not_one_plain_address_is_rejected(to: str) -> None:
    with relay() as server, pytest.raises(Rejected) as caught:
        await server.mail().deliver(to, PAGE)
    assert server.mails == []
    assert not to or to not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d"])
def test_a_block_cannot_have_a_sender_that_is_not_one_plain_address(sender: str) -> None:
    with pytest.raises(ValidationError):
        SmtpMail(host="127.0.0.1", from_address=sender)


async def test_a_slow_goodbye_does_not_undo_the_mail() -> None:
    with relay() as server:
        server.goodbye_after = 8
        began = time.monotonic()
        await server.mail().deliver(ANN, PAGE)
        assert time.monotonic() - began < 7
    assert len(server.mails) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "relay.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def encrypted(tls: Tls, certificate: Path) -> Iterator[Relay]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with relay(**{tls.value: context}) as server:
        yield server


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
async def test_a_trusted_relay_gets_the_mail_encrypted(tls: Tls, certificate: Path) -> None:
    with encrypted(tls, certificate) as server:
        block = server.mail(tls=tls)
        block._tls_context = ssl.create_default_context(cafile=str(certificate))
        await block.deliver(ANN, PAGE)
    assert len(server.mails) == 1


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
async def test_a_relay_that_nobody_vouches_for_gets_nothing(tls: Tls, certificate: Path) -> None:
    with encrypted(tls, certificate) as server:
        error = await expect(Rejected, server.mail(tls=tls))
    assert "certificate" in str(error)
    assert server.mails == []
