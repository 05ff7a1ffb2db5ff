"""What time does a vendor get to hear? The date of a mail, and the time that a signature covers."""

from datetime import UTC, datetime


class Clock:
    """The wall clock, at the edge where it may be read; a test puts its own in its place."""

    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)
