"""What does a mail of ours look like? The mails of one incident thread, and no header can be smuggled in."""

import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from blocks.keys import incident_of

POLICY = SMTP.clone(cte_type="7bit")  # every relay takes it, whatever it advertises
_NAME = r"""(?:"(?P<quoted>[^"<>\\]*)"|(?P<name>[^"<>@,;:\\]*?))"""
_SPEC = r"(?P<user>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@(?P<domain>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)"
_ADDRESS = re.compile(_SPEC)
_NAMED_ADDRESS = re.compile(rf"{_NAME}\s*<{_SPEC}>")
_MAX_SUBJECT = 250


def address(text: str) -> Address:
    """One address, with or without a name before it; ValueError for anything else, such as two of them."""
    found = _ADDRESS.fullmatch(text) or _NAMED_ADDRESS.fullmatch(text)
    if found is None or one_line(text) != text:
        raise ValueError("not one plain mail address")
    parts = found.groupdict(default="")
    name = parts.get("quoted", "") or parts.get("name", "")
    return Address(display_name=name, username=parts["user"], domain=parts["domain"])


def compose(
    sender: Address, to: Address, key: str, *, subject: str, text: str, html: str = "", now: datetime
) -> EmailMessage:
    """A mail with its body as text and, if there is one, as HTML; a key always gives the same Message-ID."""
    thread = f"<{_id_of(incident_of(key))}@{sender.domain}>"
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"] = sender, to
    mail.set_raw("Subject", _encoded("Subject", one_line(subject)[:_MAX_SUBJECT]))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{_id_of(key)}@{sender.domain}>"
    mail["In-Reply-To"] = mail["References"] = thread
    mail.set_raw("X-Incident", _encoded("X-Incident", one_line(incident_of(key))))
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(sendable(text))
    if html:
        mail.add_alternative(sendable(html), subtype="html")
    return mail


def one_line(text: str) -> str:
    """The text on one line: no line end or control character is left that could begin a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in sendable(text)).split())


def sendable(text: str) -> str:
    """The text without lone surrogates, which JSON may carry and no charset can."""
    return text.encode("utf-8", "replace").decode()


def _encoded(name: str, line: str) -> str:
    # Python 3.11 loses the blank between two words with accents when it folds a header by itself.
    return Header(line, "us-ascii" if line.isascii() else "utf-8", header_name=name).encode(linesep="\r\n")


def _id_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]
