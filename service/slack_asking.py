"""How does somebody get the form of an open question in Slack?"""

from typing import Any

from incident.errors import ConnectionFailure, NotFoundError
from service.slack_form import form_of
from service.slack_hearing import Hearing
from tasks.background import later
from tasks.commands import Reply, Said, incident_meant, which
from tasks.filling_in import ANY_DECISION
from tasks.incident import Matter, matter
from tasks.permission import refusal
from tasks.speech import about_it, in_general
from tasks.surroundings import here


async def offer_form(hearing: Hearing, said: Said, trigger: str, address: str) -> Reply | None:
    """Open the form of the question that waits; the reply is why not, or None if it is being opened."""
    key = await here().ledger.aread(incident_meant, said)
    if key is None:
        return await which(said)
    try:
        about = await matter(key)
    except NotFoundError as error:
        problem = str(error)
        return in_general(hearing.configuration, "impossible", said.person, ok=False, problem=problem)
    if refused := await refusal(said, about, ANY_DECISION):
        return refused
    asked = about.story.open_decision
    if asked is None:
        return about_it(said, about, "nothing_asked", ok=False)
    people = {name: person.name for name, person in about.configuration.people.items()}
    view = form_of(about.story, asked, people, about.language_of(said.person))
    later(f"{key}: opening a form in Slack", _open(hearing, about, said, view, trigger, address))
    return None


async def _open(
    hearing: Hearing, about: Matter, said: Said, view: dict[str, Any], trigger: str, address: str
) -> None:
    """Slack opens it within three seconds or never; then the link to the same form takes its place."""
    try:
        await hearing.app.open_form(trigger, view)
    except ConnectionFailure:
        decide_url = here().links.decide(said.person, about.story.key, here().now())
        text = about_it(said, about, "form_failed", ok=False, decide_url=decide_url).text
        await hearing.app.tell_back(address, {"response_type": "ephemeral", "text": text})
        raise
