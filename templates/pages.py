"""What must be known to show a web page? One frozen model per page; `render_page` makes HTML of it."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.configuration import Language
from incident.quiet_sources import QuietAtSource
from incident.rehearsed import Ahead
from incident.story import Audience, DecisionTaken, Story
from templates.render import render
from templates.status import DayOfHistory, ServiceNow, current, history


class Actor(BaseModel):
    """Who looks at a page, by a signed personal link; without one, pages offer nothing to do."""

    model_config = ConfigDict(frozen=True)

    person: str
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]+$")]


class Page(BaseModel):
    """What every page knows."""

    model_config = ConfigDict(frozen=True)

    template: ClassVar[str]

    now: AwareDatetime
    language: Language = Language.ENGLISH
    organisation: str = "Our organisation"
    people: Annotated[dict[str, str], Field(description="Names by identity.")] = {}
    base_url: Annotated[str, Field(description="Stands before every path; empty: relative to the host.")] = ""
    actor: Actor | None = None

    def to(self, path: str) -> str:
        """The address of a path here, with the actor's personal token if there is one."""
        return f"{self.base_url}{path}" + (f"?as={self.actor.token}" if self.actor else "")


class IncidentListPage(Page):
    """GET /: what is open, and what ended lately."""

    template = "web/list.html"

    live: tuple[Story, ...]
    recent: Annotated[tuple[Story, ...], Field(description="Ended ones, newest first.")] = ()


class IncidentPage(Page):
    """GET /incidents/{key}, also after POST /incidents/{key}/notes. It is the built-in chat room, too."""

    template = "web/incident.html"

    story: Story
    acknowledge_url: Annotated[str, Field(description="If the actor has an open page.")] = ""
    decide_url: Annotated[str, Field(description="If the actor may answer the open decision.")] = ""
    note: Annotated[str, Field(description="What the actor had written, when it could not be kept.")] = ""
    problem: Annotated[str, Field(description="Why the note could not be kept.")] = ""
    ahead: Annotated[tuple[Ahead, ...], Field(description="What comes next if nobody answers.")] = ()
    others: Annotated[dict[str, str], Field(description="Titles of other live incidents, by key.")] = {}
    quiet: Annotated[
        tuple[QuietAtSource, ...], Field(description="What its monitors keep quiet about, because of it.")
    ] = ()
    can_silence: Annotated[bool, Field(description="Whether a monitor can be told to keep quiet.")] = False


class Acknowledging(StrEnum):
    """What an acknowledge link leads to."""

    READY = "ready"
    DONE = "done"
    ALREADY = "already"
    ENDED = "ended"
    EXPIRED = "expired"


class AcknowledgePage(Page):
    """GET and POST /ack/{token}: one button that posts to the same address."""

    template = "web/acknowledge.html"

    state: Acknowledging
    story: Annotated[Story | None, Field(description="None only when the link cannot be read.")] = None
    person: str = ""
    because: Annotated[str, Field(description="Why this person was paged.")] = ""
    by: Annotated[str, Field(description="Who has acknowledged, for DONE and ALREADY.")] = ""
    at: Annotated[AwareDatetime | None, Field(description="When they did.")] = None


class Contacting(StrEnum):
    """What the link in a test message leads to."""

    READY = "ready"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


class ContactPage(Page):
    """GET and POST /contacts/{token}: one button that posts to the same address."""

    template = "web/contact.html"

    state: Contacting
    person: str = ""
    method: Annotated[str, Field(description="How the person's rules call the contact.")] = ""


class AssessPage(Page):
    """GET /decide/{token} of an assessment; again after a POST with problems."""

    template = "web/assess.html"

    story: Story
    decision: DecisionTaken
    values: Annotated[
        dict[str, str], Field(description="What was entered before; the proposal fills the rest.")
    ] = {}
    problems: tuple[str, ...] = ()

    def value(self, name: str, otherwise: object = "") -> str:
        """What a field shows at first: what was entered, else the proposal, else something given."""
        known = (self.values.get(name), self.decision.proposal.get(name), otherwise)
        return str(next((value for value in known if value is not None), ""))


class ResolvePage(AssessPage):
    """GET /decide/{token} of a next step; ``people`` are those who may take over a role."""

    template = "web/resolve.html"


class DecidedPage(Page):
    """After POST /decide/{token}, and GET of an answered one: whose answer holds."""

    template = "web/decided.html"

    story: Story
    decision: DecisionTaken
    accepted: Annotated[bool, Field(description="The actor's own answer is the one that holds.")] = False
    late: Annotated[bool, Field(description="The actor's answer came after another one; it was kept.")] = (
        False
    )


class StatusPage(Page):
    """GET /status and GET /status/internal."""

    template = "web/status.html"

    audience: Audience
    stories: Annotated[
        tuple[Story, ...], Field(description="Live ones, and the ended ones of the last 14 days.")
    ]

    @property
    def services(self) -> tuple[ServiceNow, ...]:
        """What is going on, by service."""
        return current(self.stories, self.audience)

    @property
    def days(self) -> tuple[DayOfHistory, ...]:
        """What has ended in the last 14 days, newest first."""
        return history(self.stories, self.audience, self.now)


class RetrospectivePage(Page):
    """GET /incidents/{key}/retrospective; it stands alone and can be saved as a file."""

    template = "web/retrospective.html"

    story: Story


class ErrorPage(Page):
    """Any page that cannot be shown: a sentence, and what to do."""

    template = "web/error.html"

    status: int
    message: Annotated[str, Field(description="What is wrong; empty: the usual sentence for the status.")] = (
        ""
    )


def render_page(page: Page) -> str:
    """The HTML of a page."""
    return render(page.template, language=page.language, page=page, people=page.people)
