"""When is a provider asked what became of a page? Often at first, then less, and not for ever."""

from datetime import datetime, timedelta

PAUSES = tuple(timedelta(seconds=each) for each in (5, 15, 30, 60, 120))
"""Before the first question and those that follow; from then on the last one stays."""
LOOKS = 40
"""After so many questions, which is more than an hour, nobody is asked any more."""


def next_look(now: datetime, looks: int) -> datetime | None:
    """When to ask after so many questions; None: enough was asked."""
    return now + PAUSES[min(looks, len(PAUSES) - 1)] if looks < LOOKS else None
