"""How do a terminal's people read changes of schedules? One line each."""

from datetime import datetime
from typing import Any

from service.rota_words import OverrideTold, SwapTold


def override_line(told: OverrideTold) -> str:
    """An override in one line."""
    made = f"by {told.by}" + (f": {told.reason}" if told.reason else "")
    if told.withdrawn_by:
        made += f"; withdrawn by {told.withdrawn_by}"
        made += f": {told.withdrawn_because}" if told.withdrawn_because else ""
    what = f"{told.schedule}  {_what(told.override)}  {_span(told.start, told.end)}"
    return f"{told.id}  {what}  {told.state}  {made}"


def swap_line(told: SwapTold) -> str:
    """An offer in one line."""
    why = f": {told.reason}" if told.reason else ""
    by = f" by {told.answered_by}" if told.answered_by else ""
    said = f" ({told.answer})" if told.answer else ""
    span = _span(told.start, told.end)
    return (
        f"{told.id}  {told.schedule}  {told.person} to {told.to or 'anybody'}  {span}  "
        f"{told.state}{by}{said}{why}"
    )


def _what(override: dict[str, Any]) -> str:
    match override:
        case {"kind": "cover", "users": users}:
            return f"cover {'+'.join(users) or 'nobody'}"
        case {"kind": "replace", "user": user, "with": stand_in}:
            return f"replace {user} with {stand_in}"
        case {"kind": "fixed", "shifts": shifts}:
            return f"a plan of {len(shifts)} shifts"
        case {"kind": kind, "user": user}:
            return f"{kind} {user}"
        case _:
            return str(override["kind"])


def _span(start: datetime, end: datetime) -> str:
    return f"{start:%a %d %b %Y %H:%M} to {end:%a %d %b %Y %H:%M} UTC"
