"""Is a room known to be that of its incident, on SQLite and on PostgreSQL alike?"""

from ledger.effects import claim, finish
from ledger.rooms import incident_of_room
from tests.ledger.desk import START, Desk


def opened(desk: Desk, incident: int, room: str) -> None:
    """The room of an incident is there."""
    desk.ledger.write(claim, incident, "room", "a run", START)
    desk.ledger.write(finish, incident, "room", START, {"id": room, "url": "https://chat.example"})


def test_a_room_is_that_of_its_incident(desk: Desk) -> None:
    incident = desk.open()
    opened(desk, incident.id or 0, "C0EAQDV4Z")
    assert desk.ledger.read(incident_of_room, "C0EAQDV4Z") == "INC-1"


def test_another_room_is_nobodys(desk: Desk) -> None:
    incident = desk.open()
    opened(desk, incident.id or 0, "C0EAQDV4Z")
    assert desk.ledger.read(incident_of_room, "C0OTHER") is None


def test_a_room_that_is_not_there_yet_is_nobodys(desk: Desk) -> None:
    incident = desk.open()
    desk.ledger.write(claim, incident.id or 0, "room", "a run", START)
    assert desk.ledger.read(incident_of_room, "None") is None
