"""The pages of what came in, in every state that they have."""

from collections.abc import Iterator
from typing import Any

from incident.alert import Alert, AlertSeverity, AlertStatus, EndState
from incident.configuration import Language
from incident.incoming import Asked, Came, Incoming, Line, Place
from templates.incoming import DeliveryPage, IncomingPage
from templates.pages import Actor, Page
from tests.stories import PEOPLE, at

HOSTILE = "<script>alert(1)</script>\"'{{7*7}} " + "x" * 300


def came(number: int, state: EndState | None, **changes: Any) -> Came:
    """An alert of a delivery of its own."""
    alert = Alert(
        source="alertmanager",
        fingerprint=f"f{number}",
        status=AlertStatus.FIRING,
        title="Error rate above 5 %",
        severity=AlertSeverity.CRITICAL,
        severity_native="page",
        labels={"host": "web-1", "region": "eu"},
        url="https://monitor.example/graph",
        starts_at=at(number),
    )
    values: dict[str, Any] = {
        "place": Place(delivery=number, alert=number),
        "source": alert.source,
        "received_at": at(number),
        "fingerprint": alert.fingerprint,
        "status": alert.status,
        "service": "checkout",
        "end_state": state,
        "reason": f"because of the rule for {state}",
        "incident": "INC-42" if state in (EndState.OPENED, EndState.ATTACHED, EndState.RESOLVED) else None,
        "alert": alert,
    }
    return Came(**{**values, **changes})


def incoming_pages(language: Language) -> Iterator[tuple[str, Page]]:
    """Pages by a name that says what they show."""
    common = {"now": at(45), "language": language, "people": PEOPLE}
    everything = [came(number, state) for number, state in enumerate([*EndState, None], start=1)]
    rejected = Came(
        place=Place(delivery=20), source="zabbix", received_at=at(20), reason="the body is no JSON"
    )
    hostile = came(21, EndState.OPENED, reason=HOSTILE, source=HOSTILE)
    lines = [Line(came=each, since=each.received_at) for each in (*everything, rejected, hostile)]
    lines[3] = lines[3].model_copy(update={"count": 37, "since": at(1)})
    known = {
        "sources": ("alertmanager", "zabbix"),
        "services": ("checkout",),
        "asked": Asked(text=HOSTILE[:90]),
    }
    page = Incoming(lines=tuple(reversed(lines)), older=Place(delivery=1, alert=1))
    yield "incoming", IncomingPage(incoming=page, **known, **common)
    actor = {"actor": Actor(person="bob", token="b0b"), "repeats": True, "before": Place(delivery=30)}
    yield "incoming for an actor", IncomingPage(incoming=page, **actor, **known, **common)
    yield "nothing incoming", IncomingPage(asked=Asked(), incoming=Incoming(lines=(), older=None), **common)
    delivery = {"number": 7, "source": "alertmanager", "received_at": at(1), **common}
    body = '{\n  "password": "••••••",\n  "note": "<b>no markup</b>"\n}'
    remarks = ("alerts[0].startsAt: 'soon' is no time",)
    yield "delivery", DeliveryPage(body=body, alerts=tuple(everything), remarks=remarks, **delivery)
    yield "rejected delivery", DeliveryPage(body="\x00", problem=HOSTILE, cut=True, more=True, **delivery)
