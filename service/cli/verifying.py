"""How does somebody learn from the command line that a contact works? The system sends, people confirm."""

import time
from collections.abc import Iterator
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incident.decisions import Via
from ledger.configurations import configuration_in_force
from ledger.contacts import KnownContact, ask_for_tests, contacts_of
from ledger.engine import Ledger
from ledger.verifications import confirm_code, find_verification
from service.cli.app import utc_now
from service.cli.found import found_ledger, speaker

PATIENCE = timedelta(seconds=10)
"""So long the system is given to send; it goes on trying for a day."""
LOOK_EVERY_SECONDS = 0.25


class Line(BaseModel):
    """One contact of a person; `tested_at` and `problem` tell of the last test message."""

    model_config = ConfigDict(frozen=True)

    person: str
    method: str
    via: str
    verified_at: AwareDatetime | None
    tested_at: AwareDatetime | None
    problem: str

    def __str__(self) -> str:
        if self.verified_at:
            state = f"verified on {self.verified_at:%Y-%m-%d}"
        elif self.problem:
            state = f"not verified; the test message could not be sent: {self.problem}"
        elif self.tested_at:
            state = f"not verified; a test message was sent at {self.tested_at:%Y-%m-%d %H:%M UTC}"
        else:
            state = "not verified"
        return f"{self.person}: {self.method}: {state}"


def lines(person: str | None) -> list[Line]:
    """Every contact that can be used, of everybody or of one person.

    Raises:
        NotFoundError: the person is not known.
    """
    with found_ledger() as ledger:
        return [_line(known) for known in ledger.read(contacts_of, person)]


def verify(
    person: str, method: str | None, asked_by: str | None, patience: timedelta = PATIENCE
) -> Iterator[str]:
    """Have the system send test messages; says what became of each.

    Raises:
        NotFoundError: the person, the contact or whoever asks is not known.
    """
    with found_ledger() as ledger:
        _, configuration = ledger.read(configuration_in_force)
        by = speaker(asked_by, configuration.people)
        numbers = ledger.write(ask_for_tests, person, method, by, utc_now())
        until = time.monotonic() + patience.total_seconds()
        for name, number in numbers.items():
            yield f"{name}: {became(ledger, number, until)}"
        yield f"confirm with `incident contacts confirm {person} CODE`, or by the link in the message"


def confirm(person: str, code: str) -> str:
    """Keep that a test message arrived; returns what to tell.

    Raises:
        NotFoundError: no message of the last day to this person has the code.
    """
    with found_ledger() as ledger:
        row = ledger.write(confirm_code, person, code.strip(), Via.CLI, utc_now())
        return f"{row.method} of {person} is verified"


def _line(known: KnownContact) -> Line:
    row = known.newest
    return Line(
        person=known.person,
        method=known.contact.method,
        via=known.contact.via,
        verified_at=row.confirmed_at if row else None,
        tested_at=row.sent_at if row else None,
        problem=row.problem if row else "",
    )


def became(ledger: Ledger, number: int, until: float) -> str:
    """What became of a test message by now, or within our patience."""
    while True:
        row = ledger.read(find_verification, number)
        if row.sent_at:
            return "a test message was sent"
        if row.problem:
            return f"could not be sent: {row.problem}"
        if time.monotonic() > until:
            return "not sent yet; the system sends it as soon as it runs"
        time.sleep(LOOK_EVERY_SECONDS)
