"""How do a terminal's people read silences and maintenance? One line each."""

from datetime import datetime

from ledger.quiet_listing import Preview
from service.quiet_words import MaintenanceTold, SilenceTold, Span


def silence_line(told: SilenceTold) -> str:
    """A silence in one line."""
    about = f"paging of {told.incident}" if told.incident else ", ".join(told.matchers) or "paging"
    ended = f"; ended by {told.ended_by}" if told.ended_by else ""
    why = f"by {told.by}: {told.comment}{ended}"
    return f"{told.id}  {told.state}  {_span(told.start, told.end)}  {about}  {why}"


def preview_line(found: Preview) -> str:
    """What a silence would have been about."""
    if not found.alerts:
        return "no alert of the last day meets these matchers"
    titles = ", ".join(dict.fromkeys(each.title for each in found.conditions[:5]))
    return f"alerts of the last day that meet these matchers: {found.alerts} ({titles})"


def maintenance_line(told: MaintenanceTold) -> str:
    """A maintenance in one line."""
    window = told.window
    about = [*window.get("services", ()), *window.get("matchers", ())]
    by = f"by {told.by}" if told.by else "incident.yaml"
    repeats = f"  {window['repeat']}" if "repeat" in window else ""
    ended = f"; ended by {told.ended_by}" if told.ended_by else ""
    return (
        f"{told.name}  {told.state}  {_times(told.now, told.next)}{repeats}  {', '.join(about)}  "
        f"{by}: {told.comment}{ended}"
    )


def _times(now: Span | None, coming: Span | None) -> str:
    shown = now or coming
    return _span(shown.start, shown.end) if shown else "never again"


def _span(start: datetime, end: datetime) -> str:
    return f"{start:%a %d %b %H:%M} to {end:%a %d %b %Y %H:%M} UTC"
