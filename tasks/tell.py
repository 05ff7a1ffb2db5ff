"""Phase 4: tell colleagues and customers, on the status pages and by mail."""

from functools import partial
from typing import Any, cast

from prefect import task
from pydantic import BaseModel

from blocks.catalogue import Purpose
from blocks.interfaces import StatusPage, StatusUpdate
from incident.lifecycle import Phase
from incident.story import Audience, UpdateState
from ledger.affected import other_burdens
from ledger.effects import result_of
from ledger.tables import UpdateRow
from ledger.updates import newest_update, publish
from tasks.artifacts import Transition, reached
from tasks.channels import say
from tasks.components import components
from tasks.incident import Matter, matter, next_update_at
from tasks.mail import send_mail
from tasks.once import once
from tasks.phase import carrying_on, owing, phase
from tasks.surroundings import here

PAGES = {
    Audience.INTERNAL: Purpose.INTERNAL_STATUS_PAGE,
    Audience.EXTERNAL: Purpose.EXTERNAL_STATUS_PAGE,
}


class OpenedPage(BaseModel):
    """An incident on a status page, and the update that it was opened with."""

    id: str
    cause: str


@task(name="4 tell customers", task_run_name="4 tell customers · {incident}", persist_result=True)
async def tell_customers(incident: str) -> None:
    """The first messages: what we know inside, and that we are looking outside."""
    async with phase(incident, Phase.TELL):
        await announce(incident, "first", "first", UpdateState.INVESTIGATING)
        await reached(incident, Transition.UPDATED)


async def announce(incident: str, cause: str, moment: str, state: UpdateState, **values: Any) -> None:
    """Tell both audiences, once per cause; `moment` names the folder of templates."""
    for audience in Audience:
        about = await matter(incident)
        update = await _write(about, audience, cause, moment, state, **values)
        await publish_newest(incident, audience)
        await _mail(about, audience, update)
        async with carrying_on(about.id, "showing the update in the room"):
            await say(about, f"update/{audience}/{cause}", about.text("room/update.md", update=update))


async def _write(
    about: Matter, audience: Audience, cause: str, moment: str, state: UpdateState, **values: Any
) -> UpdateRow:
    now = here().now()
    folder = f"update/{audience}/{moment}"
    values = {"next_update_at": next_update_at(about, now), **values}
    title, body = about.text(f"{folder}/title.line", **values), about.text(f"{folder}/body.txt", **values)
    return await here().ledger.awrite(publish, about.story.key, audience, cause, state, title, body, now)


async def publish_newest(incident: str, audience: Audience) -> None:
    """Put on the status page what an audience was told last: what came before is of no use any more."""
    about = await matter(incident)
    row = await here().ledger.aread(newest_update, incident, audience)
    name = f"status-page/{audience}"
    opened = await here().ledger.aread(result_of, about.id, name)
    page = OpenedPage.model_validate(opened) if opened else None
    if row is None or (page and page.cause == row.cause):
        return
    name = f"{name}/{row.cause}" if page else name
    async with owing(about.id, name):
        status_page = cast(StatusPage, await about.serving(PAGES[audience]))
        update, key = await _told(about, row), about.key_of(f"status-page/{audience}/{row.cause}")
        if page is None:
            repeat = status_page.repeat_of(status_page.open)
            await once(about.id, name, repeat, lambda: _open(status_page, key, update, row.cause))
        else:
            method = status_page.resolve if row.state is UpdateState.RESOLVED else status_page.update
            await once(about.id, name, status_page.repeat_of(method), partial(method, key, page.id, update))


async def _open(status_page: StatusPage, key: str, update: StatusUpdate, cause: str) -> OpenedPage:
    return OpenedPage(id=await status_page.open(key, update), cause=cause)


async def _told(about: Matter, row: UpdateRow) -> StatusUpdate:
    story = about.story
    others = await here().ledger.aread(other_burdens, story.key)
    return StatusUpdate(
        incident=story.key,
        title=row.title,
        body=row.body,
        state=row.state,
        severity=story.severity,
        service=story.service,
        products=story.products,
        components=components(story.products, story.severity, story.assessment, row.state, others),
    )


async def _mail(about: Matter, audience: Audience, row: UpdateRow) -> None:
    addresses = about.configuration.audience
    for to in addresses.internal if audience is Audience.INTERNAL else addresses.external:
        await send_mail(about, f"update/{audience}/{row.cause}", to, row.title, row.body)
