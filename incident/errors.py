"""Whose turn is it when something goes wrong?

The whole tree, by who has to act::

    IncidentError
    ├── ConfigurationError     the operator's turn: the configuration is wrong, the message says what to write
    ├── PayloadError           the sender's turn: a delivery cannot be read, ``field`` says where
    │   └── MalformedPayload   the bytes are no JSON at all
    ├── TransitionError        the caller's turn: this event is not possible in this state
    ├── AnswerError            the person's turn: an answer that cannot be accepted, ask again
    ├── NotFoundError          the caller's turn: nothing is known under this name
    ├── ConfidenceError        the caller's turn: a token or signature is wrong or has expired
    ├── LedgerUnavailable      the operator's turn: the ledger cannot be written; a sender comes again
    └── ConnectionFailure      the channel's turn
        ├── RetryLater         nothing happened; the same call may succeed later, see ``after``
        │   └── InHand         another process is doing it at this moment
        ├── Rejected           nothing happened and repeating will not help; fail over to another method
        └── UnknownOutcome     it may or may not have happened; settle it before repeating
"""

from datetime import timedelta


class IncidentError(Exception):
    """Everything this product raises on purpose."""


class ConfigurationError(IncidentError):
    """The configuration is wrong; ``problems`` are sentences with a place and what to write instead."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class PayloadError(IncidentError):
    """A delivery cannot be understood; ``field`` is the path of the first field that is wrong."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(f"{field}: {message}" if field else message)


class MalformedPayload(PayloadError):  # noqa: N818  said of the payload, as the other leaves are
    """The bytes are no JSON at all."""


class TransitionError(IncidentError):
    """The event is not possible in the present state; nothing has changed."""


class AnswerError(IncidentError):
    """An answer cannot be accepted; ``problems`` are sentences for the person who gave it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class NotFoundError(IncidentError):
    """Nothing is known under this name; the message lists what is, where that helps."""


class ConfidenceError(IncidentError):
    """A token or a signature is wrong, or has expired."""


class LedgerUnavailable(IncidentError):  # noqa: N818  said of the ledger, not of a fault
    """The ledger cannot be read or written at this moment; nothing was accepted."""


class ConnectionFailure(IncidentError):  # noqa: N818  its leaves are named for what the caller does next
    """A connection did not do what was asked; the message tells class and status, no URL and no secret."""


class RetryLater(ConnectionFailure):
    """Nothing happened; the same call may succeed after ``after`` (None: unknown)."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        self.after = after
        super().__init__(message)


class InHand(RetryLater):
    """Another process is doing it at this moment."""


class Rejected(ConnectionFailure):
    """Nothing happened, and repeating the same call will not help."""


class UnknownOutcome(ConnectionFailure):
    """The answer was lost: it may or may not have happened."""
