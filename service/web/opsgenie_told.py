"""How does Opsgenie's Alert API tell things? Its answers and its errors."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from incident.alert import AlertStatus
from incident.errors import NotFoundError
from ledger.sent_alerts import SentAlert, of_sender, sent_alert
from service.web.compatible import Trouble
from service.web.opsgenie_names import number_of, opaque

PROCESSED = {
    AlertStatus.FIRING: ("Create", "Created alert"),
    AlertStatus.ACKNOWLEDGED: ("Acknowledge", "Alert acknowledged"),
    AlertStatus.RESOLVED: ("Close", "Closed alert"),
    AlertStatus.INFO: ("AddNote", "Added note"),
}
"""By what a request said: what it asked for, and what is told when it was done."""


class _Answer(BaseModel):
    took: Annotated[float, Field(description="Seconds.")] = 0.0
    requestId: str = Field(default_factory=lambda: str(uuid4()))  # noqa: N815  their name


class RequestAccepted(_Answer):
    """The request is durable."""

    result: str = "Request will be processed"


class RequestStatus(BaseModel):
    """What became of a request."""

    action: str
    processedAt: AwareDatetime  # noqa: N815  their name
    integrationId: str  # noqa: N815  their name
    isSuccess: bool  # noqa: N815  their name
    success: bool
    status: str
    alertId: str  # noqa: N815  their name
    alias: str


class StatusAnswer(_Answer):
    """The answer about a request."""

    data: RequestStatus


class AlertTold(BaseModel):
    """An alert as its sender knows it."""

    id: str
    tinyId: str  # noqa: N815  their name
    alias: str
    message: str
    description: str
    status: Annotated[str, Field(description="open or closed")]
    acknowledged: bool
    isSeen: bool  # noqa: N815  their name
    snoozed: bool = False
    tags: list[str] = []
    count: int
    createdAt: AwareDatetime  # noqa: N815  their name
    updatedAt: AwareDatetime  # noqa: N815  their name
    lastOccurredAt: AwareDatetime  # noqa: N815  their name
    source: str
    owner: str
    priority: str
    entity: str
    details: dict[str, str]


class AlertAnswer(_Answer):
    """The answer about one alert."""

    data: AlertTold


class AlertsAnswer(_Answer):
    """The answer about several."""

    data: list[AlertTold]


class CountAnswer(_Answer):
    """How many there are."""

    data: dict[str, int]


def accepted(number: int, took: float) -> RequestAccepted:
    """A request that is durable as an alert of this number."""
    return RequestAccepted(requestId=opaque(number), took=round(took, 4))


def tell_request(session: Session, source: str, request_id: str) -> StatusAnswer:
    """What became of a request of this source.

    Raises:
        NotFoundError: it is not known, or not processed yet; Opsgenie says the same of both.
    """
    try:
        row = of_sender(session, source, number_of(request_id))
    except NotFoundError:
        row = None
    if row is None or row.end_state is None:
        raise NotFoundError("Request not found. It might not be processed, yet.")
    try:
        of_alert = opaque(sent_alert(session, source, row.fingerprint).number)
    except NotFoundError:
        of_alert = ""
    action, done = PROCESSED[row.status]
    status = RequestStatus(
        action=action,
        processedAt=row.received_at,
        integrationId=source,
        isSuccess=bool(of_alert),
        success=bool(of_alert),
        status=done if of_alert else "Alert does not exist",
        alertId=of_alert,
        alias=row.fingerprint,
    )
    return StatusAnswer(data=status)


def tell_alert(sent: SentAlert, source: str) -> AlertTold:
    """One alert."""
    alert = sent.alert
    taken = sent.acknowledged_by is not None or sent.status is AlertStatus.ACKNOWLEDGED
    return AlertTold(
        id=opaque(sent.number),
        tinyId=str(sent.number),
        alias=alert.fingerprint,
        message=alert.title,
        description=alert.description,
        status="open" if sent.is_open else "closed",
        acknowledged=taken,
        isSeen=taken,
        count=sent.fired,
        createdAt=sent.first_at,
        updatedAt=sent.changed_at,
        lastOccurredAt=sent.fired_at,
        source=source,
        owner=sent.acknowledged_by or "",
        priority=alert.severity_native or "",
        entity=alert.labels.get("entity", ""),
        details=alert.labels,
    )


def say_trouble(trouble: Trouble) -> Response:
    """Opsgenie's own body for what is wrong."""
    status = 400 if trouble.status == 415 else trouble.status  # noqa: PLR2004  which it does not know
    said: dict[str, Any] = {"message": trouble.sentence, "took": 0.0, "requestId": str(uuid4())}
    if status == 422:  # noqa: PLR2004  the one that lists fields
        wrong = trouble.sentence.removeprefix(f"{trouble.field}: ")
        said |= {
            "message": "Request body is not processable. Please check the errors.",
            "errors": {trouble.field or "body": wrong},
        }
    headers = {name: value for name, value in trouble.headers.items() if name != "WWW-Authenticate"}
    return JSONResponse(said, status, headers | {"X-Request-ID": said["requestId"]})
