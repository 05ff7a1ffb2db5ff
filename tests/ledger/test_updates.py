"""Is each message told once, and does the status page find it?"""

from incident.story import Audience, UpdateState
from ledger.tables import UpdateRow
from ledger.updates import publish, updates_since
from tests.ledger.desk import Desk, at, together


def _publish(desk: Desk, minutes: float = 1, cause: str = "first") -> UpdateRow:
    what = (Audience.EXTERNAL, cause, UpdateState.INVESTIGATING, "We are looking", "Next update soon.")
    return desk.ledger.write(publish, "INC-1", *what, at(minutes))


def test_an_update_stands_in_the_language_of_its_incident(desk: Desk) -> None:
    incident = desk.open()
    row = _publish(desk)
    assert (row.language, row.title, row.at) == (incident.language, "We are looking", at(1))
    assert desk.said("update") == ["external update (investigating): We are looking"]


def test_the_first_update_is_the_one_that_counts(desk: Desk) -> None:
    desk.open()
    _publish(desk, 1)
    _publish(desk, 2, "resolve-1")
    assert desk.incident().first_update_at == at(1)


def test_processes_that_publish_the_same_at_once_publish_it_once(desk: Desk) -> None:
    desk.open()
    assert {row.id for row in together(*[lambda: _publish(desk)] * 6)} == {1}
    assert len(desk.rows(UpdateRow)) == len(desk.said("update")) == 1


def test_the_status_page_shows_the_newest_first_and_forgets_old_ones(desk: Desk) -> None:
    desk.open()
    for minutes, cause in ((1, "first"), (2, "resolve-1"), (3, "final")):
        _publish(desk, minutes, cause)
    shown = desk.ledger.read(updates_since, at(2))
    assert [(row.cause, incident.key) for row, incident in shown] == [
        ("final", "INC-1"),
        ("resolve-1", "INC-1"),
    ]
