"""Which rotations do properties of fairness and its proposals go through?"""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe"]
PEOPLE = ["ada", "ben", "cleo", "dan", "eve"]
LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)

rotations = st.fixed_dictionaries(
    {
        "users": st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=8),
        "start": st.integers(-400_000, 0).map(lambda minute: LONG_AGO + timedelta(minutes=minute)),
        "handoff": st.one_of(
            st.fixed_dictionaries({"every": st.integers(6, 40), "unit": st.just("hour")}),
            st.fixed_dictionaries({"every": st.integers(1, 3), "unit": st.sampled_from(["day", "week"])}),
        ),
    }
)
"""One rotation without a gap; somebody may have more turns than others."""
