"""How many alerts count for a threshold? One row for each, by the key of what is counted together."""

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from incident.alert import Alert, EndState
from incident.outcomes import Outcome, Suppress
from incident.thresholds import Tally, Threshold, threshold_for
from incident.triage_situation import Situation
from ledger.tables import AlertRow
from ledger.triage_tables import TallyRow


def tally_of(
    session: Session, alert: Alert, thresholds: Sequence[Threshold], situation: Situation
) -> Tally | None:
    """How many alerts have come with this one; the same firing delivered again is counted once."""
    found = threshold_for(thresholds, situation.labels)
    if found is None:
        return None
    number, threshold = found
    key = threshold.key(situation.labels)
    recent = TallyRow.key == key, col(TallyRow.at) > situation.received_at - threshold.within
    rows = session.exec(select(TallyRow.id).where(*recent).limit(threshold.at_least)).all()
    again = _was_counted(alert, situation) and bool(rows)
    return Tally(rule=number, threshold=threshold, key=key, came=len(rows) + (0 if again else 1))


def count(session: Session, situation: Situation, alert: AlertRow, outcome: Outcome) -> None:
    """Count an alert; when there are enough, those that came before are looked at again."""
    tally = situation.tally
    if tally is None or not _counts(outcome):
        return
    begins = situation.received_at - tally.threshold.within
    mine = col(TallyRow.key) == tally.key
    session.flush()  # the statements below go past what still waits to be written
    session.connection().execute(delete(TallyRow).where(mine, col(TallyRow.at) <= begins))
    if not _was_counted(alert.alert, situation):
        session.add(TallyRow(key=tally.key, alert_id=alert.id or 0, at=situation.received_at))
    if tally.enough:
        before = select(TallyRow.alert_id).where(mine, col(TallyRow.at) > begins)
        few = col(AlertRow.id).in_(before), col(AlertRow.suppressed_by) == tally.label
        session.connection().execute(update(AlertRow).where(*few).values(look_again_at=situation.now))


def _counts(outcome: Outcome) -> bool:
    """What is silenced or inhibited does not count: nobody is to be woken for it."""
    return not isinstance(outcome, Suppress) or outcome.end_state is EndState.BELOW_THRESHOLD


def _was_counted(alert: Alert, situation: Situation) -> bool:
    return alert.starts_at is not None and situation.before.is_same_firing(alert)
