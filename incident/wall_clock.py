"""Which instant does a time on the wall mean, and what did the wall clock show at an instant?

The rule for days on which the clocks change: handoffs and starts take the first occurrence of a repeated
time, ends take the last one, and a time that is skipped is the first instant after the gap. So "does the
clock show a time inside the window" and the interval of instants agree, and coverage never shrinks.
"""

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from whenever import (
    Instant,
    PlainDateTime,
    RepeatedTime,
    SkippedTime,
    TimeZoneNotFoundError,
    ZonedDateTime,
    available_timezones,
)

from incident.semantics import GapRule


@dataclass(frozen=True, slots=True)
class WallClock:
    """The clock on the wall of one time zone; walls are naive datetimes, instants are aware ones in UTC."""

    zone: str
    gap: GapRule = GapRule.AFTER

    def wall(self, instant: datetime) -> datetime:
        """What the clock shows at an instant."""
        return Instant(instant).to_tz(self.zone).to_plain().to_stdlib()

    def first(self, wall: datetime) -> datetime:
        """The instant at which the clock shows this time for the first time: for handoffs and starts."""
        local = PlainDateTime(wall)
        try:
            return _utc(local.assume_tz(self.zone, disambiguation="raise"))
        except RepeatedTime:
            return _utc(local.assume_tz(self.zone, disambiguation="earlier"))
        except SkippedTime:
            return self._after_the_gap(local)

    def last(self, wall: datetime) -> datetime:
        """The instant at which the clock shows this time for the last time: for ends."""
        local = PlainDateTime(wall)
        try:
            return _utc(local.assume_tz(self.zone, disambiguation="raise"))
        except RepeatedTime:
            return _utc(local.assume_tz(self.zone, disambiguation="later"))
        except SkippedTime:
            return self._after_the_gap(local)

    def exact(self, wall: datetime) -> datetime:
        """The only instant at which the clock shows this time: for times that people type in.

        A time that happens twice or never raises ValueError with what to write instead: guessing would put
        somebody on call an hour early or late.
        """
        local = PlainDateTime(wall)
        try:
            return _utc(local.assume_tz(self.zone, disambiguation="raise"))
        except RepeatedTime:
            twice = (local.assume_tz(self.zone, disambiguation=which) for which in ("earlier", "later"))
            choices = " or ".join(_with_offset(moment) for moment in twice)
            raise ValueError(f"{wall:%Y-%m-%d %H:%M} happens twice in {self.zone}: write {choices}") from None
        except SkippedTime:
            after = _with_offset(_gap_end(local, self.zone))
            raise ValueError(f"{wall:%Y-%m-%d %H:%M} does not exist in {self.zone}: write {after}") from None

    def _after_the_gap(self, local: PlainDateTime) -> datetime:
        if self.gap is GapRule.SHIFT:
            return _utc(local.assume_tz(self.zone, disambiguation="later"))
        return _utc(_gap_end(local, self.zone))


def known_zone(zone: str) -> str:
    """The zone itself, or ValueError when the time zone database has no such name."""
    try:
        Instant.from_timestamp(0).to_tz(zone)
    except TimeZoneNotFoundError:
        near = " or ".join(_zones_like(zone))
        hint = f"did you mean {near}? " if near else ""
        raise ValueError(
            f"unknown time zone {zone!r}: {hint}write an IANA name such as Europe/Rome, or UTC"
        ) from None
    return zone


def _zones_like(zone: str) -> list[str]:
    """The zones of the same place, else those that are spelled most alike."""
    known = {name.lower(): name for name in available_timezones()}
    written = zone.lower().replace(" ", "_")
    place = written.rpartition("/")[2]
    same_place = [name for lower, name in sorted(known.items()) if lower.rpartition("/")[2] == place]
    return same_place[:2] or [known[lower] for lower in get_close_matches(written, known, n=1, cutoff=0.8)]


def _gap_end(skipped: PlainDateTime, zone: str) -> ZonedDateTime:
    """The first instant after the gap that this local time falls into."""
    # `earlier` moves the time back by the length of the gap, so the next change of rules is the gap itself.
    before = skipped.assume_tz(zone, disambiguation="earlier")
    return before.next_transition() or before


def _utc(moment: ZonedDateTime) -> datetime:
    return moment.to_instant().to_stdlib()


def _with_offset(moment: ZonedDateTime) -> str:
    return moment.to_stdlib().isoformat(timespec="minutes")
