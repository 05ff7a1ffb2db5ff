"""Which pages are owed, and what became of each?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from incident.errors import NotFoundError
from incident.story import PageState
from incident.timeline import Kind
from ledger.escalations import is_over
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note
from ledger.turns import held_by_page


@dataclass(frozen=True)
class OwedPage:
    """A page with what it is about."""

    page: PageRow
    escalation: EscalationRow
    incident: IncidentRow


def pages_owed_by(session: Session, escalation_id: int) -> Sequence[PageRow]:
    """The pages of one escalation that are neither sent nor given up."""
    query = select(PageRow).where(PageRow.escalation_id == escalation_id, PageRow.state == PageState.OWED)
    return session.exec(query.order_by(col(PageRow.id))).all()


def standing(session: Session, escalation_id: int) -> str:
    """How the level that is being waited for is called on screens, such as `level 2 · bob`."""
    query = select(PageRow).where(PageRow.escalation_id == escalation_id).order_by(col(PageRow.id).desc())
    newest = session.exec(query).first()
    if newest is None:
        return "waiting for working hours"
    step = PageRow.round == newest.round, PageRow.level == newest.level
    people = session.exec(
        select(PageRow.person).where(PageRow.escalation_id == escalation_id, *step).order_by(col(PageRow.id))
    )
    name = "fallback" if newest.level < 0 else f"level {newest.level + 1}"
    again = f", round {newest.round + 1}" if newest.round else ""
    return f"{name}{again} · {', '.join(people)}"


def pages_owed(session: Session, before: datetime) -> Sequence[PageRow]:
    """Pages that were decided before this instant and are neither sent nor given up."""
    query = select(PageRow).where(PageRow.state == PageState.OWED, col(PageRow.owed_at) < before)
    return session.exec(query.order_by(col(PageRow.id))).all()


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


def drop_if_over(session: Session, page_id: int) -> bool:
    """Look once more before sending (E9): has somebody answered meanwhile? Returns whether it was dropped."""
    page = find_page(session, page_id).page
    if page.state is PageState.OWED and is_over(session, page.escalation_id):
        page.state, page.outcome = PageState.DROPPED, "answered before it was sent"
        session.add(page)
    return page.state is PageState.DROPPED


def page_sent(
    session: Session, page_id: int, method: str, provider_id: str, now: datetime, *, uncertain: bool
) -> None:
    """The channel took the page; the first record stays."""
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
