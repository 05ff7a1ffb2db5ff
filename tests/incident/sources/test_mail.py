"""Is a mail read as its subject means it, in whatever way it was written?"""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from incident import sources
from incident.alert import Alert, AlertSeverity, AlertStatus
from incident.mail_rules import MailRules
from incident.sources import mail
from incident.sources.letters import LONGEST_TEXT, MOST_PARTS
from incident.sources.mail import condition_of, status_of

FIRING, RESOLVED, ACKNOWLEDGED = AlertStatus.FIRING, AlertStatus.RESOLVED, AlertStatus.ACKNOWLEDGED


def letter(subject: str = "PROBLEM: disk", text: str = "Full.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Cron <Cron@DB1.example>"
    message["Date"] = "Mon, 23 Nov 2026 04:10:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def read(written: EmailMessage | bytes, **rules: Any) -> sources.Understood:
    body = written if isinstance(written, bytes) else bytes(written)
    settings_of_source = MailRules.model_validate(rules)
    return sources.understand(lambda _: mail.parse(body, settings_of_source), None)


def one(written: EmailMessage | bytes, **rules: Any) -> Alert:
    (alert,) = read(written, **rules).alerts
    return alert


def test_a_mail_is_an_alert() -> None:
    assert one(letter("[PROBLEM] db1: disk critical")) == Alert(
        source="mail",
        fingerprint="mail-cron@db1.example-db1 disk",
        status=FIRING,
        title="[PROBLEM] db1: disk critical",
        description="Full.",
        severity=AlertSeverity.CRITICAL,
        severity_native="critical",
        labels={"from": "cron@db1.example"},
        starts_at=datetime(2026, 11, 23, 3, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("firing", "resolved"),
    [
        (
            "** PROBLEM Service Alert: web01/HTTP is CRITICAL **",
            "** RECOVERY Service Alert: web01/HTTP is OK **",
        ),
        ("[FIRING:2] HighCPU (prod critical)", "[RESOLVED] HighCPU (prod critical)"),
        ("Monitor is DOWN: shop", "Monitor is UP: shop"),
        ('ALARM: "CPU" in eu-west-1', 'OK: "CPU" in eu-west-1'),
        ("Problem: High CPU on web01", "Resolved in 5m 3s: High CPU on web01"),
        ("Disk usage on db1 at 91 %", "Re: RESOLVED: Disk usage on db1 at 45.5%"),
        ("2026-11-23 03:10 Nightly job failed", "2026-11-24 03:10:11 Nightly job is back to normal"),
        ("Backup of db1 has failed", "Backup of db1 has recovered"),
    ],
)
def test_a_recovery_names_the_condition_of_its_problem(firing: str, resolved: str) -> None:
    assert (status_of(firing), status_of(resolved)) == (FIRING, RESOLVED)
    assert condition_of(firing) == condition_of(resolved)


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        pytest.param("Failed to set up db1", FIRING, id="a small up is no recovery"),
        pytest.param("Follow up on payments", FIRING, id="nor is this one"),
        pytest.param("Backup failed, not ok", FIRING, id="a small ok within is none"),
        pytest.param("db1", FIRING, id="without any word it fires"),
        pytest.param("", FIRING, id="without a subject, too"),
        pytest.param("ACKNOWLEDGEMENT: web01 is DOWN", ACKNOWLEDGED, id="the first word decides"),
        pytest.param("DOWNTIMESTART: web01", AlertStatus.INFO, id="a downtime is information"),
    ],
)
def test_the_first_of_the_usual_words_decides_and_in_doubt_it_fires(
    subject: str, status: AlertStatus
) -> None:
    assert status_of(subject) is status


@pytest.mark.parametrize(
    ("one_subject", "other"),
    [
        ("server 3 down", "server 4 down"),
        ("web01 down", "web02 down"),
        ("10.0.0.5 unreachable", "10.0.0.6 unreachable"),
        ("web1:9100 down", "web1:9200 down"),
        ("Ticket #12 failed", "Ticket #13 failed"),
    ],
)
def test_numbers_that_are_names_tell_conditions_apart(one_subject: str, other: str) -> None:
    assert condition_of(one_subject) != condition_of(other)


def test_the_same_subject_from_two_machines_is_two_conditions() -> None:
    other = letter()
    other.replace_header("From", "cron@db2.example")
    assert one(letter()).fingerprint != one(other).fingerprint


def test_patterns_of_the_file_have_the_first_word() -> None:
    rules = {"firing": ["^brennt"], "resolved": [r"geht wieder\b"]}
    assert one(letter("Brennt: db1"), **rules).status is FIRING
    assert one(letter("db1 geht wieder"), **rules).status is RESOLVED
    assert one(letter("db1 Wochenbericht"), **rules).status is AlertStatus.INFO
    assert one(letter("db1 is DOWN"), resolved=["geht wieder"]).status is FIRING


def test_a_thread_may_name_the_condition() -> None:
    first = letter("db1", Message_ID="<1@db1>")
    reply = letter("another subject", Message_ID="<2@db1>", In_Reply_To="<1@db1>")
    later = letter("and another", Message_ID="<3@db1>", References="<1@db1> <2@db1>")
    names = {one(each, condition="thread").fingerprint for each in (first, reply, later)}
    assert names == {"mail-thread-1@db1"}


def test_html_is_read_without_its_markup() -> None:
    message = letter()
    message.set_content(
        "<style>p {}</style><p>Disk <b>full</b> &amp; slow</p><p>Look<br>now</p><script>x()</script>",
        subtype="html",
    )
    assert one(message).description == "Disk full & slow\n\nLook\nnow"


def test_plain_text_is_preferred_and_attachments_are_left_out_with_a_remark() -> None:
    message = letter()
    message.add_alternative("<p>Full in HTML.</p>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="disk.png")
    understood = read(message)
    assert understood.alerts[0].description == "Full."
    assert understood.remarks == ("1 attachment left out; only text is read",)


@pytest.mark.parametrize(
    ("raw", "title", "text"),
    [
        pytest.param(
            b"Subject: =?iso-8859-1?Q?Z=E4hler_steht?=\r\nFrom: a@b.example\r\n\r\nx",
            "Zähler steht",
            "x",
            id="an encoded subject",
        ),
        pytest.param(
            b"Subject: x\r\nFrom: a@b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nZ\xe4hler",
            "x",
            "Zähler",
            id="another character set",
        ),
        pytest.param(
            b"Subject: x\r\nFrom: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\nRnVsbC4=",
            "x",
            "Full.",
            id="base64",
        ),
        pytest.param(
            b"From: a@b.example\r\n\r\nDisk full\r\non db1", "Disk full", "Disk full\non db1", id="no subject"
        ),
        pytest.param(b"", "mail without a subject", "", id="no mail at all"),
    ],
)
def test_a_mail_is_read_however_it_is_written(raw: bytes, title: str, text: str) -> None:
    alert = one(raw)
    assert (alert.title, alert.description) == (title, text)


@pytest.mark.parametrize(
    ("raw", "remark"),
    [
        pytest.param(
            b"Subject: x\r\nFrom: a@b\r\nDate: yesterday\r\n\r\n",
            "'yesterday' is no date that can be read; the time of arrival counts",
            id="a date that is none",
        ),
        pytest.param(
            b"Subject: x\r\nFrom: a@b\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx",
            "'klingon' is no character set that is known; it was read as UTF-8",
            id="a character set that is none",
        ),
        pytest.param(
            b"Subject: x\r\nFrom: a@b\r\n\r\n" + b"y" * (LONGEST_TEXT + 1),
            f"the text is cut off after {LONGEST_TEXT} characters; the delivery has all of it",
            id="a text that is very long",
        ),
    ],
)
def test_what_could_not_be_read_is_said(raw: bytes, remark: str) -> None:
    assert read(raw).remarks == (remark,)


def test_parts_within_parts_without_end_are_not_followed() -> None:
    nested = b"Subject: deep\r\nFrom: a@b\r\n"
    for number in range(3000):
        nested += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
    assert one(nested).title == "deep"


def test_of_very_many_parts_the_first_are_read() -> None:
    parts = b"--b\r\n\r\nx\r\n" * (MOST_PARTS + 50)
    raw = b"Subject: many\r\nFrom: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts
    assert any(f"more than {MOST_PARTS} parts" in remark for remark in read(raw).remarks)


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        pytest.param({"firing": ["("]}, "is no regular expression", id="a pattern that is none"),
        pytest.param({"proof": "sender"}, "proof: sender needs senders:", id="anybody could send"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(rules: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        MailRules.model_validate(rules)


BROKEN = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [
                b"Subject: =?x-none?B?!!?=",
                b"Content-Type: multipart/mixed; boundary=b",
                b"Content-Type: text/html; charset*=''%",
                b"--b",
                b"Content-Transfer-Encoding: base64",
                b"Date: Mon, 99 Foo 20262 99:99",
                b"From: <<>>,,;",
                b"References: <<<>>",
                b"",
            ]
        ),
    ),
    max_size=25,
).map(b"\r\n".join)


@settings(max_examples=200, deadline=None)
@given(BROKEN)
def test_no_mail_however_broken_is_lost(broken: bytes) -> None:
    found = read(broken)
    assert len(found.alerts) == 1 or "it is no alert" in found.remarks[0]
