"""Which schedules do properties of the calculation go through? Every sort of layer, window and override."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from incident.schedule import Schedule

ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca"]
"""Ordinary changes, half an hour, a change at midnight, and a summer time that pauses for Ramadan."""

YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DAYS = 365
MINUTE = timedelta(minutes=1)
PEOPLE = ["ada", "ben", "cleo", "dan", "eve", "finn", "gus"]
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

minutes = st.integers(0, DAYS * 24 * 60 - 1).map(lambda minute: YEAR + minute * MINUTE)
starts = st.integers(-5 * 525_600, 0).map(lambda minute: YEAR + minute * MINUTE)
times = st.times().map(lambda time: time.strftime("%H:%M"))
handoffs = st.one_of(
    st.fixed_dictionaries({"every": st.integers(1, 30), "unit": st.sampled_from(["hour"])}),
    st.fixed_dictionaries(
        {"every": st.integers(1, 8), "unit": st.sampled_from(["day", "week", "month", "year"])}
    ),
)
daily = st.fixed_dictionaries(
    {"type": st.just("daily"), "start": times, "end": times},
    optional={"days": st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True)},
)
weekly = st.fixed_dictionaries(
    {
        "type": st.just("weekly"),
        "start_day": st.sampled_from(WEEKDAYS),
        "start": times,
        "end_day": st.sampled_from(WEEKDAYS),
        "end": times,
    }
)
rotations = st.fixed_dictionaries(
    {
        "users": st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True),
        "start": starts,
        "handoff": handoffs,
    }
)
layers = st.builds(
    lambda rotation, extras: {**rotation, **extras},
    rotations,
    st.fixed_dictionaries(
        {"priority": st.integers(0, 2), "restrictions": st.lists(daily | weekly, max_size=2)},
        optional={
            "effective_from": minutes,
            "until": minutes,
            "turns": st.sampled_from(["calendar", "covered_days", "covered_periods"]),
        },
    ),
)
spans = st.builds(
    lambda start, length: {"start": start, "end": start + length * MINUTE}, minutes, st.integers(1, 20_000)
)
person = st.sampled_from(PEOPLE)
changes = st.one_of(
    st.fixed_dictionaries({"kind": st.just("replace"), "user": person, "with": person}),
    st.fixed_dictionaries({"kind": st.sampled_from(["add", "remove"]), "user": person}),
    st.fixed_dictionaries({"kind": st.just("cover"), "users": st.lists(person, max_size=2)}),
)
overrides = st.builds(lambda change, span: {**change, **span}, changes, spans)
schedules = st.fixed_dictionaries(
    {
        "timezone": st.sampled_from(ZONES),
        "layers": st.lists(layers, min_size=1, max_size=3),
        "overrides": st.lists(overrides, max_size=3),
    }
).map(Schedule.model_validate)
