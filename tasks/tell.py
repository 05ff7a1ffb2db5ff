"""Phase 4: tell colleagues and customers, on the status pages and by mail."""

from typing import Any, cast

from prefect import task

from blocks.catalogue import Purpose
from blocks.interfaces import StatusPage, StatusUpdate
from incident.lifecycle import Phase
from incident.story import Audience, UpdateState
from ledger.effects import result_of
from ledger.tables import UpdateRow
from ledger.updates import publish
from tasks.artifacts import Transition, reached
from tasks.channels import say
from tasks.incident import Matter, matter, next_update_at
from tasks.mail import send_mail
from tasks.once import once
from tasks.phase import carrying_on, phase
from tasks.surroundings import here

PAGES = {
    Audience.INTERNAL: Purpose.INTERNAL_STATUS_PAGE,
    Audience.EXTERNAL: Purpose.EXTERNAL_STATUS_PAGE,
}


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
        async with carrying_on(about.id, f"the {audience} status page"):
            await _publish(about, audience, update)
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


async def _publish(about: Matter, audience: Audience, row: UpdateRow) -> None:
    status_page = cast(StatusPage, await about.serving(PAGES[audience]))
    update = StatusUpdate(
        incident=about.story.key,
        title=row.title,
        body=row.body,
        state=row.state,
        severity=about.story.severity,
        service=about.story.service,
        products=about.story.products,
    )
    opened, name = f"status-page/{audience}", f"status-page/{audience}/{row.cause}"
    key = about.key_of(name)
    page = await here().ledger.aread(result_of, about.id, opened)
    if page is None:
        await once(
            about.id, opened, status_page.repeat_of(status_page.open), lambda: status_page.open(key, update)
        )
    elif row.state is UpdateState.RESOLVED:
        await once(
            about.id,
            name,
            status_page.repeat_of(status_page.resolve),
            lambda: status_page.resolve(key, str(page), update),
        )
    else:
        await once(
            about.id,
            name,
            status_page.repeat_of(status_page.update),
            lambda: status_page.update(key, str(page), update),
        )


async def _mail(about: Matter, audience: Audience, row: UpdateRow) -> None:
    addresses = about.configuration.audience
    for to in addresses.internal if audience is Audience.INTERNAL else addresses.external:
        await send_mail(about, f"update/{audience}/{row.cause}", to, row.title, row.body)
