"""Whose telephones ring in these tests? Two people with numbers, over Twilio, Kannel and SIP."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from blocks.twilio_signature import HEADER, signature
from ledger.notification_tables import NotificationRow
from ledger.notifications import about_to_send, notification_sent, take_due
from ledger.tables import PageRow
from tests.blocks.rig_twilio import ACCOUNT, TOKEN
from tests.house import BASE_URL, House
from tests.prefect_server import free_port

ALICE, BOB = "+39 333 1234567", "+15558675310"
REPLY_PASSWORD = "r3ply-pw"
TWILIO = {"account_sid": ACCOUNT, "auth_token": {"env": "TWILIO"}, "sender": "+15017122661"}
CONNECTIONS = {
    "mail": {"type": "smtp-mail", "host": "localhost", "from_address": "incidents@example.org"},
    "sms": {"type": "twilio-text", **TWILIO, "takes_replies": True},
    "call": {"type": "twilio-call", **TWILIO},
    "phone": {"type": "sip-call", "address": "127.0.0.1"},
    "gateway": {
        "type": "kannel-text",
        "server": "http://127.0.0.1:13013",
        "username": "incidents",
        "password": {"env": "KANNEL"},
        "reply_password": {"env": "KANNEL_REPLY"},
    },
}
SECRETS = {"TWILIO": TOKEN, "KANNEL": "s3nd", "KANNEL_REPLY": REPLY_PASSWORD}


@contextmanager
def without_prefect() -> Iterator[None]:
    """No Prefect answers, and its client starts none of its own."""
    nowhere = {PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(updates=nowhere):
        yield


def connected(house: House, *methods: str) -> None:
    """Give alice these ways to be paged, and her and bob a telephone."""
    house.environment = {**house.environment, **SECRETS}
    house.__post_init__()
    people: dict[str, Any] = {
        "alice": {
            "name": "Alice",
            "language": "it",
            "contacts": [{"via": via, "to": ALICE} for via in methods],
        },
        "bob": {"name": "Bob", "email": "bob@example.org", "contacts": [{"via": "sms", "to": BOB}]},
    }
    services = {"checkout": {"policy": "checkout"}, "search": {"policy": "checkout"}}
    house.employ(connections=CONNECTIONS, people=people, services=services)


def paged(house: House, provider_id: str = "SM1") -> NotificationRow:
    """An incident for which alice was just paged by her first method."""
    house.desk.open(fingerprint=f"f{len(house.desk.rows(PageRow))}")
    number = len(house.desk.rows(PageRow))
    house.desk.climb(0)
    page = house.desk.rows(PageRow)[number]
    (due,) = house.ledger.write(take_due, page.id, house.clock())
    house.ledger.write(about_to_send, due, house.clock())
    house.ledger.write(notification_sent, due, provider_id, house.clock())
    return house.desk.rows(NotificationRow)[due - 1]


def callback(house: House, row: NotificationRow, via: str = "") -> str:
    """The address below which the provider of a notification speaks."""
    return house.links.callback(
        row.id or 0, via or row.via, row.page_id, row.person, "INC-1", house.clock()
    ).removeprefix(BASE_URL)


def signed(path: str, fields: dict[str, str], token: str = TOKEN) -> dict[str, Any]:
    """What a client posts so that it is a call of Twilio."""
    form: Sequence[tuple[str, str]] = tuple({"AccountSid": ACCOUNT, **fields}.items())
    return {"data": dict(form), "headers": {HEADER: signature(token, BASE_URL + path, form)}}
