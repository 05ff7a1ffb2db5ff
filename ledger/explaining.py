"""What would become of alerts if they came now? Asked of the ledger; nothing is written."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from incident.alert import Alert
from incident.configuration import Configuration
from incident.explaining import Explained, explain
from incident.triage_situation import Situation
from ledger.triage_situations import known_of, with_surroundings


def explain_alerts(
    session: Session, configuration: Configuration, alerts: Sequence[Alert], now: datetime
) -> tuple[Explained, ...]:
    """What triage would decide about each of them with this configuration, and every step on the way."""

    def situate(alert: Alert) -> Situation:
        situation, condition = known_of(session, alert, configuration, now, now)
        return with_surroundings(session, alert, situation, configuration, condition)

    return explain(configuration, alerts, situate)
