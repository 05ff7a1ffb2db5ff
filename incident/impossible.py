"""Does a date or a time that somebody wrote exist at all, on any calendar and any clock?

Only what looks like a date or a time is judged; whether the clocks of a zone skip it is a question for
`incident.wall_clock`.
"""

import re
from calendar import month_name, monthrange
from datetime import date, timedelta

_DATE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)(?P<rest>(?:[T ](?P<time>.*))?)$")
_TIME = re.compile(r"(?P<hour>\d\d):(?P<minute>\d\d)")
_TOMORROW = timedelta(days=1)


def why_impossible(written: str) -> str | None:
    """Why no calendar or clock shows this, and what to write instead; None if it may exist."""
    if dated := _DATE.match(written.strip()):
        return _no_date(written, dated) or _no_time(written, dated["time"] or "", dated["date"])
    return _no_time(written, written.strip(), "")


def _no_date(written: str, dated: re.Match[str]) -> str | None:
    year, month, day = (int(part) for part in dated["date"].split("-"))
    if not 1 <= month <= 12:  # noqa: PLR2004  months of a year
        return f"{written} does not exist: months are 01 to 12; write a date such as 2027-03-01"
    if not date.min.year < year < date.max.year:  # in another zone it may be in no year at all
        return f"{written} is too far away to be calculated with; write a date such as 2027-03-01"
    last = date(year, month, monthrange(year, month)[1])
    if 1 <= day <= last.day:
        return None
    choices = " or ".join(f"{each}{dated['rest']}" for each in (last, last + _TOMORROW))
    return f"{written} does not exist: {month_name[month]} {year} has {last.day} days; write {choices}"


def _no_time(written: str, time: str, day: str) -> str | None:
    """The end of a day is the beginning of the next, so 24:00 has an obvious meaning."""
    shown = _TIME.match(time)
    if shown is None or (int(shown["hour"]) < 24 and int(shown["minute"]) < 60):  # noqa: PLR2004  of a day
        return None
    if day and shown[0] == "24:00":
        next_day = date.fromisoformat(day) + _TOMORROW
        return f"{written} does not exist: a day ends where the next begins; write {next_day}T00:00"
    return f"{written} does not exist: hours are 00 to 23, minutes 00 to 59; write a time such as 09:00"
