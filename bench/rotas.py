"""Which schedules are measured, and how are the same ones written for a library of calendars?"""

from datetime import UTC, datetime, timedelta

from incident.schedule import Cover, Handoff, Layer, Schedule, Unit

ZONE = "Europe/Rome"
PEOPLE = tuple(f"person{number}" for number in range(10))
BEGAN = datetime(2026, 2, 2, 9)  # noqa: DTZ001  local time of the schedule, a Monday
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
"""A year after the rotation began."""
DAYS_90 = (NOW, NOW + timedelta(days=90))
CHANGE_OF_THE_CLOCKS = datetime(2027, 3, 28, 1, tzinfo=UTC)
STEP = {Unit.HOUR: timedelta(hours=1), Unit.WEEK: timedelta(weeks=1)}
FREQUENCY = {Unit.HOUR: "HOURLY", Unit.WEEK: "WEEKLY"}
STAMP = "%Y%m%dT%H%M%S"


def rotation(unit: Unit, people: tuple[str, ...] = PEOPLE) -> Schedule:
    """Everybody in turn, with five overrides in the 90 days."""
    layer = Layer(users=tuple((name,) for name in people), start=BEGAN, handoff=Handoff(unit=unit))
    return Schedule(timezone=ZONE, layers=(layer,), overrides=_overrides(people))


def as_calendar(schedule: Schedule) -> str:
    """The same in iCal: one event for each person that comes again after everybody, one for each override."""
    (layer,) = schedule.layers
    assert layer.handoff is not None, "what is measured rotates"
    unit = layer.handoff.unit
    rule = f"RRULE:FREQ={FREQUENCY[unit]};INTERVAL={len(layer.users)}"
    events = []
    for number, (person,) in enumerate(layer.users):
        start = BEGAN + number * STEP[unit]
        local = [
            f"DT{key};TZID={ZONE}:{at:{STAMP}}" for key, at in (("START", start), ("END", start + STEP[unit]))
        ]
        events.append([f"UID:turn{number}", f"SUMMARY:{person}", *local, rule])
    for number, cover in enumerate(schedule.overrides):
        assert isinstance(cover, Cover), "what is measured is overridden by covers"
        ends = [f"DTSTART:{cover.start:{STAMP}}Z", f"DTEND:{cover.end:{STAMP}}Z"]
        events.append([f"UID:cover{number}", f"SUMMARY:{cover.users[0]}", "CATEGORIES:cover", *ends])
    body = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//oncall//EN"]
    return "\r\n".join([*head, *body, "END:VCALENDAR", ""])


def _overrides(people: tuple[str, ...]) -> tuple[Cover, ...]:
    """Six hours every sixteen days, each by somebody else."""
    starts = [NOW + timedelta(days=3 + 16 * number) for number in range(5)]
    return tuple(
        Cover(
            kind="cover",
            users=(people[3 * number % len(people)],),
            start=start,
            end=start + timedelta(hours=6),
        )
        for number, start in enumerate(starts)
    )
