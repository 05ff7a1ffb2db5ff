"""Does a page reach a telephone through a real Kannel, and does its answer come back?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, select

from blocks import KannelSms
from incident.delivery import DeliveryState
from incident.errors import Rejected
from ledger.escalations import advance
from ledger.notification_tables import NotificationRow
from ledger.tables import EscalationRow
from tasks.notify import by_hand, reach_person
from tasks.surroundings import within
from tests.prefect_server import free_port
from tests.senders.conftest import Place, serving
from tests.senders.kannel import PASSWORD, REPLY_PASSWORD, Kannel, kannel
from tests.senders.programs import soon

pytestmark = pytest.mark.senders

ALICE = "+393331234567"
SECRETS = {"KANNEL_PASSWORD": PASSWORD, "KANNEL_REPLY_PASSWORD": REPLY_PASSWORD}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Kannel]]:
    """Our doors, a gateway, and alice's telephone."""
    port = free_port()
    with serving(tmp_path_factory.mktemp("house"), port, SECRETS) as place, kannel(port, ALICE) as gateway:
        place.employ(organisation(gateway))
        yield place, gateway


def organisation(gateway: Kannel) -> dict[str, Any]:
    connection = {
        "type": "kannel-text",
        "server": gateway.server,
        "username": "incidents",
        "password": {"env": "KANNEL_PASSWORD"},
        "reply_password": {"env": "KANNEL_REPLY_PASSWORD"},
    }
    alice = {"name": "Alice", "language": "it", "contacts": [{"via": "gateway", "to": "+39 333 1234567"}]}
    return {
        "connections": {"gateway": connection},
        "use": {},
        "people": {"alice": alice, "bob": {"name": "Bob", "contacts": [{"via": "console"}]}},
        "policies": {"checkout": {"levels": [{"targets": [{"person": "alice"}]}]}},
        "schedules": {},
    }


def page(place: Place) -> None:
    """Wake whoever is to be woken, as the run of an escalation does."""
    surroundings = place.surroundings

    async def wake() -> None:
        await surroundings.ledger.awrite(advance, 1, surroundings.now())
        assert await reach_person(1, by_hand)

    with within(surroundings):
        asyncio.run(wake())


def first(session: Session) -> tuple[NotificationRow, EscalationRow]:
    return session.exec(select(NotificationRow)).one(), session.exec(select(EscalationRow)).one()


def test_a_page_reaches_the_telephone_and_1_acknowledges_it(gateway: tuple[Place, Kannel]) -> None:
    place, kannel = gateway
    place.post("alertmanager", alert("checkout: perch\u00e9 \u00ab31 %\u00bb?"))
    page(place)
    subject, link, prompt = kannel.phone.shows().splitlines()
    assert "INC-1 - SEV 1" in subject
    assert "perch\u00e9" in subject
    assert link.startswith(f"{place.url}/ack/")
    assert prompt == "Rispondi 1 per prendere in carico, 2 per passare avanti."

    delivered = soon(
        lambda: place.surroundings.ledger.read(first)[0].delivery, lambda: "a delivery report of Kannel"
    )
    assert delivered is DeliveryState.DELIVERED

    kannel.phone.writes("1")
    assert kannel.phone.shows().startswith("Hai preso in carico INC-1")
    assert place.surroundings.ledger.read(first)[1].acknowledged_by == "alice"


async def test_what_phones_have_no_letters_for_arrives_too(gateway: tuple[Place, Kannel]) -> None:
    _, kannel = gateway
    block = KannelSms(server=kannel.server, username="incidents", password=PASSWORD)
    await block.send(ALICE, "INC-1/update", "Update", "Платежи не работают 🔥 " * 10)
    assert kannel.phone.shows() == "Update\n" + ("Платежи не работают 🔥 " * 10).strip()


async def test_another_password_is_refused(gateway: tuple[Place, Kannel]) -> None:
    block = KannelSms(server=gateway[1].server, username="incidents", password="wrong")
    with pytest.raises(Rejected, match="403"):
        await block.send(ALICE, "INC-1/x", "Update", "We are looking.")


def alert(title: str) -> dict[str, Any]:
    labels = {"alertname": title, "service": "checkout", "severity": "critical"}
    started = "2026-11-23T03:09:00Z"
    one = {"status": "firing", "labels": labels, "startsAt": started, "fingerprint": "f1"}
    return {"version": "4", "status": "firing", "receiver": "incidents", "alerts": [one]}
