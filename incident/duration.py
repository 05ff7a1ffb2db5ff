"""How long is `5m`? Durations as people write them in a configuration file."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def read_duration(written: Any) -> Any:
    """A timedelta from text such as `90s`, `5m`, `1h30m` or `2d`; other values are left to pydantic.

    Raises:
        ValueError: text in which a unit is missing or unknown.
    """
    if not isinstance(written, str) or written.startswith("P"):
        return written
    text = written.strip().replace(" ", "")
    if not text or _PART.sub("", text):
        raise ValueError(f"{written!r} is no duration; write a number with a unit: 30s, 5m, 1h30m or 2d")
    return timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text)))


def write_duration(duration: timedelta) -> str:
    """The shortest such text for a duration, whole milliseconds; `0s` for none."""
    left = round(duration.total_seconds() * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration, json_schema_input_type=str),
    PlainSerializer(write_duration, return_type=str, when_used="json"),
    Field(ge=timedelta(0)),
]
