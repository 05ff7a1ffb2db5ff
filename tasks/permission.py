"""May somebody do what they want to do? A refusal is written on the timeline, and told."""

from incident.authority import decides, rule
from incident.commands import Command
from ledger.involved import on_call_for
from ledger.said import keep_refusal
from tasks.incident import Matter
from tasks.speech import Reply, Said, about_it
from tasks.surroundings import here


async def refusal(said: Said, about: Matter, command: Command) -> Reply | None:
    """Why it will not be done; None: they may."""
    ledger, key, now = here().ledger, about.story.key, here().now()
    on_call = await ledger.aread(on_call_for, key, now) if decides(command) else ()
    ruling = rule(about.story, said.person, command, on_call)
    if ruling.allowed:
        return None
    text = f"{said.person} may not decide here ({ruling.reason}): {said.text.strip()}"
    await ledger.awrite(keep_refusal, key, text, said.person, via=said.via, now=now)
    return about_it(said, about, "refused", ok=False)
