"""Which pages are owed, and what became of each?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import Session, col, select

from incident.errors import NotFoundError
from incident.story import PageState
from incident.timeline import Kind
from ledger.notification_tables import NotificationRow
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note
from ledger.turns import held_by_page


@dataclass(frozen=True)
class OwedPage:
    """A page with what it is about."""

    page: PageRow
    escalation: EscalationRow
    incident: IncidentRow


def pages_owed(session: Session, before: datetime) -> Sequence[PageRow]:
    """Pages of which something was due before this instant and has neither been sent nor given up."""
    return session.exec(select(PageRow).where(_owes(before)).order_by(col(PageRow.id))).all()


def pages_owed_by(session: Session, escalation_id: int, before: datetime) -> Sequence[PageRow]:
    """Those of one escalation."""
    query = select(PageRow).where(PageRow.escalation_id == escalation_id, _owes(before))
    return session.exec(query.order_by(col(PageRow.id))).all()


def owed_since(session: Session, page: PageRow) -> datetime:
    """Since when a page that owes something has owed it."""
    due = select(func.min(NotificationRow.due_at)).where(
        NotificationRow.page_id == page.id, NotificationRow.state == PageState.OWED
    )
    return session.exec(due).one() or page.owed_at


def oldest_owed(session: Session, now: datetime) -> datetime | None:
    """Since when the page that is late longest has been due; None when nothing is."""
    due = select(func.min(NotificationRow.due_at)).where(
        NotificationRow.state == PageState.OWED, NotificationRow.due_at <= now
    )
    unplanned = select(func.min(PageRow.owed_at)).where(PageRow.state == PageState.OWED, ~_planned())
    found = [at for query in (due, unplanned) if (at := session.exec(query).one())]
    return min(found, default=None)


def standing(session: Session, escalation_id: int) -> str:
    """How the level that is being waited for is called on screens, such as `level 2 · bob`."""
    query = select(PageRow).where(PageRow.escalation_id == escalation_id).order_by(col(PageRow.id).desc())
    newest = session.exec(query).first()
    if newest is None:
        return "waiting for working hours"
    step = PageRow.step == newest.step
    people = session.exec(
        select(PageRow.person).where(PageRow.escalation_id == escalation_id, step).order_by(col(PageRow.id))
    )
    name = "fallback" if newest.level < 0 else f"level {newest.level + 1}"
    again = f", round {newest.round + 1}" if newest.round else ""
    return f"{name}{again} · {', '.join(people)}"


def find_page(session: Session, page_id: int) -> OwedPage:
    """A page with its escalation and its incident.

    Raises:
        NotFoundError: there is no such page.
    """
    incident = held_by_page(session, page_id)
    page = session.get(PageRow, page_id)
    if page is None or incident is None:
        raise NotFoundError(f"no page {page_id}")
    return OwedPage(page, session.get_one(EscalationRow, page.escalation_id), incident)


def page_sent(
    session: Session, page_id: int, method: str, provider_id: str, now: datetime, *, uncertain: bool
) -> None:
    """A channel took the page for the first time; that record stays."""
    page = find_page(session, page_id).page
    if page.state is PageState.SENT:
        return
    page.state, page.method, page.sent_at = PageState.SENT, method, now
    page.provider_id, page.uncertain = provider_id, uncertain
    session.add(page)
    doubt = "; it may have been sent twice, the channel cannot tell" if uncertain else ""
    text = f"{page.person} was paged by {method}: {page.because}{doubt}"
    note(session, page.incident_id, now, Kind.PAGED, text, by=page.person, via=method, page=page.id)


def page_failed(session: Session, page_id: int, problem: str, now: datetime) -> None:
    """No method of this person works; the level goes on with the others, and the next level follows."""
    page = find_page(session, page_id).page
    if page.state is not PageState.OWED:
        return
    page.state, page.outcome = PageState.FAILED, problem
    session.add(page)
    note(session, page.incident_id, now, Kind.PAGE_FAILED, f"{page.person} could not be paged: {problem}")


def _planned() -> ColumnElement[bool]:
    return exists().where(col(NotificationRow.page_id) == PageRow.id)


def _owes(before: datetime) -> ColumnElement[bool]:
    """A method of it was due before this instant; or it was decided by then, and nobody has planned it."""
    due = exists().where(
        col(NotificationRow.page_id) == PageRow.id,
        col(NotificationRow.state) == PageState.OWED,
        col(NotificationRow.due_at) < before,
    )
    unplanned = and_(col(PageRow.state) == PageState.OWED, col(PageRow.owed_at) < before, ~_planned())
    return or_(due, unplanned)
