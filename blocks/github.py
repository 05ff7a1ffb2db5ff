"""How does an incident get its issue on GitHub?

Source: GitHub's description of its REST API, version 2022-11-28. It takes no idempotency key, so what an
earlier call left is looked for: the issue by its label, a comment by a mark in it. A link is such a comment.
"""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from math import ceil
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel, Field, RootModel, SecretStr
from typing_extensions import override

from blocks import issues
from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Repeat, Ticket, TicketFields, TicketState, Tracker
from blocks.wire import Answer
from incident.errors import Rejected, RetryLater

TITLE_LENGTH, BODY_LENGTH = 256, 65_536
"""Characters."""

_PER_PAGE = 50
_RATE_LIMIT_PAUSE = timedelta(minutes=1)  # GitHub's advice where it does not say how long
_FORBIDDEN = frozenset({HTTPStatus.FORBIDDEN})


class GitHubIssues(HttpConnection, Tracker):
    """One issue per incident, in one repository."""

    _block_type_name: ClassVar[str | None] = "GitHub issues"
    _block_type_slug: ClassVar[str | None] = "github-issues"
    _description: ClassVar[str | None] = (
        "One issue per incident in a repository on GitHub, with comments, links, and labels for its state."
    )
    _accept: ClassVar[str] = "application/vnd.github+json"
    repeat: ClassVar[Repeat] = Repeat.SAFE

    repository: Annotated[
        str,
        Field(
            title="Repository",
            description="Its owner and its name, such as example/operations.",
            pattern=r"^[\w.-]+/[\w.-]+$",
        ),
    ]
    token: Annotated[
        SecretStr, Field(title="Token", description="May read and write the repository's issues.")
    ]
    labels: Annotated[
        tuple[str, ...], Field(title="Further labels", description="Of every issue, besides our own.")
    ] = ()
    api: Annotated[
        str,
        Field(
            title="API",
            description="Of GitHub Enterprise Server: https://HOST/api/v3.",
            pattern=r"^https?://[^?#]+[^?#/]$",
        ),
    ] = "https://api.github.com"

    @override
    async def create(self, fields: TicketFields) -> Ticket:
        exchange = self._signed_in(self.create)
        search = {
            "labels": issues.found_by(fields.key),
            "state": "all",
            "sort": "created",
            "direction": "asc",
        }
        listed = (await _ask(exchange, "GET", self._at("issues"), params=search)).read_as(_Issues).root
        found = [issue for issue in listed if issue.pull_request is None]
        if not found:
            issue = {**_written(fields), "labels": [*issues.labels_of(fields), *self.labels]}
            found = [(await _ask(exchange, "POST", self._at("issues"), json=issue)).read_as(_Issue)]
        return Ticket(id=str(found[0].number), url=found[0].html_url)

    @override
    async def update(self, ticket: str, fields: TicketFields, comment: str) -> None:
        exchange = self._signed_in(self.update)
        issue = await self._read(exchange, ticket)
        labels = _replaced(issue, issues.SEVERITY_LABELS, issues.labels_that_change(fields))
        await _ask(exchange, "PATCH", self._of(ticket), json={**_written(fields), "labels": labels})
        await self._comment(exchange, sha256(comment.encode()).hexdigest(), issue, comment)

    @override
    async def move(self, ticket: str, to: TicketState) -> None:
        exchange = self._signed_in(self.move)
        await self._move(exchange, await self._read(exchange, ticket), to)

    @override
    async def comment(self, key: str, ticket: str, text: str) -> None:
        exchange = self._signed_in(self.comment)
        await self._comment(exchange, key, await self._read(exchange, ticket), text)

    @override
    async def link(self, key: str, ticket: str, title: str, url: str) -> None:
        exchange = self._signed_in(self.link)
        await self._comment(exchange, key, await self._read(exchange, ticket), issues.link_of(title, url))

    @override
    async def close(self, ticket: str, comment: str) -> None:
        exchange = self._signed_in(self.close)
        issue = await self._read(exchange, ticket)
        await self._comment(exchange, sha256(comment.encode()).hexdigest(), issue, comment)
        await self._move(exchange, issue, TicketState.CLOSED)

    async def _read(self, exchange: Exchange, ticket: str) -> "_Issue":
        return (await _ask(exchange, "GET", self._of(ticket))).read_as(_Issue)

    async def _move(self, exchange: Exchange, issue: "_Issue", to: TicketState) -> None:
        label = issues.STATE_LABELS.get(to)
        labels = _replaced(issue, frozenset(issues.STATE_LABELS.values()), (label,) if label else ())
        state = "closed" if to is TicketState.CLOSED else "open"
        if state == issue.state and set(labels) == set(issue.names):
            return
        reason = {"state_reason": "completed"} if to is TicketState.CLOSED else {}
        moved = {"state": state, "labels": labels, **reason}
        await _ask(exchange, "PATCH", self._of(str(issue.number)), json=moved)

    async def _comment(self, exchange: Exchange, key: str, issue: "_Issue", text: str) -> None:
        """Say it once for its key; what was said otherwise before is replaced."""
        said = {"body": issues.comment_of(text, key, BODY_LENGTH)}
        comments = self._of(str(issue.number), "/comments")
        last = max(1, ceil(issue.comments / _PER_PAGE))
        for page in range(max(1, last - 1), last + 1):
            asked = {"per_page": str(_PER_PAGE), "page": str(page)}
            for known in (await _ask(exchange, "GET", comments, params=asked)).read_as(_Comments).root:
                if issues.mark(key) in (known.body or ""):
                    if known.body != said["body"]:
                        await _ask(exchange, "PATCH", self._at(f"issues/comments/{known.id}"), json=said)
                    return
        await _ask(exchange, "POST", comments, json=said)

    def _signed_in(self, method: Any) -> Exchange:
        headers = {
            "Authorization": f"Bearer {self.token.get_secret_value()}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return self._exchange(method, headers)

    def _at(self, path: str) -> str:
        return f"{self.api}/repos/{self.repository}/{path}"

    def _of(self, ticket: str, part: str = "") -> str:
        return self._at(f"issues/{quote(ticket, safe='')}{part}")


async def _ask(exchange: Exchange, method: str, url: str, **asked: Any) -> Answer:
    """One request; GitHub refuses with 403 when it means 429, and only the text tells."""
    answer = await exchange.send(method, url, telling=_FORBIDDEN, **asked)
    if answer.status != HTTPStatus.FORBIDDEN:
        return answer
    if b"rate limit" in answer.content.lower():
        raise RetryLater("HTTP 403 Forbidden: the rate limit is reached", after=_RATE_LIMIT_PAUSE)
    raise Rejected("HTTP 403 Forbidden")


def _written(fields: TicketFields) -> dict[str, str]:
    return {"title": issues.title_of(fields, TITLE_LENGTH), "body": issues.body_of(fields, BODY_LENGTH)}


def _replaced(issue: "_Issue", old: frozenset[str], new: tuple[str, ...]) -> list[str]:
    """The labels of an issue with new ones in the place of old ones; those of people stay."""
    return list(dict.fromkeys([*(name for name in issue.names if name not in old), *new]))


class _Label(BaseModel):
    name: str = ""


class _Issue(BaseModel):
    number: int
    html_url: str
    state: str
    labels: list[_Label | str] = []
    comments: int = 0
    pull_request: Any = None

    @property
    def names(self) -> list[str]:
        """What its labels are called."""
        return [label if isinstance(label, str) else label.name for label in self.labels]


class _Issues(RootModel[list[_Issue]]):
    pass


class _Comment(BaseModel):
    id: int
    body: str | None = None


class _Comments(RootModel[list[_Comment]]):
    pass
