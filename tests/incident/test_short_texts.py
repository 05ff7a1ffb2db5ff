"""Does a text message mean the incident that its number names?"""

import pytest

from incident.commands import Acknowledge, PassOn, Status, incident_named, understand
from incident.short_texts import in_full


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("ACK 42", Acknowledge()),
        ("1 42", Acknowledge()),
        ("ack #42", Acknowledge()),
        (" 2  42 ", PassOn()),
        ("stato 042", Status()),
    ],
)
def test_a_number_behind_a_command_names_the_incident(text: str, command: object) -> None:
    full = in_full(text, "INC")
    assert (incident_named(full), understand(full)) == ("INC-42", command)


@pytest.mark.parametrize(
    "text", ["1", "ack", "sev 1", "page 42", "42", "note 42", "INC-7 ack", "ack 42 now", ""]
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert in_full(text, "INC") == text
