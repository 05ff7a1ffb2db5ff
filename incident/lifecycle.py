"""What may happen to an incident next? The life cycle is a table; an event not in it changes nothing."""

from enum import StrEnum

from incident.errors import TransitionError


class Status(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ASSESSED = "assessed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"


class Event(StrEnum):
    """What can happen to an incident as a whole."""

    ASSESS = "assess"
    CHANGE_SEVERITY = "change_severity"
    UPDATE = "update"
    RESOLVE = "resolve"
    CLOSE = "close"
    DISMISS = "dismiss"
    MERGE = "merge"


class Phase(StrEnum):
    """The seven phases, in their order (source: the incident handbook)."""

    DETECT = "detect"
    CHANNELS = "set up team channels"
    ASSESS = "assess"
    TELL = "tell customers"
    ESCALATE = "escalate"
    DELEGATE = "delegate"
    RESOLVE = "resolve"


TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (Status.OPEN, Event.ASSESS): Status.ASSESSED,
    (Status.OPEN, Event.DISMISS): Status.DISMISSED,
    (Status.OPEN, Event.MERGE): Status.MERGED,
    (Status.ASSESSED, Event.CHANGE_SEVERITY): Status.ASSESSED,
    (Status.ASSESSED, Event.UPDATE): Status.ASSESSED,
    (Status.ASSESSED, Event.RESOLVE): Status.RESOLVED,
    (Status.ASSESSED, Event.MERGE): Status.MERGED,
    (Status.RESOLVED, Event.CLOSE): Status.CLOSED,
}

LIVE = frozenset({Status.OPEN, Status.ASSESSED})


def after(status: Status, event: Event) -> Status:
    """The status after the event.

    Raises:
        TransitionError: the event is not possible in this status; the message says which are.
    """
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        possible = ", ".join(e for (s, e) in TRANSITIONS if s is status) or "nothing any more"
        raise TransitionError(f"{event} is not possible while {status}; possible: {possible}") from None
