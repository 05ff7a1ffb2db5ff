"""What does a page say, and where is it answered?"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from blocks.interfaces import Button, PageMessage
from incident.configuration import Language
from incident.rehearsed import Entry
from incident.story import PageState
from ledger.owed import OwedNotification
from ledger.rehearsals import ahead_of
from tasks.incident import Matter, matter
from tasks.surroundings import here
from templates.words import words

logger = logging.getLogger(__name__)

PARTS = {"subject": "subject.line", "text": "body.txt", "html": "body.html", "spoken": "call.line"}
"""The template of each part of a message."""

PROMPTS = {
    "reply_prompt": "page/reply.line",
    "key_prompt": "page/keys.line",
    "key_failed": "page/unheard.line",
}
"""What a reply and a key do, and that a key could not be taken, for channels that take them."""

Links = dict[str, str]


async def page_message(about: Matter, owed: Sequence[OwedNotification]) -> PageMessage:
    """One page in the language of its person; it names whatever else waited for the same contact."""
    first, *others = owed
    waiting = [each for each in others if each.notification.state is PageState.OWED]
    key = f"page/{first.page.id}" if first.first else first.notification.effect
    links = _links(about, first)
    answered = _answering(about, first, links)
    common = {"key": about.key_of(key), "incident": about.story.key, **links, **answered}
    if not waiting:
        texts = _texts(about, first, "page", await _why(first) | links)
        return PageMessage(severity=about.story.severity, **texts, **common)
    entries = [
        await _entry(about, first),
        *[await _entry(await matter(each.incident.key), each) for each in waiting],
    ]
    texts = _texts(about, first, "page/bundle", {"entries": entries, **links})
    return PageMessage(severity=min(entry["story"].severity for entry in entries), **texts, **common)


def _texts(about: Matter, owed: OwedNotification, folder: str, values: Mapping[str, Any]) -> dict[str, str]:
    person = owed.page.person
    language = about.language_of(person)
    return {
        part: about.text(f"{folder}/{name}", language=language, person=person, **values)
        for part, name in PARTS.items()
    }


def _answering(about: Matter, owed: OwedNotification, links: Links) -> dict[str, Any]:
    """How the person answers, in their language, and where the provider tells it."""
    page, row, language = owed.page, owed.notification, about.language_of(owed.page.person)
    of_page = (page.id or 0, page.person, about.story.key)
    callback = here().links.callback(row.id or 0, row.via, *of_page, here().now())
    prompts = {name: about.text(template, language=language) for name, template in PROMPTS.items()}
    pressed = _buttons(language, links["acknowledge_url"].rpartition("/")[2])
    return {"callback_url": callback, "language": language, "buttons": pressed, **prompts}


def _buttons(language: Language, token: str) -> tuple[Button, ...]:
    """What can be pressed where the page is read; the token of the link says which page it is."""
    labels = words(language)["buttons"]
    return tuple(Button(label=labels[says], says=says, value=token) for says in ("ack", "pass"))


async def _entry(about: Matter, owed: OwedNotification) -> dict[str, Any]:
    """One incident of a message that names several."""
    return {"story": about.story, **await _why(owed), **_links(about, owed)}


async def _why(owed: OwedNotification) -> dict[str, Any]:
    """Why this person, on this level, by this method; and who is next if nobody acknowledges."""
    because = f"{owed.page.because}; {owed.notification.because}"
    return {"because": because, "next_up": await _next_up(owed.page.escalation_id)}


async def _next_up(escalation: int) -> tuple[Entry, ...]:
    try:
        coming = await here().ledger.aread(ahead_of, escalation, here().now())
    except Exception:  # who comes next is worth telling, and never worth a page that does not leave
        logger.exception("what comes next for escalation %s", escalation)
        return ()
    return coming.next_level


def _links(about: Matter, owed: OwedNotification) -> Links:
    """Where this page is answered, and where its incident is."""
    links, now, page, key = here().links, here().now(), owed.page, about.story.key
    return {
        "acknowledge_url": links.acknowledge(page.id or 0, page.person, key, now),
        "incident_url": links.act(page.person, key, now),
    }
