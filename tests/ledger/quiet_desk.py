"""Who silences things in these tests? Bob, with the desk that takes alerts."""

from typing import Any

from incident.decisions import Via
from incident.maintenance import Maintenance
from incident.silences import NewSilence
from incident.window import Window
from ledger.holds import holds_to_review, review_hold
from ledger.intake import triage_again, waiting_alerts
from ledger.maintenance import add_maintenance, end_maintenance
from ledger.quiet_tables import SilenceRow
from ledger.rota_turn import Actor
from ledger.silences import add_silence, end_silence, move_silence
from ledger.tables import AlertRow
from tests.ledger.desk import Desk, at

BOB = Actor("bob", Via.CLI)
ALICE = Actor("alice", Via.WEB)


class QuietDesk:
    """A desk beside which bob sits; times are minutes after the first alert."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def silence(self, minutes: float = 0, **changes: Any) -> SilenceRow:
        """Bob silences checkout for half an hour, unless changed."""
        plain: dict[str, Any] = {"matchers": ['service="checkout"'], "comment": "we know", "for": "30m"}
        wanted = NewSilence.model_validate(
            {name: value for name, value in (plain | changes).items() if value is not None}
        )
        return self.desk.ledger.write(add_silence, wanted, BOB, at(minutes))

    def end(self, minutes: float, number: int = 1, actor: Actor = BOB) -> SilenceRow:
        """Somebody ends a silence."""
        return self.desk.ledger.write(end_silence, number, actor, at(minutes))

    def move(self, minutes: float, end: float, number: int = 1) -> SilenceRow:
        """Bob gives a silence another end."""
        return self.desk.ledger.write(move_silence, number, at(end), BOB, at(minutes))

    def maintain(self, minutes: float = 0, **changes: Any) -> Maintenance:
        """Bob works on checkout for half an hour, unless changed."""
        plain: dict[str, Any] = {"services": ["checkout"], "comment": "new disks", "start": at(minutes)}
        window = Window.model_validate(plain | {"for": "30m"} | changes)
        return self.desk.ledger.write(add_maintenance, window, BOB, at(minutes))

    def finish(self, minutes: float, name: str = "M1", *, only_this_time: bool = False) -> Maintenance:
        """Bob has finished."""
        return self.desk.ledger.write(end_maintenance, name, BOB, at(minutes), only_this_time=only_this_time)

    def waiting(self, minutes: float) -> list[int]:
        """The alerts that are to be looked at again."""
        return list(self.desk.ledger.read(waiting_alerts, at(minutes)))

    def look_again(self, minutes: float) -> list[str | None]:
        """Look again at everything that is due; the incidents that came of it."""
        found = [
            self.desk.ledger.write(triage_again, number, at(minutes)) for number in self.waiting(minutes)
        ]
        return [incident.key if incident else None for incident in found]

    def review(self, minutes: float) -> list[bool]:
        """Ask which escalations wait for the wrong end, and move them."""
        moved = self.desk.ledger.read(holds_to_review, at(minutes))
        return [self.desk.ledger.write(review_hold, number, at(minutes)) for number in moved]

    def states(self) -> list[str]:
        """The end states of all alerts."""
        return [str(row.end_state) for row in self.desk.rows(AlertRow)]

    def alert(self, number: int = 1) -> AlertRow:
        """An alert, from 1."""
        return self.desk.rows(AlertRow)[number - 1]
