"""Which alerts of an incident are their monitors to keep quiet about, and until when?

One row for each alert, written when somebody asks, made at the monitor right after. Exactly the alerts that
fire are meant, by all of their labels: what fires later comes through, and nothing of anybody else is lost.
A silence ends at the monitor when its time has come, when somebody ends it, and when its incident is over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.alert import AlertStatus
from incident.authority import Standing, standing_of
from incident.decisions import Via
from incident.duration import write_duration
from incident.errors import AnswerError, TransitionError
from incident.lifecycle import LIVE
from incident.masking import MASK
from incident.matching import Matcher
from incident.quiet_sources import QuietAtSource
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.configurations import configuration_of
from ledger.incidents import find_incident
from ledger.involved import on_call_for
from ledger.source_silence_tables import SourceSilenceRow
from ledger.story import tell
from ledger.tables import AlertRow, IncidentRow
from ledger.timeline import note
from ledger.turns import held_by_id

LONGEST = timedelta(days=7)
"""What is to stay silent longer is no matter of one incident."""
MOST_ALERTS = 100


def silence_source(
    session: Session, key: str, person: str, lasting: timedelta, *, via: Via, now: datetime
) -> int:
    """Have the monitors keep quiet about whatever fires in an incident; returns about how many alerts.

    Raises:
        NotFoundError: there is no such incident or person.
        TransitionError: the incident is over, nothing fires that can be silenced, or it is not theirs to do.
        AnswerError: that is too long, or no time at all.
    """
    incident = _incident_for(session, key, person, now)
    if not timedelta() < lasting <= LONGEST:
        raise AnswerError([f"a silence lasts up to {write_duration(LONGEST)}, and longer than no time"])
    silencers = silencers_of(session, incident)
    firing = [row for row in _firing(session, incident, silencers) if matchers_for(row)]
    if not firing:
        raise TransitionError(f"nothing fires in {key} whose source has silence_at:")
    until = now + lasting
    for row in firing[:MOST_ALERTS]:
        session.add(_row(incident, row.id or 0, silencers[row.source], person, until, now))
    number = min(len(firing), MOST_ALERTS)
    text = (
        f"{person} silences {_alerts(number)} at {', '.join(sorted({silencers[r.source] for r in firing}))}"
    )
    lasts = f"for {write_duration(lasting)}"
    note(session, incident.id or 0, now, Kind.PASSED_ON, f"{text} {lasts}", by=person, via=via)
    return number


def end_source_silences(session: Session, key: str, person: str, *, via: Via, now: datetime) -> int:
    """End what an incident has silenced at its monitors; returns for how many alerts.

    Raises:
        NotFoundError: there is no such incident or person.
        TransitionError: it is not theirs to do.
    """
    incident = _incident_for(session, key, person, now)
    ended = end_silences(session, _lasting(session, incident.id or 0, now), now)
    if ended:
        text = f"{person} ends the silence about {_alerts(ended)}"
        note(session, incident.id or 0, now, Kind.PASSED_ON, text, by=person, via=via)
    return ended


def quiet_at_sources(session: Session, key: str, now: datetime) -> tuple[QuietAtSource, ...]:
    """What the monitors of an incident keep quiet about at this moment."""
    found: dict[tuple[str, datetime, str], int] = {}
    for row in _lasting(session, find_incident(session, key).id or 0, now):
        place = (row.silencer, row.until, row.person)
        found[place] = found.get(place, 0) + 1
    return tuple(
        QuietAtSource(silencer=name, alerts=number, until=until, person=by)
        for (name, until, by), number in found.items()
    )


def can_be_silenced(session: Session, key: str) -> bool:
    """Does something fire whose source can be told to keep quiet?"""
    incident = find_incident(session, key)
    return incident.status in LIVE and bool(_firing(session, incident, silencers_of(session, incident)))


def silencers_of(session: Session, incident: IncidentRow) -> dict[str, str]:
    """The connection for each source that has one."""
    sources = configuration_of(session, incident).sources
    return {name: source.silence_at for name, source in sources.items() if source.silence_at}


def matchers_for(row: AlertRow) -> tuple[Matcher, ...]:
    """All labels of the alert as its monitor knows them; what was masked here it knows otherwise."""
    labels = row.alert.labels
    return tuple(
        Matcher(label=name, values=(labels[name],)) for name in sorted(labels) if _known(labels[name])
    )


def end_silences(session: Session, rows: Sequence[SourceSilenceRow], now: datetime) -> int:
    """One that nobody has begun to make is simply not made; one that is being made is ended after that."""
    for row in rows:
        row.wanted = False
        begun = bool(row.silence or row.attempts)
        row.due_at = max(now, row.due_at or now) if begun else None
        row.attempts = 0
        session.add(row)
    return len(rows)


def _incident_for(session: Session, key: str, person: str, now: datetime) -> IncidentRow:
    incident = find_incident(session, key)
    known_person(session, key, person)
    if incident.status not in LIVE:
        raise TransitionError(f"{key} is {incident.status}; what it had silenced has ended with it")
    if standing_of(tell(session, key), person, on_call_for(session, key, now)) is Standing.KNOWN:
        reason = f"{person} is neither on call for {key}, nor was paged for it, nor has a role in it"
        raise TransitionError(f"only who is on it silences its monitors: {reason}")
    return held_by_id(session, incident.id or 0) or incident


def _firing(session: Session, incident: IncidentRow, silencers: dict[str, str]) -> list[AlertRow]:
    """The newest word about each condition of the incident that still fires, of sources that can be told."""
    query = select(AlertRow).where(
        AlertRow.incident_id == incident.id, col(AlertRow.source).in_(silencers or [""])
    )
    newest = {(row.source, row.fingerprint): row for row in session.exec(query.order_by(col(AlertRow.id)))}
    return [row for row in newest.values() if row.status is AlertStatus.FIRING]


def _known(value: str) -> bool:
    return bool(value) and MASK not in value


def _row(
    incident: IncidentRow, alert: int, silencer: str, person: str, until: datetime, now: datetime
) -> SourceSilenceRow:
    return SourceSilenceRow(
        incident_id=incident.id or 0,
        alert_id=alert,
        silencer=silencer,
        person=person,
        made_at=now,
        until=until,
        due_at=now,
    )


def _lasting(session: Session, incident_id: int, now: datetime) -> Sequence[SourceSilenceRow]:
    query = select(SourceSilenceRow).where(
        SourceSilenceRow.incident_id == incident_id,
        col(SourceSilenceRow.wanted).is_(True),
        col(SourceSilenceRow.until) > now,
    )
    return session.exec(query.order_by(col(SourceSilenceRow.id))).all()


def _alerts(number: int) -> str:
    return f"{number} alert{'' if number == 1 else 's'}"
