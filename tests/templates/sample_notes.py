"""A handoff note with everything in it, some of it hostile."""

from datetime import UTC, datetime, timedelta

from incident.handoff import GapTold, HandoffNote, IncidentTold, PageTold, Remark, ShiftTold
from incident.lifecycle import Status
from incident.severity import Severity

AT = datetime(2027, 3, 15, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = "</style><script>alert(1)</script>"


def note() -> HandoffNote:
    """Bob hands over to alice."""
    slow = IncidentTold(
        key="INC-7",
        title=f"Refunds are slow {HOSTILE}",
        service_title="Checkout",
        severity=Severity.MINOR,
        status=Status.ASSESSED,
        manager="bob",
        opened_at=AT - 20 * HOUR,
    )
    down = slow.model_copy(
        update={
            "key": "INC-6",
            "severity": Severity.CRITICAL,
            "opened_at": AT - 60 * HOUR,
            "acknowledged_at": AT - 59.9 * HOUR,
            "acknowledged_by": "bob",
            "resolved_at": AT - 58.7 * HOUR,
        }
    )
    return HandoffNote(
        schedule="payments",
        timezone="Europe/Rome",
        since=AT - 168 * HOUR,
        at=AT,
        outgoing=("bob",),
        incoming=("alice",),
        open=(slow,),
        ended=(down,),
        pages=(
            PageTold(incident="INC-6", person="bob", at=AT - 60 * HOUR, acknowledged_at=AT - 59.9 * HOUR),
            PageTold(incident="INC-7", person="bob", at=AT - 20 * HOUR),
        ),
        shifts=(
            ShiftTold(start=AT, end=AT + 168 * HOUR, on_call=("alice",)),
            ShiftTold(start=AT + 168 * HOUR, end=AT + 336 * HOUR, on_call=("bob", "dave")),
        ),
        overrides=(
            ShiftTold(start=AT + 22 * HOUR, end=AT + 25 * HOUR, on_call=("dave",), instead_of=("alice",)),
            ShiftTold(start=AT + 40 * HOUR, end=AT + 42 * HOUR, on_call=("alice", "dave")),
        ),
        gaps=(GapTold(start=AT + 300 * HOUR, end=AT + 312 * HOUR, reason=f"no layers {HOSTILE}", times=2),),
        remarks=(
            Remark(at=AT - HOUR, by="bob", text=f"The refund job runs at night.\nIt is slow. {HOSTILE}"),
        ),
    )
