"""How long is `5m`? Durations as people write them in a configuration file."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def read_duration(written: Any) -> Any:
    """A timedelta from text such as `90s`, `5m`, `1h30m` or `2d`; ISO 8601 (`PT5M`) is left to pydantic.

    Raises:
        ValueError: a number without a unit, which might mean seconds or minutes, or an unknown unit.
    """
    if isinstance(written, timedelta) or (isinstance(written, str) and written.startswith("P")):
        return written
    text = str(written).replace(" ", "")
    if not text or _PART.sub("", text):
        raise ValueError(f"{written!r} is no duration; write a number with a unit: 30s, 5m, 1h30m or 2d")
    try:
        return sum((float(number) * _UNITS[unit] for number, unit in _PART.findall(text)), timedelta())
    except OverflowError:
        raise ValueError(f"{written!r} is longer than anything can wait") from None


def write_duration(duration: timedelta) -> str:
    """The shortest such text for a duration, in whole milliseconds; `0s` for none."""
    parts = []
    for unit, size in _UNITS.items():
        count, duration = divmod(duration, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


_AS_TEXT = (
    BeforeValidator(read_duration, json_schema_input_type=str),
    PlainSerializer(write_duration, return_type=str, when_used="json"),
)
Duration = Annotated[timedelta, Field(ge=timedelta(0)), *_AS_TEXT]
PositiveDuration = Annotated[timedelta, Field(gt=timedelta(0)), *_AS_TEXT]
