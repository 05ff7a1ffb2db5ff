"""Is any body lost, half accepted or answered with a fault, however it was damaged?

`INCIDENT_FUZZ=N` tries N bodies at the doors, and ten times as many behind them; else some hundreds.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlmodel import Session, col, desc, func, select

from incident.alert import Alert, AlertStatus
from incident.errors import PayloadError
from incident.sources import DIALECTS, read
from incident.sources.reading import LONGEST_FINGERPRINT
from ledger.tables import AlertRow, DeliveryRow
from service.body import read_body
from service.intake import BODY_LIMIT
from tests.fuzz.mutations import bodies, samples
from tests.house import TOKEN, House, opened, prepared

BODIES = int(os.environ.get("INCIDENT_FUZZ", "60"))
SAMPLES = list(samples())
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ANSWERS = {202, 400, 422}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    tokens = {f"INCIDENT_TOKEN_{name.upper()}": TOKEN for name in DIALECTS}
    house = House(opened(prepared(folder / "prepared.db")), environment=tokens)
    house.employ(sources={name: {"dialect": name} for name in DIALECTS})
    yield house
    house.ledger.close()


def last(session: Session) -> tuple[int, str, list[AlertRow]]:
    """How many deliveries there are; the problem of the last one, and its alerts."""
    count = session.exec(select(func.count(col(DeliveryRow.id)))).one()
    delivery = session.exec(select(DeliveryRow).order_by(desc(col(DeliveryRow.id))).limit(1)).first()
    if delivery is None:
        return 0, "", []
    rows = session.exec(select(AlertRow).where(AlertRow.delivery_id == delivery.id))
    return count, delivery.problem, list(rows)


def has_a_name(row: AlertRow) -> bool:
    """What fires can be shown; what ends something need only name the condition."""
    return bool(row.fingerprint and (row.alert.title or row.status != AlertStatus.FIRING))


def texts(alert: Alert) -> list[str]:
    return [alert.fingerprint, alert.title, alert.description, *alert.labels, *alert.labels.values()]


@given(sent=bodies(SAMPLES))
@settings(max_examples=BODIES * 10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_every_body_is_read_or_refused_with_a_sentence_and_what_is_read_can_be_kept(
    sent: tuple[str, bytes],
) -> None:
    dialect, body = sent
    try:
        alerts = read(dialect, read_body(body)).alerts
    except PayloadError as refused:
        assert str(refused)  # noqa: PT017  it may also be read
    else:
        for alert in alerts:
            assert 0 < len(alert.fingerprint) <= LONGEST_FINGERPRINT
            assert not any("\0" in text for text in texts(alert))
            alert.model_dump_json().encode()


def test_every_body_is_taken_as_a_whole_or_refused_with_a_reason_and_kept_either_way(house: House) -> None:
    client, seen = house.client(), Counter[int]()

    @given(sent=bodies(SAMPLES))
    @settings(max_examples=BODIES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def deliver(sent: tuple[str, bytes]) -> None:
        dialect, body = sent
        before = house.ledger.read(last)[0]
        answer = client.post(f"/alerts/{dialect}", content=body[:BODY_LIMIT], headers=BEARER)
        seen[answer.status_code] += 1
        count, problem, rows = house.ledger.read(last)
        assert answer.status_code in ANSWERS, answer.text
        assert count == before + 1
        if answer.status_code == 202:
            told = answer.json()
            assert (problem, told["accepted"]) == ("", len(rows))
            assert [alert["fingerprint"] for alert in told["alerts"]] == [row.fingerprint for row in rows]
            assert all(row.end_state and row.reason for row in rows)
            assert all(has_a_name(row) for row in rows)
        else:
            assert (problem, rows) == (answer.json()["error"], [])

    deliver()
    assert min(seen[202], seen[400] + seen[422]) > 0  # both were met
