"""How does an incident get its ticket in Jira or Jira Service Management (Cloud)?

Source: Atlassian's description of the Jira Cloud platform API v3. It takes no idempotency key, so what an
earlier call left is looked for: the issue by its label, a comment by a property with its key. A link has a
global id and replaces itself.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.adf import document
from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Repeat, Ticket, TicketFields, TicketState, Tracker
from incident.errors import Rejected

SUMMARY_LENGTH = 255
"""Characters of a summary, in one line."""

_OURS = "incident-response"
_CATEGORIES = {
    TicketState.OPEN: "new",
    TicketState.IN_PROGRESS: "indeterminate",
    TicketState.RESOLVED: "done",
    TicketState.CLOSED: "done",
}
_NEWEST_COMMENTS = {"orderBy": "-created", "maxResults": "100", "expand": "properties"}


class JiraTracker(HttpConnection, Tracker):
    """One issue per incident, in one project."""

    _block_type_name: ClassVar[str | None] = "Jira or Jira Service Management"
    _block_type_slug: ClassVar[str | None] = "jira-tracker"
    _description: ClassVar[str | None] = (
        "One issue per incident in a project of Jira Cloud, with comments, links and transitions by category."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    site: Annotated[
        str,
        Field(title="Site", description="Such as https://example.atlassian.net.", pattern=r"^https://[^/]+$"),
    ]
    email: Annotated[str, Field(title="Mail address", description="Of the account that the token is for.")]
    api_token: Annotated[SecretStr, Field(title="API token", description="Of that account.")]
    project: Annotated[
        str, Field(title="Project", description="Its key, such as OPS.", pattern=r"^[A-Z][A-Z0-9_]*$")
    ]
    issue_type: Annotated[
        str, Field(title="Issue type", description="By its name in the project, such as Incident or Bug.")
    ] = "Task"
    priorities: Annotated[
        dict[int, str],
        Field(title="Priorities", description="By severity, such as {1: Highest}; left out: Jira's default."),
    ] = Field(default_factory=dict)
    further_fields: Annotated[
        dict[str, Any],
        Field(title="Further fields", description="Values that the project insists on, by the field's id."),
    ] = Field(default_factory=dict)

    @override
    async def create(self, fields: TicketFields) -> Ticket:
        exchange = self._signed_in(self.create)
        search = {
            "jql": f'project = "{self.project}" AND labels = "{_label(fields.key)}"',
            "fields": ["summary"],
        }
        found = (await exchange.send("POST", self._at("search/jql"), json=search)).read_as(_Found).issues
        if not found:
            issue = {
                "project": {"key": self.project},
                "issuetype": {"name": self.issue_type},
                "labels": [_label(fields.key), _word(fields.service)],
                **self._written(fields),
            }
            made = await exchange.send(
                "POST", self._at("issue"), json={"fields": issue | self.further_fields}
            )
            found = [made.read_as(_Issue)]
        return Ticket(id=found[0].key, url=f"{self.site}/browse/{found[0].key}")

    @override
    async def update(self, ticket: str, fields: TicketFields, comment: str) -> None:
        exchange = self._signed_in(self.update)
        await exchange.send("PUT", self._of(ticket), json={"fields": self._written(fields)})
        await self._comment(exchange, sha256(comment.encode()).hexdigest(), ticket, comment)

    @override
    async def move(self, ticket: str, to: TicketState) -> None:
        await self._move(self._signed_in(self.move), ticket, to)

    @override
    async def comment(self, key: str, ticket: str, text: str) -> None:
        await self._comment(self._signed_in(self.comment), key, ticket, text)

    @override
    async def link(self, key: str, ticket: str, title: str, url: str) -> None:
        link = {"globalId": key, "object": {"url": url, "title": title}}
        await self._signed_in(self.link).send("POST", self._of(ticket, "remotelink"), json=link)

    @override
    async def close(self, ticket: str, comment: str) -> None:
        exchange = self._signed_in(self.close)
        await self._comment(exchange, sha256(comment.encode()).hexdigest(), ticket, comment)
        await self._move(exchange, ticket, TicketState.CLOSED)

    async def _comment(self, exchange: Exchange, key: str, ticket: str, text: str) -> None:
        place = self._of(ticket, "comment")
        newest = (await exchange.send("GET", place, params=_NEWEST_COMMENTS)).read_as(_Comments).comments
        if any(each.key == key for each in newest):
            return
        said = {"body": document(text), "properties": [{"key": _OURS, "value": {"key": key}}]}
        await exchange.send("POST", place, json=said)

    async def _move(self, exchange: Exchange, ticket: str, to: TicketState) -> None:
        """By whichever transition of the project's workflow leads there; a target of that very name first."""
        wanted = _CATEGORIES[to]
        standing = await exchange.send("GET", self._of(ticket), params={"fields": "status"})
        if standing.read_as(_Standing).fields.status.category == wanted:
            return
        offered = (await exchange.send("GET", self._of(ticket, "transitions"))).read_as(_Transitions)
        leading = [each for each in offered.transitions if each.to.category == wanted]
        if not leading:
            raise Rejected(f"the workflow offers no way to a status of the category {wanted!r} from here")
        best = next((each for each in leading if each.to.name.lower() == to.value), leading[0])
        move = {"transition": {"id": best.id}}
        await exchange.send("POST", self._of(ticket, "transitions"), json=move)

    def _written(self, fields: TicketFields) -> dict[str, Any]:
        priority = self.priorities.get(int(fields.severity))
        products = f"\n\n{', '.join(fields.products)}" if fields.products else ""
        return {
            "summary": " ".join(fields.summary.split())[:SUMMARY_LENGTH],
            "description": document(fields.description + products),
            **({"priority": {"name": priority}} if priority else {}),
        }

    def _signed_in(self, method: Any) -> Exchange:
        pair = f"{self.email}:{self.api_token.get_secret_value()}"
        return self._exchange(method, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})

    def _at(self, path: str) -> str:
        return f"{self.site}/rest/api/3/{path}"

    def _of(self, ticket: str, part: str = "") -> str:
        return self._at(f"issue/{quote(ticket, safe='')}{'/' if part else ''}{part}")


def _label(key: str) -> str:
    return f"incident-{_word(key)}"


def _word(name: str) -> str:
    """Labels have no spaces in them."""
    return "-".join(name.split())


class _Issue(BaseModel):
    key: str


class _Found(BaseModel):
    issues: list[_Issue] = []


class _Comment(BaseModel):
    properties: list[Mapping[str, Any]] = []

    @property
    def key(self) -> str:
        """Our key, if it is a comment of ours."""
        values = [each.get("value") for each in self.properties if each.get("key") == _OURS]
        return str(values[0].get("key", "")) if values and isinstance(values[0], dict) else ""


class _Comments(BaseModel):
    comments: list[_Comment] = []


class _Category(BaseModel):
    key: str = ""


class _Status(BaseModel):
    name: str = ""
    status_category: Annotated[_Category, Field(alias="statusCategory")] = _Category()

    @property
    def category(self) -> str:
        """new, indeterminate or done."""
        return self.status_category.key


class _Fields(BaseModel):
    status: _Status


class _Standing(BaseModel):
    fields: _Fields


class _Transition(BaseModel):
    id: str
    to: _Status


class _Transitions(BaseModel):
    transitions: list[_Transition] = []
