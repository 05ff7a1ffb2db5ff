"""Whom does one layer put on call, and when?"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from incident.restriction import Interval, windows
from incident.rotation import Rotation
from incident.schedule import Handoff, Layer, Schedule, Unit
from incident.semantics import BeforeStart, Turns
from incident.turns import covered_before


class Spell(NamedTuple):
    """An unbroken time in which one layer has the same people on call."""

    start: datetime
    end: datetime
    users: tuple[str, ...]


class Turn(NamedTuple):
    """One turn of a layer, as long as its people are on duty; restrictions are not applied yet."""

    number: int
    start: datetime
    end: datetime
