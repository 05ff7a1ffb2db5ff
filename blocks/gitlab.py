"""How does an incident get its issue on GitLab?

Source: GitLab's documentation of its REST API v4, issues and notes. It takes no idempotency key, so what an
earlier call left is looked for: the issue by its label, a comment by a mark in it. A link is such a comment.
"""

from hashlib import sha256
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, RootModel, SecretStr
from typing_extensions import override

from blocks import issues
from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Repeat, Ticket, TicketFields, TicketState, Tracker

TITLE_LENGTH, BODY_LENGTH = 255, 1_000_000
"""Characters."""

_NEWEST = {"order_by": "created_at", "sort": "desc", "per_page": "50"}


class GitLabIssues(HttpConnection, Tracker):
    """One issue per incident, in one project."""

    _block_type_name: ClassVar[str | None] = "GitLab issues"
    _block_type_slug: ClassVar[str | None] = "gitlab-issues"
    _description: ClassVar[str | None] = (
        "One issue per incident in a project on any GitLab, with comments, links, and labels for its state."
    )
    repeat: ClassVar[Repeat] = Repeat.SAFE

    project: Annotated[
        str, Field(title="Project", description="Its path or its number, such as example/operations.")
    ]
    token: Annotated[
        SecretStr, Field(title="Token", description="Of a person, group or project, with the scope api.")
    ]
    server: Annotated[
        str,
        Field(
            title="Server",
            description="Left out: https://gitlab.com.",
            pattern=r"^https?://[^?#]+[^?#/]$",
        ),
    ] = "https://gitlab.com"
    labels: Annotated[
        tuple[str, ...], Field(title="Further labels", description="Of every issue, besides our own.")
    ] = ()

    @override
    async def create(self, fields: TicketFields) -> Ticket:
        exchange = self._signed_in(self.create)
        search = {
            "labels": issues.found_by(fields.key),
            "state": "all",
            "order_by": "created_at",
            "sort": "asc",
        }
        found = (await exchange.send("GET", self._issues, params=search)).read_as(_Issues).root
        if not found:
            issue = {**_written(fields), "labels": ",".join([*issues.labels_of(fields), *self.labels])}
            found = [(await exchange.send("POST", self._issues, json=issue)).read_as(_Issue)]
        return Ticket(id=str(found[0].iid), url=found[0].web_url)

    @override
    async def update(self, ticket: str, fields: TicketFields, comment: str) -> None:
        exchange = self._signed_in(self.update)
        labels = issues.labels_that_change(fields)
        changed = {
            **_written(fields),
            "add_labels": ",".join(labels),
            "remove_labels": ",".join(sorted(issues.SEVERITY_LABELS.difference(labels))),
        }
        await exchange.send("PUT", self._of(ticket), json=changed)
        await self._comment(exchange, sha256(comment.encode()).hexdigest(), ticket, comment)

    @override
    async def move(self, ticket: str, to: TicketState) -> None:
        await self._move(self._signed_in(self.move), ticket, to)

    @override
    async def comment(self, key: str, ticket: str, text: str) -> None:
        await self._comment(self._signed_in(self.comment), key, ticket, text)

    @override
    async def link(self, key: str, ticket: str, title: str, url: str) -> None:
        await self._comment(self._signed_in(self.link), key, ticket, issues.link_of(title, url))

    @override
    async def close(self, ticket: str, comment: str) -> None:
        exchange = self._signed_in(self.close)
        await self._comment(exchange, sha256(comment.encode()).hexdigest(), ticket, comment)
        await self._move(exchange, ticket, TicketState.CLOSED)

    async def _move(self, exchange: Exchange, ticket: str, to: TicketState) -> None:
        issue = (await exchange.send("GET", self._of(ticket))).read_as(_Issue)
        label, closed = issues.STATE_LABELS.get(to), to is TicketState.CLOSED
        move: dict[str, str] = {}
        if old := sorted(set(issues.STATE_LABELS.values()).intersection(issue.labels) - {label}):
            move["remove_labels"] = ",".join(old)
        if label and label not in issue.labels:
            move["add_labels"] = label
        if closed is not (issue.state == "closed"):
            move["state_event"] = "close" if closed else "reopen"
        if move:
            await exchange.send("PUT", self._of(ticket), json=move)

    async def _comment(self, exchange: Exchange, key: str, ticket: str, text: str) -> None:
        """Say it once for its key; what was said otherwise before is replaced."""
        said = {"body": issues.comment_of(text, key, BODY_LENGTH)}
        notes = self._of(ticket, "/notes")
        for known in (await exchange.send("GET", notes, params=_NEWEST)).read_as(_Notes).root:
            if issues.mark(key) in known.body:
                if known.body != said["body"]:
                    await exchange.send("PUT", f"{notes}/{known.id}", json=said)
                return
        await exchange.send("POST", notes, json=said)

    def _signed_in(self, method: Any) -> Exchange:
        return self._exchange(method, {"PRIVATE-TOKEN": self.token.get_secret_value()})

    @property
    def _issues(self) -> str:
        return f"{self.server}/api/v4/projects/{quote(self.project, safe='')}/issues"

    def _of(self, ticket: str, part: str = "") -> str:
        return f"{self._issues}/{quote(ticket, safe='')}{part}"


def _written(fields: TicketFields) -> dict[str, str]:
    return {
        "title": issues.title_of(fields, TITLE_LENGTH),
        "description": issues.body_of(fields, BODY_LENGTH),
    }


class _Issue(BaseModel):
    iid: int
    web_url: str
    state: str
    labels: list[str] = []


class _Issues(RootModel[list[_Issue]]):
    pass


class _Note(BaseModel):
    id: int
    body: str = ""


class _Notes(RootModel[list[_Note]]):
    pass
