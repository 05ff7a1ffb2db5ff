"""Do values come back from the database as they went in?"""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from incident.alert import AlertStatus
from incident.severity import Severity
from ledger.columns import Frozen, Grade, Instant, Word
from ledger.engine import Ledger
from ledger.heartbeats import beat, heartbeats
from ledger.tables import DecisionRow
from tests.ledger.desk import Desk
from tests.ledger.life import ask_about

DIALECT = sqlite.dialect()
ZONES = st.timezones() | st.builds(timezone, st.timedeltas(timedelta(hours=-12), timedelta(hours=12)))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Instant().process_bind_param(datetime(2026, 11, 23, 3, 10), DIALECT)  # noqa: DTZ001  that is the point


@given(st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=ZONES))  # noqa: DTZ001  bounds
def test_an_instant_comes_back_as_the_same_instant_in_utc(instant: datetime) -> None:
    column = Instant()
    kept = column.process_bind_param(instant, DIALECT)
    back = column.process_result_value(kept.replace(tzinfo=None) if kept else None, DIALECT)
    assert back is not None
    assert back.tzinfo is UTC
    assert back == instant.astimezone(UTC)


def test_an_instant_goes_through_the_database_to_the_microsecond(ledger: Ledger) -> None:
    rome = timezone(timedelta(hours=1))
    ledger.write(beat, "web", datetime(2026, 11, 23, 4, 10, 0, 123456, tzinfo=rome))
    back = ledger.read(heartbeats)["web"]
    assert back.isoformat() == "2026-11-23T03:10:00.123456+00:00"


def test_nothing_stays_nothing() -> None:
    for column in (Instant(), Frozen(tuple[str, ...]), Word(AlertStatus)):
        assert column.process_bind_param(None, postgresql.dialect()) is None
        assert column.process_result_value(None, postgresql.dialect()) is None


def test_a_frozen_value_comes_back_as_its_own_type(desk: Desk) -> None:
    def put(session: Session) -> None:
        row = session.get_one(DecisionRow, 1)
        row.problems = ("severity: choose one",)
        session.add(row)

    desk.open()
    ask_about(desk)
    desk.ledger.write(put)
    assert desk.rows(DecisionRow)[0].problems == ("severity: choose one",)


def test_a_word_that_is_not_of_the_set_does_not_get_in() -> None:
    class Colour(StrEnum):
        RED = "red"

    with pytest.raises(ValueError, match="firing"):
        Word(Colour).process_bind_param(AlertStatus.FIRING, DIALECT)


def test_a_number_that_is_not_of_the_set_does_not_get_in() -> None:
    assert Grade(Severity).process_bind_param(Severity.MAJOR, DIALECT) == 2
    assert Grade(Severity).process_result_value(1, DIALECT) is Severity.CRITICAL
    with pytest.raises(ValueError, match="4"):
        Grade(Severity).process_result_value(4, DIALECT)
