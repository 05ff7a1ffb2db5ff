"""How does a template write a date, or a time on somebody's wall clock?

Such times have no zone: the page says once which one it is in. Instants are written by `templates.filters`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def weekday(context: Context, day: date) -> str:
    """`Mon`."""
    return str(context["words"]["calendar"]["weekdays_short"][day.weekday()])


@pass_context
def long_weekday(context: Context, day: date) -> str:
    """`Monday`."""
    return str(context["words"]["calendar"]["weekdays"][day.weekday()])


@pass_context
def short_date(context: Context, day: date) -> str:
    """`Mon 22 Mar`."""
    return f"{weekday(context, day)} {day.day} {context['words']['months'][day.month - 1]}"


@pass_context
def long_month(context: Context, day: date) -> str:
    """`March 2027`."""
    return f"{context['words']['calendar']['months'][day.month - 1]} {day.year}"


def wall_time(wall: datetime) -> str:
    """`09:00`."""
    return f"{wall:%H:%M}"


@pass_context
def wall(context: Context, moment: datetime) -> str:
    """`Mon 22 Mar 09:00`."""
    return f"{short_date(context, moment)} {wall_time(moment)}"


@pass_context
def hours(context: Context, length: timedelta) -> str:
    """`25 h`; half an hour as `24.5 h`."""
    return f"{length / timedelta(hours=1):.3g} {context['words']['units']['hour']}"


WALLS: dict[str, Callable[..., Any]] = {
    "weekday": weekday,
    "long_weekday": long_weekday,
    "short_date": short_date,
    "long_month": long_month,
    "wall_time": wall_time,
    "wall": wall,
    "hours": hours,
}
"""The filters of this module by name."""
