"""Is everything that a silence kept quiet looked at when it ends, also when processes die in between?"""

import subprocess
import sys
from datetime import timedelta
from textwrap import dedent

import pytest
from sqlalchemy import text

from incident.alert import AlertSeverity
from incident.decisions import Via
from incident.silences import NewSilence
from ledger.rota_turn import Actor
from ledger.silences import add_silence
from ledger.tables import AlertRow, IncidentRow
from service.second_looks import look_again
from tests.house import House
from tests.ledger.desk import at

BOB = Actor("bob", Via.CLI)
KILLED = -9

ENDS_AND_DIES = """\
    from ledger.silences import end_silence
    ledger.write(end_silence, 1, Actor("bob", Via.CLI), at(10))
    die()
"""
LOOKS_AND_DIES = """\
    from ledger.intake import triage_again
    def looks(session):
        triage_again(session, 1, at(10))
        session.flush()
        die()
    ledger.write(looks)
"""
HEAD = """\
    import os, signal, sys
    from incident.decisions import Via
    from ledger.engine import Ledger
    from ledger.rota_turn import Actor
    from tests.ledger.desk import at
    def die():
        os.kill(os.getpid(), signal.SIGKILL)
    ledger = Ledger(sys.argv[1])
"""


def silence(house: House, minutes: float = 30) -> None:
    wanted = NewSilence(
        matchers=('service="checkout"',), comment="we know", **{"for": timedelta(minutes=minutes)}
    )
    house.ledger.write(add_silence, wanted, BOB, at(0))


def later(house: House, minutes: float) -> int:
    """The watchdog looks so many minutes after the first alert."""
    house.clock.time = at(minutes)
    return look_again(house.surroundings, at(minutes))


def states(house: House) -> list[str]:
    return [str(row.end_state) for row in house.desk.rows(AlertRow)]


def test_a_storm_that_was_silenced_becomes_one_incident_when_the_silence_ends(house: House) -> None:
    silence(house)
    for number in range(60):
        house.desk.take(at(1), fingerprint=f"f{number}")
    assert later(house, 29) == 0
    looks = iter(lambda: later(house, 30), 0)  # a look is short, so that the watchdog goes on
    assert sum(looks) == 60
    assert len(house.desk.rows(IncidentRow)) == 1
    assert sorted(states(house)) == ["attached"] * 59 + ["opened"]
    assert later(house, 31) == 0


def test_the_most_urgent_of_them_opens_the_incident(house: House) -> None:
    silence(house)
    house.desk.take(at(1), fingerprint="f1", severity=AlertSeverity.WARNING, title="Slow")
    house.desk.take(at(2), fingerprint="f2", severity=AlertSeverity.CRITICAL, title="Down")
    later(house, 30)
    assert [row.title for row in house.desk.rows(IncidentRow)] == ["Down"]


def test_one_that_cannot_be_read_does_not_keep_the_others_waiting(house: House) -> None:
    silence(house)
    for number in range(3):
        house.desk.take(at(1), fingerprint=f"f{number}")
    with house.ledger.transaction() as session:
        session.connection().execute(text("UPDATE alert SET alert = '{}' WHERE id = 1"))
    later(house, 30)
    with house.ledger.transaction() as session:
        found = session.connection().execute(text("SELECT end_state, look_again_at FROM alert ORDER BY id"))
        (broken, again), *others = found.all()
    assert broken == "silenced"
    assert "03:41" in str(again)
    assert sorted(state for state, _ in others) == ["attached", "opened"]


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(ENDS_AND_DIES, id="right after somebody ended it"),
        pytest.param(ENDS_AND_DIES.replace("    die()\n", "") + LOOKS_AND_DIES, id="while it is looked at"),
    ],
)
def test_a_process_that_is_killed_between_suppression_and_the_next_look_loses_nothing(
    house: House, deed: str
) -> None:
    silence(house)
    house.desk.take(at(1))
    url = house.ledger.url
    died = subprocess.run(
        [sys.executable, "-c", dedent(HEAD) + dedent(deed), url], check=False, capture_output=True, text=True
    )
    assert died.returncode == KILLED, died.stderr
    assert states(house) == ["silenced"]
    assert later(house, 10) == 1
    assert states(house) == ["opened"]
