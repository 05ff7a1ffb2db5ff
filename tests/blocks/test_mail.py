"""Can nothing but a mail of ours be made, and do the mails of one incident thread?"""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.mail import POLICY, address, compose, one_line

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENDER, ANN = address("Incidents <incidents@example.com>"), address("ann@example.com")
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "X-Incident",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
]


def read(key: str = "INC-1/page/1", subject: str = "s", text: str = "t", html: str = "") -> EmailMessage:
    mail = compose(SENDER, ANN, key, subject=subject, text=text, html=html, now=NOW)
    parsed = message_from_bytes(mail.as_bytes(policy=POLICY), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_the_same_key_gives_the_same_message_id() -> None:
    assert read("INC-1/page/1")["Message-ID"] == read("INC-1/page/1", subject="other")["Message-ID"]


def test_another_key_gives_another_message_id() -> None:
    assert read("INC-1/page/1")["Message-ID"] != read("INC-1/page/2")["Message-ID"]


def test_the_mails_of_one_incident_refer_to_the_same_thread() -> None:
    page, update, other = read("INC-1/page/1"), read("INC-1/update/1"), read("INC-12/page/1")
    assert page["References"] == update["References"] == page["In-Reply-To"]
    assert page["References"] != other["References"]
    assert [mail["X-Incident"] for mail in (page, update, other)] == ["INC-1", "INC-1", "INC-12"]


def test_a_mail_says_that_no_person_wrote_it() -> None:
    assert read()["Auto-Submitted"] == "auto-generated"


def test_every_line_is_short_ascii_whatever_the_text() -> None:
    mail = compose(
        SENDER, ANN, "INC-1/x", subject="è" * 500, text="ñ" * 5000, html="<p>" + "x" * 5000, now=NOW
    )
    lines = mail.as_bytes(policy=POLICY).split(b"\r\n")
    assert all(len(line) <= 998 and line.isascii() for line in lines)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0"])
def test_no_kind_of_line_end_begins_a_header(end: str) -> None:
    mail = read(f"INC-1/x{end}Bcc: eve@example.com", subject=f"down{end}Bcc: eve@example.com{end}{end}body")
    assert mail.keys() == HEADERS
    assert mail["Subject"] == "down Bcc: eve@example.com body"


@given(key=st.text(), subject=st.text(), text=st.text(), html=st.text())
def test_whatever_is_said_the_headers_are_ours(key: str, subject: str, text: str, html: str) -> None:
    mail = read(key, subject, text, html)
    assert set(mail.keys()) <= set(HEADERS)
    assert mail["To"].addresses == (ANN,)
    assert mail.get_body(("plain",)) is not None


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
