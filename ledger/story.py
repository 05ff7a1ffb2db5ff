"""What is known about one incident? Its rows become the `Story` that every text and page is made from."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, desc, select

from incident.configuration import Configuration
from incident.lifecycle import Phase
from incident.progress import Stage
from incident.repairing import resources, stand_in
from incident.resources import Owed
from incident.story import (
    AlertSeen,
    DecisionTaken,
    EscalationStanding,
    Fact,
    LateAnswer,
    Link,
    NotificationSent,
    PageSent,
    PhaseTimes,
    RoleHeld,
    Story,
    Update,
)
from ledger.configurations import configuration_of
from ledger.incidents import find_incident
from ledger.notification_tables import NotificationRow
from ledger.repair_tables import RepairRow
from ledger.tables import (
    AlertRow,
    AnswerRow,
    DecisionRow,
    EffectRow,
    EscalationRow,
    FactRow,
    IncidentRow,
    PageRow,
    PhaseRow,
    RoleRow,
    UpdateRow,
)

Row = TypeVar("Row", bound=SQLModel)

LINKED = ("ticket", "room", "call")
"""Effects whose results have an `url` that people follow: the vendor's, else that of the built-in one."""


def tell(session: Session, key: str) -> Story:
    """The story of an incident.

    Raises:
        NotFoundError: there is no such incident.
    """
    incident = find_incident(session, key)
    configuration = configuration_of(session, incident)
    service = configuration.services[incident.service]
    escalations = _rows(session, EscalationRow, incident)
    story = Story(
        **incident.model_dump(exclude={"id", "configuration_version", "assessment"}),
        assessment=incident.assessment,
        service_title=service.title or incident.service,
        products=service.products,
        runbook=service.runbook,
        unreached=any(row.stage is Stage.UNREACHED for row in escalations),
        phases=_phases(session, incident),
        roles=tuple(RoleHeld(**row.model_dump()) for row in _rows(session, RoleRow, incident)),
        alerts=_alerts(session, incident),
        escalations=tuple(_standing(row) for row in escalations),
        pages=_pages(session, incident, escalations),
        decisions=_decisions(session, incident),
        updates=_updates(session, incident),
        timeline=tuple(Fact(**row.model_dump()) for row in _rows(session, FactRow, incident)),
        links=_links(session, incident),
    )
    number = incident.id or 0
    found = resources(story, attempted(session, number), owed_to(session, number))
    return story.model_copy(update={"resources": found})


def attempted(session: Session, incident_id: int) -> Mapping[str, bool]:
    """The outside effects of an incident in the order in which they were tried, and whether each is done."""
    query = select(EffectRow.name, EffectRow.finished_at).where(EffectRow.incident_id == incident_id)
    return {name: done is not None for name, done in session.exec(query.order_by(col(EffectRow.id)))}


def owed_to(session: Session, incident_id: int) -> Mapping[str, Owed]:
    """What did not work for an incident so far."""
    rows = session.exec(select(RepairRow).where(RepairRow.incident_id == incident_id))
    return {row.name: Owed(**row.model_dump()) for row in rows}


def keys(session: Session, limit: int = 200) -> Sequence[str]:
    """The keys of the newest incidents, newest first."""
    return session.exec(select(IncidentRow.key).order_by(desc(col(IncidentRow.id))).limit(limit)).all()


def _rows(session: Session, table: type[Row], incident: IncidentRow) -> Sequence[Row]:
    columns = table.__table__.c  # type: ignore[attr-defined]  # SQLModel tables have it
    return session.exec(select(table).where(columns.incident_id == incident.id).order_by(columns.id)).all()


def _phases(session: Session, incident: IncidentRow) -> tuple[PhaseTimes, ...]:
    known = {row.phase: row for row in _rows(session, PhaseRow, incident)}
    return tuple(
        PhaseTimes(**known[phase].model_dump()) if phase in known else PhaseTimes(phase=phase)
        for phase in Phase
    )


def _alerts(session: Session, incident: IncidentRow) -> tuple[AlertSeen, ...]:
    return tuple(
        AlertSeen(
            id=row.id or 0,
            delivery=row.delivery_id,
            fingerprint=row.fingerprint,
            source=row.source,
            title=row.alert.title,
            status=row.status,
            end_state=row.end_state or "",
            reason=row.reason,
            received_at=row.received_at,
            url=row.alert.url,
            labels=row.alert.labels,
        )
        for row in _rows(session, AlertRow, incident)
    )


def _standing(row: EscalationRow) -> EscalationStanding:
    plain = row.model_dump(
        include={"purpose", "role", "stage", "next_at", "acknowledged_by", "acknowledged_at"}
    )
    at = row.progress
    return EscalationStanding(**plain, policy=at.policy, level=at.level + 1, round=at.round + 1)


def _pages(
    session: Session, incident: IncidentRow, escalations: Sequence[EscalationRow]
) -> tuple[PageSent, ...]:
    purposes = {row.id: row.purpose for row in escalations}
    methods: dict[int, list[NotificationSent]] = {}
    for each in _rows(session, NotificationRow, incident):
        methods.setdefault(each.page_id, []).append(NotificationSent(**each.model_dump()))
    return tuple(
        PageSent(
            **row.model_dump(exclude={"level", "round"}),
            escalation=purposes[row.escalation_id],
            level=row.level + 1,
            round=row.round + 1,
            notifications=tuple(methods.get(row.id or 0, ())),
        )
        for row in _rows(session, PageRow, incident)
    )


def _decisions(session: Session, incident: IncidentRow) -> tuple[DecisionTaken, ...]:
    rows = _rows(session, DecisionRow, incident)
    ids = [row.id for row in rows]
    late: dict[int, list[LateAnswer]] = {}
    given_to_them = select(AnswerRow).where(col(AnswerRow.decision_id).in_(ids)).order_by(col(AnswerRow.id))
    for given in session.exec(given_to_them):
        if not given.problems:
            answer = LateAnswer(by=given.by, via=given.via, at=given.at, values=given.given)
            late.setdefault(given.decision_id, []).append(answer)
    return tuple(DecisionTaken(**row.model_dump(), late=tuple(late.get(row.id or 0, ()))) for row in rows)


def _updates(session: Session, incident: IncidentRow) -> tuple[Update, ...]:
    rows = enumerate(_rows(session, UpdateRow, incident), start=1)
    return tuple(Update(number=number, **row.model_dump()) for number, row in rows)


def _links(session: Session, incident: IncidentRow) -> tuple[Link, ...]:
    results = {row.name: row.result for row in _rows(session, EffectRow, incident) if row.finished_at}
    found = {name: results.get(name) or results.get(stand_in(name)) for name in LINKED}
    urls = {name: (result or {}).get("url") for name, result in found.items()}
    return tuple(Link(name=name, url=url) for name, url in urls.items() if url)


def configuration_behind(session: Session, key: str) -> Configuration:
    """The configuration that an incident was opened with."""
    return configuration_of(session, find_incident(session, key))
