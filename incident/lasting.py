"""Is an alert that its sender repeats still the same one, and when is it over?

Prometheus, and whoever else speaks Alertmanager's API, never says "firing" or "resolved". It sends each alert
again every minute with an end in the future, moved on each time; an end in the past means that it is over.
An alert that is not sent again until its end is over, too. So one firing may be sent a thousand times: what
is new about a repetition is only its end, and the latest words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.alert import Alert, AlertStatus

RESOLVE_TIMEOUT = timedelta(minutes=5)
"""An alert that was sent without an end is over so long after it was sent last, as in Alertmanager."""

HEARING = timedelta(minutes=5)
"""Nothing counts as over before we have listened so long: after a restart of ours everybody is heard."""


@dataclass(frozen=True)
class Posted:
    """An alert as it was sent, and until when it holds unless it is sent again; or when it ended."""

    alert: Alert
    until: datetime


@dataclass(frozen=True)
class Lasting:
    """What is remembered of a condition: how it was sent last, until when it holds, if it is over."""

    alert: Alert
    until: datetime
    over: bool


@dataclass(frozen=True)
class SortedOut:
    """What of a post is new, in its order, and what is to be remembered of each condition in it."""

    news: tuple[Alert, ...]
    remembered: Mapping[str, Lasting]


def sort_out(known: Mapping[str, Lasting], posted: Iterable[Posted]) -> SortedOut:
    """Tell news from repetitions, by fingerprint; ``known`` are the conditions of the same source."""
    news: list[Alert] = []
    remembered: dict[str, Lasting] = {}
    for each in posted:
        name = each.alert.fingerprint
        before = remembered.get(name) or known.get(name)
        if not repeats(before, each):
            news.append(each.alert)
            before = None
        remembered[name] = _after(before, each)
    return SortedOut(tuple(news), remembered)


def repeats(known: Lasting | None, posted: Posted) -> bool:
    """Does it tell nothing but that what we know goes on, or is still over?

    A firing alert is the same as long as it is not over, whatever start it tells: of two Prometheus servers
    that watch the same thing each has its own. One that fires after its end is a new firing.
    """
    if known is None:
        return False
    if posted.alert.status is AlertStatus.FIRING:
        return not known.over
    starts_at = posted.alert.starts_at
    return known.over and (starts_at is None or starts_at <= known.until)


def ended(known: Lasting) -> Alert:
    """The recovery of an alert that was not sent again in time."""
    said = f"It was not sent again until {known.until:%Y-%m-%d %H:%M:%S} UTC, so it counts as over."
    return known.alert.model_copy(
        update={"status": AlertStatus.RESOLVED, "ends_at": known.until, "description": said}
    )


def _after(known: Lasting | None, posted: Posted) -> Lasting:
    """The latest words, the latest end, the earliest start."""
    over = posted.alert.status is not AlertStatus.FIRING
    if known is None or over:
        return Lasting(posted.alert, posted.until, over)
    starts = [start for start in (known.alert.starts_at, posted.alert.starts_at) if start]
    alert = posted.alert.model_copy(update={"starts_at": min(starts, default=None)})
    return Lasting(alert, max(known.until, posted.until), over=False)
