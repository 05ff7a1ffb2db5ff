"""What must be known to show what came in lately, and one delivery as it came?"""

from typing import Annotated
from urllib.parse import urlencode

from pydantic import AwareDatetime, Field

from incident.alert import EndState
from incident.incoming import REJECTED, WAITING, Asked, Came, Incoming, Place
from templates.pages import Page

STATES = (*EndState, REJECTED, WAITING)
"""What one can filter by, in the order of the list."""


class IncomingPage(Page):
    """GET /alerts: what came in lately, what became of it and why, newest first."""

    template = "web/incoming.html"

    asked: Asked
    incoming: Incoming
    before: Annotated[Place | None, Field(description="Where this page begins; None: with the newest.")] = (
        None
    )
    repeats: Annotated[bool, Field(description="Those that say the same are not folded into one line.")] = (
        False
    )
    sources: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    states: tuple[str, ...] = STATES

    def at(self, before: Place | None = None, *, repeats: bool | None = None) -> str:
        """The address of another page of the same list."""
        shown = self.repeats if repeats is None else repeats
        values = {
            **self.asked.model_dump(include={"source", "state", "service", "text"}),
            "repeats": "1" if shown else "",
            "before": str(before) if before else "",
            "as": self.actor.token if self.actor else "",
        }
        given = {name: value for name, value in values.items() if value}
        return f"{self.base_url}/alerts" + (f"?{urlencode(given)}" if given else "")


class DeliveryPage(Page):
    """GET /alerts/deliveries/{number}: a delivery as it came, secrets masked, and what was understood."""

    template = "web/delivery.html"

    number: int
    source: str
    received_at: AwareDatetime
    problem: str = ""
    remarks: tuple[str, ...] = ()
    body: Annotated[str, Field(description="Its secrets are masked already.")]
    cut: Annotated[bool, Field(description="The body is longer than what is shown.")] = False
    alerts: tuple[Came, ...] = ()
    more: Annotated[bool, Field(description="It has more alerts than are shown.")] = False
