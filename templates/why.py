"""What must be known to show who would be woken, and why?"""

from typing import Annotated

from pydantic import Field

from incident.why import Rehearsal
from templates.pages import Page


class WhyPage(Page):
    """GET /why: an incident that is rehearsed; its form asks for another one."""

    template = "web/why.html"

    rehearsal: Rehearsal
    services: Annotated[tuple[str, ...], Field(description="Those that can be asked about.")]
    asked_at: Annotated[str, Field(description="The time as it was written; empty: now.")] = ""
